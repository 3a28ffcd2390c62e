package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.report.HtmlReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sheet section 15.5, whose ratios are known: the log's episodes are cut after twenty steps, the
 * target policy's go on for ever and are worth 5.12.
 */
class VisitRatiosTest {
  private static final double EXACT = 5.12;
  private static final String YAML =
      "discount: 0.9\nevaluate: {policies: [logged, uniform], replicates: 200}\n";

  @TempDir Path folder;
  private TabularPolicy target;
  private Fixture fixture;
  private double[] ratios;

  @BeforeEach
  void log() {
    TabularMdp world =
        new TabularMdp.Builder(2, 2)
            .initial(0, 1)
            .transition(0, 0, 0, 1, 0)
            .transition(0, 1, 1, 1, 1)
            .transition(1, 0, 0, 1, 0)
            .transition(1, 1, 1, 1, 0.5)
            .build();
    target = TabularPolicy.of(new double[] {0.2, 0.8, 0.2, 0.8}, 2);
    TransitionColumns log = world.log(TabularPolicy.uniform(world), 1500, 20, 3);
    fixture = Fixture.of(folder, world, log);
    // ten discounted steps, of which 0.28 in state 0, over the log's own visits
    double[] visits = {2.8 * 0.2, 2.8 * 0.8, 7.2 * 0.2, 7.2 * 0.8};
    ratios = new double[4];
    double[] counts = new double[4];
    for (int row = 0; row < log.rows(); row++) {
      counts[2 * (log.categories()[row] - 1) + log.action(row)]++;
    }
    for (int pair = 0; pair < 4; pair++) {
      ratios[pair] = visits[pair] / (counts[pair] / log.episodes());
    }
  }

  private String ratiosOf(String policy, double[] table, Fingerprint trainedOn, double discount) {
    var evaluates =
        new BundleManifest.Evaluates(
            policy, BundleLoader.manifest(folder.resolve(policy)).fingerprint());
    return TableBundles.write(
            folder.resolve("ratios-of-" + policy),
            BundleManifest.VISIT_RATIOS,
            fixture.manifest(),
            trainedOn,
            Optional.of(evaluates),
            discount,
            table)
        .toString();
  }

  private String ratios(double[] table) {
    return ratiosOf("p", table, fixture.manifest().fingerprint(), 0.9);
  }

  private static double value(EvaluationReport report, String estimator) {
    Estimate estimate =
        report.policy("p").orElseThrow().estimates().stream()
            .filter(line -> line.estimator().equals(estimator))
            .findFirst()
            .orElseThrow();
    assertThat(estimate.lower().orElseThrow()).isLessThan(EXACT + 0.03);
    assertThat(estimate.upper().orElseThrow()).isGreaterThan(EXACT - 0.03);
    return estimate.value().orElseThrow();
  }

  @Test
  void rewardsWeighedByTheRatiosAreWorthThePolicy() {
    String p = fixture.policy("p", target);
    EvaluationReport report = fixture.evaluate(YAML, List.of(p, ratios(ratios)));
    assertThat(value(report, "marginal-importance-sampling")).isCloseTo(EXACT, within(1e-9));
    assertThat(value(report, "self-normalized-marginal-importance-sampling"))
        .isCloseTo(EXACT, within(1e-9));
    assertThat(report.policy("p").orElseThrow().estimate("marginal-doubly-robust")).isEmpty();
    assertThat(report.policy("uniform").orElseThrow().estimates())
        .extracting(Estimate::estimator)
        .doesNotContain("marginal-importance-sampling");
    assertThat(report.policy("p").orElseThrow().visitRatios())
        .extracting(EvaluationReport.Source::name)
        .containsExactly("ratios-of-p");
    assertThat(report.policy("uniform").orElseThrow().visitRatios()).isEmpty();
    assertThat(HtmlReport.page(report)).contains("; visit ratios by ratios-of-p.");
  }

  /** Twice the ratios let every episode end twice. */
  @Test
  void whatRatiosHaveTooMuchOfIsDividedAway() {
    String p = fixture.policy("p", target);
    double[] twice = ratios.clone();
    for (int pair = 0; pair < 4; pair++) {
      twice[pair] *= 2;
    }
    EvaluationReport report = fixture.evaluate(YAML, List.of(p, ratios(twice)));
    assertThat(value(report, "self-normalized-marginal-importance-sampling"))
        .isCloseTo(EXACT, within(1e-9));
  }

  @Test
  void rightValuesMakeUpForWrongRatios() {
    String p = fixture.policy("p", target);
    EvaluationReport report =
        fixture.evaluate(
            YAML,
            List.of(p, fixture.exactQ("p", target, 0.9), ratios(new double[] {0.3, 2, 0.1, 0.7})));
    assertThat(value(report, "marginal-doubly-robust")).isCloseTo(EXACT, within(1e-9));
  }

  @Test
  void rightRatiosMakeUpForWrongValues() {
    String p = fixture.policy("p", target);
    TabularPolicy other = TabularPolicy.of(new double[] {0.9, 0.1, 0.9, 0.1}, 2);
    EvaluationReport report =
        fixture.evaluate(YAML, List.of(p, wrongQ("p", other), ratios(ratios)));
    assertThat(value(report, "marginal-doubly-robust")).isCloseTo(EXACT, within(0.05));
    assertThat(report.policy("p").orElseThrow().estimate("direct-method").orElseThrow().value())
        .hasValueSatisfying(value -> assertThat(value).isLessThan(4));
  }

  /** The values of one policy, said to be those of another. */
  private String wrongQ(String policy, TabularPolicy valued) {
    return TableBundles.q(
            folder.resolve("wrong-q"),
            fixture.manifest(),
            new BundleManifest.Evaluates(
                policy, BundleLoader.manifest(folder.resolve(policy)).fingerprint()),
            0.9,
            fixture.world().actionValues(valued, 0.9))
        .toString();
  }

  @Test
  void ratiosToAnotherLogAreRefusedEvenWhereBundlesOfOthersAreAllowed() {
    String p = fixture.policy("p", target);
    String foreign = ratiosOf("p", ratios, Fingerprint.ofJson("another log"), 0.9);
    assertThatThrownBy(
            () ->
                fixture.evaluate(
                    YAML.replace("}\n", ", allow-other-dataset: true}\n"), List.of(p, foreign)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot use bundle of visit ratios ratios-of-p on dataset world")
        .hasMessageContaining("Train dice on this dataset");
  }

  @Test
  void ratiosOfAnotherDiscountAreRefused() {
    String p = fixture.policy("p", target);
    String other = ratiosOf("p", ratios, fixture.manifest().fingerprint(), 0.8);
    assertThatThrownBy(() -> fixture.evaluate(YAML, List.of(p, other)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot use bundle of visit ratios ratios-of-p: it was trained")
        .hasMessageContaining("discount 0.8");
  }

  @Test
  void ratiosOfNobodyHereAreMentionedAndMissingOnesAreAskedFor() {
    fixture.policy("p", target);
    EvaluationReport report =
        fixture.evaluate(
            YAML.replace("}\n", ", estimators: [marginal-importance-sampling]}\n"),
            List.of(ratios(ratios)));
    assertThat(report.warnings())
        .extracting(Remark::words)
        .anyMatch(words -> words.startsWith("Ratios of visits ratios-of-p are about p"));
    assertThat(report.policy("uniform").orElseThrow().estimates())
        .singleElement()
        .satisfies(
            line ->
                assertThat(line.absentBecause())
                    .contains("no ratios of this policy's visits were given: train dice of it"));
  }
}
