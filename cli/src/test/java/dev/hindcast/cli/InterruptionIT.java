package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training run that is stopped in the middle, by the launcher as a scheduler would, and started
 * again.
 */
class InterruptionIT {
  private static final String CONFIG =
      Hindcast.EXAMPLES.resolve("icu-sepsis/pipeline.yaml").toString();

  @TempDir private Path folder;

  @Test
  void stoppedRunEndsWithEightAndItsContinuationEqualsAnUninterruptedOne() throws Exception {
    Path dataset = folder.resolve("dataset");
    assertThat(Hindcast.run("ingest", "--config", CONFIG, "--output", dataset).exitCode()).isZero();

    Process process = Hindcast.launch((Object[]) train(dataset, "stopped"));
    StringBuilder words = new StringBuilder();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      boolean told = false;
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        words.append(line).append('\n');
        // beyond the first checkpoint, at 500 updates
        if (!told && line.matches(".*iql-seed0: ([6-9]\\d\\d|[12],\\d{3}) of .*")) {
          process.toHandle().destroy(); // unlike Process.destroy it leaves the output readable
          told = true;
        }
      }
    }
    assertThat(process.waitFor()).as(words.toString()).isEqualTo(8);
    assertThat(words)
        .contains("Interrupted.")
        .doesNotContain("\tat ")
        .doesNotContain("fault of Hindcast");
    assertThat(folder.resolve("stopped/iql-seed0/manifest.json")).doesNotExist();
    assertThat(folder.resolve("stopped/.checkpoints/iql-seed0")).isNotEmptyDirectory();

    Hindcast resumed = Hindcast.run((Object[]) train(dataset, "stopped"));
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    Hindcast whole = Hindcast.run((Object[]) train(dataset, "whole"));
    assertThat(whole.exitCode()).as(whole.err()).isZero();
    for (String file :
        List.of("weights.safetensors", "metrics.jsonl", "model.onnx", "manifest.json")) {
      assertThat(Files.readAllBytes(folder.resolve("stopped/iql-seed0").resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(folder.resolve("whole/iql-seed0").resolve(file)));
    }
  }

  private String[] train(Path dataset, String output) {
    return new String[] {
      "train",
      "--config",
      CONFIG,
      "--dataset",
      dataset.toString(),
      "--output",
      folder.resolve(output).toString(),
      "--set",
      "train.algorithms=[{name: iql, updates: 3000, checkpoint-every: 500}]"
    };
  }
}
