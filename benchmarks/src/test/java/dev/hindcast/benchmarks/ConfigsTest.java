package dev.hindcast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.gbrl.algorithm.TreeAlgorithms;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.training.spark.TrainConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs of the benchmarks take hours; a setting that was renamed should be found before. */
class ConfigsTest {
  private static final ActionSpace BOX = new ActionSpace.Box(List.of(-1f), List.of(1f));
  private static final ActionSpace CHOICES = new ActionSpace.Discrete(25);

  static Stream<Path> trainingConfigs() {
    return Stream.of(
            "hopper", "pendulum", "icu-sepsis", "cartpole", "acrobot", "key-door", "offers")
        .flatMap(folder -> files(Path.of(folder)))
        .filter(file -> !file.endsWith("log.yaml"));
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder + ".", e);
    }
  }

  @ParameterizedTest
  @MethodSource("trainingConfigs")
  void trainingConfigsAreReadWithoutProblems(Path file) {
    ConfigDocument document = ConfigDocument.read(file, List.of());
    TrainConfig config =
        TrainConfig.from(document.root(), Algorithms.catalogue().and(TreeAlgorithms.catalogue()));
    document.finish();

    boolean isContinuous = file.startsWith("hopper") || file.startsWith("pendulum");
    ActionSpace actions = isContinuous ? BOX : CHOICES;
    assertThat(config.plans()).isNotEmpty();
    assertThat(config.plans()).allMatch(plan -> plan.algorithm().actions().admit(actions));
  }
}
