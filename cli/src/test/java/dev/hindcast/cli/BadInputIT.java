package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A person's mistakes from the command line: words, exit codes, nothing half-written, and a rerun
 * that works.
 */
class BadInputIT {
  private static final Path SEPSIS = Hindcast.EXAMPLES.resolve("icu-sepsis");

  @TempDir private Path folder;
  private Path config;
  private Path output;

  @BeforeEach
  void aConfigOfItsOwn() throws IOException {
    Files.copy(SEPSIS.resolve("log_mixed_20k.parquet"), folder.resolve("log.parquet"));
    config = folder.resolve("pipeline.yaml");
    output = folder.resolve("dataset");
    Files.writeString(
        config,
        """
        ingest:
          source: {format: parquet, path: log.parquet}
          episode: {id: episode_id, step: step}
          observation: {categorical: [state]}
          action: {discrete: action, size: 25}
          reward: reward
          terminated: terminal
          propensity: {probability: behavior_probability}
        """);
  }

  private Hindcast ingest(String... settings) {
    Object[] arguments = new Object[5 + 2 * settings.length];
    System.arraycopy(
        new Object[] {"ingest", "--config", config, "--output", output}, 0, arguments, 0, 5);
    for (int i = 0; i < settings.length; i++) {
      arguments[5 + 2 * i] = "--set";
      arguments[6 + 2 * i] = settings[i];
    }
    return Hindcast.run(arguments);
  }

  private void fails(Hindcast run, int exitCode, String... words) {
    assertThat(run.err()).contains(words).doesNotContain("\tat ");
    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(output.resolve("manifest.json")).doesNotExist();
  }

  @Test
  void missingFile() {
    fails(ingest("ingest.source.path=lgo.parquet"), 5, "lgo.parquet");
  }

  @Test
  void missingColumnsAreAllNamedWithTheNearest() {
    fails(
        ingest("ingest.reward=rewrd", "ingest.episode.step=stp"),
        2,
        "rewrd",
        "Did you mean reward?",
        "stp",
        "Did you mean step?");
  }

  @Test
  void truncatedParquet() throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve("log.parquet"));
    Files.write(folder.resolve("log.parquet"), Arrays.copyOf(whole, whole.length / 2));
    fails(ingest(), 3, "log.parquet");

    Files.write(folder.resolve("log.parquet"), whole);
    assertThat(ingest().exitCode()).as("a rerun after the fix").isZero();
    assertThat(output.resolve("manifest.json")).exists();
  }

  @Test
  void tooManyBadRowsStopTheRunWithTheFirstOfThem() {
    fails(ingest("ingest.action.size=20"), 3, "action-out-of-range", "episode");
  }

  @Test
  void anotherArtefactInTheWayIsAConflict() throws IOException {
    Files.createDirectories(output);
    Files.writeString(output.resolve("thesis.tex"), "years of work");
    fails(ingest(), 6, output.toString());
    assertThat(output.resolve("thesis.tex")).hasContent("years of work");
  }

  @Test
  void validateFindsColumnMistakesWithoutReadingRows() {
    Hindcast run =
        Hindcast.run("validate", "--config", config, "--data", "--set", "ingest.reward=rewrd");
    fails(run, 2, "Did you mean reward?");
    assertThat(Hindcast.run("validate", "--config", config, "--data").exitCode()).isZero();
  }
}
