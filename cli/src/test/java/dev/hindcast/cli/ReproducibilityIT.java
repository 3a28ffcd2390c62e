package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same config and seed give the same bytes: dataset, bundles and report. */
class ReproducibilityIT {
  private static final String CONFIG =
      Hindcast.EXAMPLES.resolve("icu-sepsis/pipeline.yaml").toString();

  @TempDir private Path folder;

  private interface Runner {
    Hindcast run(Object... arguments) throws Exception;
  }

  @Test
  void twoRunsInProcessesOfTheirOwnLeaveTheSameBytes() throws Exception {
    walk(folder.resolve("first"), Hindcast::run);
    walk(folder.resolve("second"), Hindcast::runInItsOwnProcess);
    Map<String, byte[]> first = files(folder.resolve("first"));
    Map<String, byte[]> second = files(folder.resolve("second"));
    assertThat(second.keySet()).isEqualTo(first.keySet());
    assertThat(first.keySet())
        .contains(
            "dataset/manifest.json",
            "bundles/iql-seed0/weights.safetensors",
            "bundles/iql-seed1/model.onnx",
            "report/report.json");
    first.forEach((name, bytes) -> assertThat(second.get(name)).as(name).isEqualTo(bytes));
  }

  private static void walk(Path output, Runner hindcast) throws Exception {
    ok(hindcast.run("ingest", "--config", CONFIG, "--output", output.resolve("dataset")));
    ok(
        hindcast.run(
            "train",
            "--config",
            CONFIG,
            "--dataset",
            output.resolve("dataset"),
            "--output",
            output.resolve("bundles"),
            "--set",
            "train.seeds=2",
            "--set",
            "train.updates=300",
            "--set",
            "train.algorithms=[iql, behavior-cloning, {name: fitted-q-evaluation, of: [iql], updates: 300}, {name: dice, of: [iql], updates: 50}]"));
    ok(
        hindcast.run(
            "evaluate",
            "--config",
            CONFIG,
            "--dataset",
            output.resolve("dataset"),
            "--bundle",
            output.resolve("bundles"),
            "--output",
            output.resolve("report"),
            "--set",
            "evaluate.replicates=200"));
  }

  private static void ok(Hindcast run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private static Map<String, byte[]> files(Path root) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        files.put(root.relativize(path).toString(), Files.readAllBytes(path));
      }
    }
    return files;
  }
}
