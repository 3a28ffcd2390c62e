package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.world.TabularPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole walk on ICU-Sepsis, as a newcomer takes it, against the exact answers. */
class QuickstartIT {
  @TempDir private static Path folder;
  private static Hindcast run;
  private static EvaluationReport report;

  @BeforeAll
  static void walk() throws IOException {
    run = Hindcast.run("quickstart", "--output", folder);
    assertThat(run.exitCode()).as(run.err()).isZero();
    report =
        CanonicalJson.read(
            Files.readAllBytes(folder.resolve("report/report.json")), EvaluationReport.class);
  }

  private static PolicyResult policy(String name) {
    return report.policy(name).orElseThrow();
  }

  @Test
  void everyPromisedArtefactIsThere() {
    assertThat(folder.resolve("dataset/manifest.json")).exists();
    assertThat(folder.resolve("bundles/iql-seed0/model.onnx")).exists();
    assertThat(folder.resolve("bundles/behavior-cloning-seed0/weights.safetensors")).exists();
    assertThat(folder.resolve("report/report.html")).exists();
    assertThat(run.out()).contains("expert", "optimal", "uniform", "iql-seed0").contains("verdict");
    assertThat(run.err()).contains("report.html").doesNotContain("\tat ");
  }

  @Test
  void everyRowOfTheLogIsAccountedFor() {
    assertThat(report.rows().read()).isEqualTo(186_444);
    assertThat(report.rows().kept()).isEqualTo(186_444);
    assertThat(report.dataset().split()).isEqualTo("held_out");
    assertThat(report.dataset().episodes()).isBetween(9_700L, 10_300L);
  }

  /** Exact values of {@code examples/icu-sepsis/ground_truth.json}. */
  @Test
  void exactValuesStandBesideTheEstimates() {
    assertThat(policy("uniform").knownValue().orElseThrow())
        .isCloseTo(0.78007090461214, within(1e-9));
    assertThat(policy("expert").knownValue().orElseThrow())
        .isCloseTo(0.781844890255691, within(1e-9));
    assertThat(policy("optimal").knownValue().orElseThrow())
        .isCloseTo(0.875141699609933, within(1e-9));
    assertThat(policy("logged").knownValue().orElseThrow())
        .isCloseTo(0.7810565291315827, within(1e-9));
  }

  @Test
  void importanceSamplingIntervalsOfTheExpertAndOfTheMixtureHoldTheExactValues() {
    for (String estimator :
        List.of(
            "trajectory-importance-sampling",
            "per-decision-importance-sampling",
            "self-normalized-trajectory-importance-sampling",
            "self-normalized-per-decision-importance-sampling")) {
      for (String name : List.of("expert", "half-and-half")) {
        PolicyResult policy = policy(name);
        Estimate estimate = policy.estimate(estimator).orElseThrow();
        assertThat(policy.knownValue().orElseThrow())
            .as(name + " by " + estimator)
            .isBetween(estimate.lower().orElseThrow(), estimate.upper().orElseThrow());
      }
    }
  }

  @Test
  void theLogsOwnPolicyGivenAsATableWeighsEveryEpisodeAlike() {
    assertThat(
            policy("half-and-half").diagnostics().orElseThrow().effectiveSampleSize().orElseThrow())
        .isCloseTo((double) report.dataset().episodes(), within(1.0));
  }

  @Test
  void policiesThatTheLogCannotSupportComeWithWarningsAndAreNotPromoted() {
    assertThat(policy("optimal").verdict().decision()).isNotEqualTo(Decision.PROMOTE);
    assertThat(policy("optimal").diagnostics().orElseThrow().effectiveSampleSize().orElse(0.0))
        .isLessThan(report.dataset().episodes() / 20.0);
    assertThat(policy("uniform-over-25").verdict().decision()).isEqualTo(Decision.NOT_EVALUABLE);
    assertThat(
            policy("uniform-over-25").diagnostics().orElseThrow().unsupportedMass().orElseThrow())
        .isGreaterThan(0.3);
  }

