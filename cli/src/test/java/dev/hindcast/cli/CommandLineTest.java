package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line says before any engine starts. */
class CommandLineTest {
  @TempDir private Path folder;

  private Path config(String yaml) throws IOException {
    return Files.writeString(folder.resolve("pipeline.yaml"), yaml);
  }

  @Test
  void helpNamesEveryVerbAndTheExitCodes() {
    Hindcast help = Hindcast.run("--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .contains(
            "quickstart",
            "ingest",
            "import",
            "train",
            "evaluate",
            "inspect",
            "compare",
            "serve",
            "demo",
            "promote",
            "rollback",
            "history",
            "diff",
            "validate",
            "doctor",
            "list")
        .contains("6 conflict")
        .contains("8 interrupted");
    assertThat(Hindcast.run("--version").out()).startsWith("hindcast 0.1.0 (");
  }

  @Test
  void unknownVerbsAndOptionsAreUsageErrorsWithoutATrace() {
    Hindcast verb = Hindcast.run("trian");
    assertThat(verb.exitCode()).isEqualTo(2);
    assertThat(verb.err()).contains("train").doesNotContain("\tat ");
    Hindcast nothing = Hindcast.run();
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).contains("Which verb?");
    assertThat(Hindcast.run("ingest").exitCode()).isEqualTo(2);
  }

  @Test
  void missingConfigIsAMissingInput() {
    Hindcast result =
        Hindcast.run(
            "ingest", "--config", folder.resolve("none.yaml"), "--output", folder.resolve("out"));
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(result.err()).contains("there is no file").doesNotContain("\tat ");
  }

  @Test
  void allMistakesOfAConfigAreReportedAtOnceWithLines() throws IOException {
    Path config =
        config(
            """
            name: shop
            ingest:
              source: {format: parqet, path: log.parquet}
              episode: {id: session, step: position}
              observaton: {numeric: [x]}
              action: {discrete: item, size: many}
              reward: click
            train:
              algorithms: [{name: iqll, expectile: 2}]
              updates: lots
            evaluate:
              promote-iff: {}
            """);
    Hindcast result = Hindcast.run("validate", "--config", config);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("problems:")
        .contains("parqet", "Did you mean parquet?")
        .contains("ingest.observaton in pipeline.yaml line 5")
        .contains("'many', but should be a whole number")
        .contains("iqll", "iql")
        .contains("'lots', but should be a whole number")
        .contains(
            "evaluate.promote-iff in pipeline.yaml line 12. Did you mean evaluate.promote-if?");
  }

  @Test
  void eachVerbReadsItsOwnSectionOnly() throws IOException {
    Path config = config("train:\n  updats: 3\n");
    Hindcast result =
        Hindcast.run(
            "evaluate",
            "--config",
            config,
            "--dataset",
            folder.resolve("none"),
            "--output",
            folder.resolve("out"));
    assertThat(result.err()).doesNotContain("updats");
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(Hindcast.run("validate", "--config", config).err()).contains("train.updats");
  }

  @Test
  void inspectingNothingIsAMissingInput() {
    Hindcast result = Hindcast.run("inspect", folder);
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(result.err()).contains("there is no manifest.json");
  }

  @Test
  void cataloguesAreListedForPeopleAndMachines() {
    assertThat(Hindcast.run("list", "algorithms").out())
        .contains("behavior-cloning", "iql", "fitted-q-evaluation");
    assertThat(Hindcast.run("list", "estimators").out())
        .contains("doubly-robust", "self-normalized");
    assertThat(Hindcast.run("list", "sources", "--output", "json").out())
        .startsWith("{\"")
        .contains("\"open-bandit\"");
    assertThat(Hindcast.run("list", "algos").exitCode()).isEqualTo(2);
  }
}
