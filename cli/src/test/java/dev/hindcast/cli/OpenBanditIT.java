package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real recommender log, horizon 1, with the facts that its data sheet states. */
class OpenBanditIT {
  @TempDir private Path folder;

  private EvaluationReport evaluate(String config, String... ingestSettings) throws IOException {
    String file = Hindcast.EXAMPLES.resolve("open-bandit/" + config).toString();
    List<Object> ingest =
        new ArrayList<>(List.of("ingest", "--config", file, "--output", folder.resolve("dataset")));
    for (String setting : ingestSettings) {
      ingest.addAll(List.of("--set", setting));
    }
    Hindcast ingested = Hindcast.run(ingest.toArray());
    assertThat(ingested.exitCode()).as(ingested.err()).isZero();
    Hindcast evaluated =
        Hindcast.run(
            "evaluate",
            "--config",
            file,
            "--dataset",
            folder.resolve("dataset"),
            "--output",
            folder.resolve("report"),
            "--set",
            "evaluate.split=all");
    assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
    return CanonicalJson.read(
        Files.readAllBytes(folder.resolve("report/report.json")), EvaluationReport.class);
  }

  @Test
  void uniformOnTheUniformLogIsExactlyItsMeanClick() throws IOException {
    EvaluationReport report = evaluate("men.yaml");
    PolicyResult uniform = report.policy("uniform").orElseThrow();
    assertThat(report.dataset().episodes()).isEqualTo(10_000);
    assertThat(uniform.estimate("inverse-propensity").orElseThrow().value().orElseThrow())
        .isCloseTo(0.0046, within(1e-15));
    assertThat(
            uniform
                .estimate("self-normalized-inverse-propensity")
                .orElseThrow()
                .value()
                .orElseThrow())
        .isCloseTo(0.0046, within(1e-15));
    assertThat(uniform.diagnostics().orElseThrow().effectiveSampleSize().orElseThrow())
        .isCloseTo(10_000, within(1e-6));
    assertThat(uniform.diagnostics().orElseThrow().maxWeight().orElseThrow()).isEqualTo(1.0);
  }

  @Test
  void oneRowThatCarriesTheWeightImpressesNobody() throws IOException {
    EvaluationReport report =
        evaluate(
            "women.yaml",
            "ingest.source.path=bts-women.parquet",
            "ingest.propensity.estimated=true");
    PolicyResult uniform = report.policy("uniform").orElseThrow();
    assertThat(uniform.diagnostics().orElseThrow().effectiveSampleSize().orElseThrow())
        .isCloseTo(2.1, within(0.1));
    assertThat(uniform.diagnostics().orElseThrow().meanWeight().orElseThrow())
        .isCloseTo(3.13, within(0.01));
    assertThat(uniform.diagnostics().orElseThrow().maxWeightShare().orElseThrow())
        .isGreaterThan(0.5);
    assertThat(uniform.verdict().decision()).isNotEqualTo(Decision.PROMOTE);
    assertThat(report.behavior().propensities()).isEqualTo("estimated");
  }

  @Test
  void oneRewardModelServesEveryPolicyAndTheGateSaysNo() throws IOException {
    String file = Hindcast.EXAMPLES.resolve("open-bandit/men.yaml").toString();
    Path dataset = folder.resolve("dataset");
    assertThat(Hindcast.run("ingest", "--config", file, "--output", dataset).exitCode()).isZero();
    Hindcast trained =
        Hindcast.run(
            "train",
            "--config",
            file,
            "--dataset",
            dataset,
            "--output",
            folder.resolve("bundles"),
            "--set",
            "train.algorithms.0.updates=300");
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    Hindcast gated =
        Hindcast.run(
            "evaluate",
            "--config",
            file,
            "--dataset",
            dataset,
            "--bundle",
            folder.resolve("bundles"),
            "--output",
            folder.resolve("report"),
            "--gate",
            "uniform");
    assertThat(gated.exitCode()).as(gated.err()).isEqualTo(4);
    assertThat(gated.err()).contains("The gate says no: uniform is");
    EvaluationReport report =
        CanonicalJson.read(
            Files.readAllBytes(folder.resolve("report/report.json")), EvaluationReport.class);
    assertThat(report.policies())
        .filteredOn(policy -> !policy.name().equals("logged"))
        .allSatisfy(
            policy ->
                assertThat(policy.estimate("doubly-robust").orElseThrow().hasInterval()).isTrue());

    Hindcast mistyped =
        Hindcast.run(
            "evaluate",
            "--config",
            file,
            "--dataset",
            dataset,
            "--output",
            folder.resolve("other"),
            "--gate",
            "unifrom");
    assertThat(mistyped.exitCode()).isEqualTo(2);
    assertThat(mistyped.err()).contains("Did you mean uniform?");
    assertThat(folder.resolve("other")).doesNotExist();
  }
}