  @Test
  void implicitQLearningIsWorthMoreThanCloning() {
    double cloned = policy("behavior-cloning-seed0").knownValue().orElseThrow();
    double learned = policy("iql-seed0").knownValue().orElseThrow();
    assertThat(cloned).isBetween(0.77, 0.795);
    assertThat(learned).isGreaterThan(cloned + 0.01);
  }

  @Test
  void bundlesLoadWithoutSparkAndActLikeTheWorldWasSolvedWith() {
    Bundle bundle = Wiring.bundles().load(folder.resolve("bundles/iql-seed0"));
    SepsisWorld world = SepsisWorld.read(Hindcast.EXAMPLES.resolve("icu-sepsis"));
    assertThat(world.value(bundle.policy().orElseThrow(), bundle.manifest().observationSpace(), 1))
        .isEqualTo(policy("iql-seed0").knownValue().orElseThrow());
  }

  @Test
  void artefactsCanBeInspected() {
    for (String path : List.of("dataset", "bundles/iql-seed0", "report")) {
      Hindcast text = Hindcast.run("inspect", folder.resolve(path));
      assertThat(text.exitCode()).as(path).isZero();
      assertThat(Hindcast.run("inspect", folder.resolve(path), "--output", "json").out())
          .contains("\"fingerprint\":\"sha256:");
    }
    assertThat(Hindcast.run("inspect", folder.resolve("dataset")).out())
        .contains("186,444 read, 186,444 kept");
    assertThat(Hindcast.run("inspect", folder.resolve("bundles/iql-seed0")).out())
        .contains("dataset icu-sepsis");
  }

  @Test
  void theGateTakesTheReportAtItsWord() {
    Decision decision = policy("iql-seed0").verdict().decision();
    Object[] promotion = {
      "promote",
      "--registry",
      folder.resolve("registry"),
      "--policy",
      "sepsis",
      "--bundle",
      folder.resolve("bundles/iql-seed0"),
      "--report",
      folder.resolve("report"),
      "--dataset",
      folder.resolve("dataset")
    };
    Hindcast result = Hindcast.run(promotion);
    assertThat(result.exitCode())
        .as(result.err())
        .isEqualTo(decision == Decision.PROMOTE ? ExitCode.DONE : ExitCode.GATE);
    assertThat(decision == Decision.PROMOTE ? result.out() : result.err())
        .contains(
            decision == Decision.PROMOTE
                ? "Champion of sepsis is now version 1 (iql-seed0, "
                : "the verdict is " + decision.key());
  }

  @Test
  void reportDrawsItsChartsInABrowserWithoutNetwork() throws Exception {
    Path chromium = Path.of("/usr/bin/chromium");
    assumeTrue(
        Files.isExecutable(chromium),
        "Skipped: there is no /usr/bin/chromium to open the report in.");
    Path errors = folder.resolve("chromium.log");
    Process browser =
        new ProcessBuilder(
                chromium.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-quic",
                "--enable-logging=stderr",
                "--virtual-time-budget=10000",
                "--user-data-dir=" + folder.resolve("chromium-profile"),
                "--dump-dom",
                folder.resolve("report/report.html").toUri().toString())
            .redirectError(errors.toFile())
            .start();
    String page = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(browser.waitFor()).isZero();
    assertThat(page).contains("iql-seed0").contains("</html>");
    assertThat(page.split("<svg", -1).length - 1).as("charts drawn as SVG").isGreaterThan(5);
    assertThat(Files.readString(errors)).doesNotContain("CONSOLE");
    assertThat(page).doesNotContainPattern("(src|href)=\"https?:");
  }

  @Test
  void worldIsThePublishedOne() {
    SepsisWorld world = SepsisWorld.read(Hindcast.EXAMPLES.resolve("icu-sepsis"));
    TabularPolicy best = world.mdp().optimal(1);
    assertThat(world.mdp().value(best, 1)).isCloseTo(0.8751416996099325, within(1e-9));
  }
}
