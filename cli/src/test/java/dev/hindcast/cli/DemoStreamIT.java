package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.artefact.CanonicalJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The closed loop, for less than a minute. */
class DemoStreamIT {
  private static final Pattern VERSION = Pattern.compile("version +(\\d+) recommends");

  @TempDir private Path folder;

  private static List<String> lines(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          .sorted()
          .flatMap(DemoStreamIT::lines)
          .toList();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatTheStreamLearnsIsServed() throws IOException {
    Path output = folder.resolve("demo");
    Hindcast run =
        Hindcast.run("demo", "stream", "--output", output, "--seconds", 45, "--turn", 400);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("clicks a visit with fine-tuning, [0-9.]+ without")
        .containsPattern("[1-9][0-9]* versions were published");
    Matcher served = VERSION.matcher(run.err());
    int latest = 0;
    while (served.find()) {
      latest = Integer.parseInt(served.group(1));
    }
    assertThat(latest).as(run.err()).isGreaterThan(1);
    assertThat(output.resolve("stream/out/estimates.html")).exists();

    // the log tells of every version that was served, and of a reward for every decision
    List<String> decisions = lines(output.resolve("stream/decisions"), ".jsonl");
    List<String> rewards = lines(output.resolve("stream/rewards"), ".jsonl");
    assertThat(rewards).hasSameSizeAs(decisions).hasSizeGreaterThan(2_000);
    Hindcast history =
        Hindcast.run(
            "history", "--registry", output.resolve("registry"), "--policy", "recommender");
    assertThat(history.out()).contains("version " + latest);
    assertThat(
            CanonicalJson.tree(decisions.get(0).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .has("p"))
        .isTrue();

    Hindcast again = Hindcast.run("demo", "stream", "--output", output);
    assertThat(again.exitCode()).isEqualTo(ExitCode.CONFLICT);
    assertThat(again.err()).contains("there is something in it already", "--output");
  }
}
