package dev.hindcast.serving.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.serving.Bundles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sixteen processes that share nothing but the registry's folder. */
class ConcurrentPromotesIT {
  private static final int PROCESSES = 16;
  private static final int ROUNDS = 8;

  @TempDir private Path folder;

  /** Promotes its version in every generation that it sees, until there are enough. */
  static final class Promoter {
    private Promoter() {}

    public static void main(String[] arguments) {
      RegisteredPolicy shop = Registry.at(arguments[0]).policy("shop");
      int version = Integer.parseInt(arguments[1]);
      List<Integer> won = new ArrayList<>();
      while (true) {
        int newest = shop.generation().map(Generation::number).orElse(0);
        if (newest >= ROUNDS) {
          break;
        }
        try {
          won.add(shop.challenge(version, "", "w" + version).generation().number());
        } catch (dev.hindcast.core.config.UserError e) {
          if (e.kind() != dev.hindcast.core.config.UserError.Kind.CONFLICT) {
            throw e;
          }
        }
      }
      System.out.print(won.toString().replaceAll("[\\[\\] ]", ""));
    }
  }

  @Test
  void everyGenerationHasOneWinnerAndTheHistoryIsOneLine() throws Exception {
    String registry = folder.resolve("registry").toString();
    RegisteredPolicy shop = Registry.at(registry).policy("shop");
    for (int i = 1; i <= PROCESSES; i++) {
      String bundle = Bundles.write(folder.resolve("b" + i), i, Optional.empty()).toString();
      shop.register(bundle, Optional.empty(), "ann");
    }
    List<Process> processes = new ArrayList<>();
    for (int i = 1; i <= PROCESSES; i++) {
      processes.add(start(registry, i));
    }
    Map<Integer, Integer> winners = new TreeMap<>();
    for (int i = 1; i <= PROCESSES; i++) {
      Process process = processes.get(i - 1);
      String won = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(won).isZero();
      for (String number : won.isEmpty() ? new String[0] : won.split(",")) {
        // a version that is there already reports the newest generation, which it had won
        winners.merge(Integer.valueOf(number), i, (a, b) -> a.equals(b) ? a : Integer.valueOf(-1));
      }
    }
    List<Generation> history = Registry.at(registry).policy("shop").history();
    assertThat(history.size()).isGreaterThanOrEqualTo(ROUNDS);
    for (Generation generation : history) {
      assertThat(generation.by()).isEqualTo("w" + winners.get(generation.number()));
      assertThat(generation.version()).isEqualTo(winners.get(generation.number()));
    }
    assertThat(winners).hasSameSizeAs(history);
  }

  private Process start(String registry, int version) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Promoter.class.getName(),
            registry,
            Integer.toString(version))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
