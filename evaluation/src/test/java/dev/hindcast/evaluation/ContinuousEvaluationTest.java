package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.DatasetWriter;
import dev.hindcast.evaluation.plan.EvaluateConfig;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A point mass, where linear policies have exact values and exact densities. */
class ContinuousEvaluationTest {
  private static final PointMass WORLD = LinearBundles.WORLD;
  private static final double DISCOUNT = LinearBundles.DISCOUNT;
  private static final double GAIN = LinearBundles.GAIN;
  private static final double DEVIATION = 0.1;
  private static final int EPISODES = 4000;

  @TempDir private Path folder;
  private TransitionColumns log;
  private Dataset dataset;

  @BeforeEach
  void logTheWorld() {
    log = WORLD.log(WORLD.clumsy(), EPISODES, 1);
    String place = folder.resolve("dataset").toString();
    DatasetWriter.write(place, "point", new Split(1, "test"), log);
    dataset = Dataset.open(place);
  }

  private String publish(
      String name, String kind, double deviation, Optional<BundleManifest.Evaluates> evaluates) {
    return LinearBundles.publish(folder, name, kind, deviation, evaluates, dataset.manifest());
  }

  private EvaluationReport evaluate(double deviation) {
    return evaluate(deviation, "{replicates: 100}");
  }

  private EvaluationReport evaluate(double deviation, String settings) {
    String policy = publish("linear", BundleManifest.POLICY, deviation, Optional.empty());
    BundleManifest published = BundleLoader.manifest(Path.of(policy));
    String q =
        publish(
            "q-of-linear",
            BundleManifest.Q_FUNCTION,
            deviation,
            Optional.of(new BundleManifest.Evaluates("linear", published.fingerprint())));
    ConfigDocument document =
        ConfigDocument.parse(
            "test.yaml",
            folder,
            "{name: point, discount: 0.9, evaluate: " + settings + "}",
            List.of());
    EvaluateConfig config = EvaluateConfig.from(document.root());
    document.finish();
    EvaluationPlan plan =
        EvaluationPlan.of(config, dataset.manifest(), List.of(policy, q), LinearBundles.loader());
    return Evaluation.of(
        plan, config.part().parts().stream().map(dataset::read).toList(), List.of());
  }

  private static double value(PolicyResult result, String estimator) {
    return result.estimate(estimator).flatMap(Estimate::value).orElseThrow();
  }

  /** The exact value at the very starts of the log: no luck of starts in what is compared. */
  private double exact(double deviation) {
    double sum = 0;
    for (int e = 0; e < log.episodes(); e++) {
      double start = log.numeric()[log.start(e)];
      sum += WORLD.value(LinearBundles.linear(deviation), DISCOUNT, start) / log.episodes();
    }
    return sum;
  }

  @Test
  void directMethodOfACertainPolicyIsItsExactValueAndNothingElseIsThere() {
    PolicyResult result = evaluate(0).policy("linear").orElseThrow();
    assertThat(value(result, "direct-method")).isCloseTo(exact(0), within(1e-6));
    assertThat(result.estimates())
        .filteredOn(estimate -> !estimate.estimator().equals("direct-method"))
        .hasSize(7)
        .allSatisfy(
            estimate -> {
              assertThat(estimate.value()).isEmpty();
              assertThat(estimate.absentBecause().orElseThrow())
                  .contains("in a box a certain action has no density");
            });
    assertThat(result.verdict().decision()).isEqualTo(Decision.HOLD);
    assertThat(result.verdict().reasons()).anyMatch(reason -> reason.code().equals("model-only"));
  }

  @Test
  void everyEstimatorOfAStochasticPolicyIsRight() {
    EvaluationReport report = evaluate(DEVIATION);
    PolicyResult result = report.policy("linear").orElseThrow();
    // 4000 starts of 32 draws each; the values of single draws scatter by less than 0.1
    assertThat(value(result, "direct-method")).isCloseTo(exact(DEVIATION), within(1e-3));
    assertThat(value(result, "doubly-robust")).isCloseTo(exact(DEVIATION), within(0.01));
    assertThat(value(result, "self-normalized-doubly-robust"))
        .isCloseTo(exact(DEVIATION), within(0.01));
    // the return of three steps; the log's own is 0.3 lower
    assertThat(value(result, "per-decision-importance-sampling"))
        .isCloseTo(ofThreeSteps(DEVIATION), within(0.06));
    assertThat(value(result, "self-normalized-per-decision-importance-sampling"))
        .isCloseTo(ofThreeSteps(DEVIATION), within(0.06));
    assertThat(value(report.policy("logged").orElseThrow(), "on-policy"))
        .isLessThan(ofThreeSteps(DEVIATION) - 0.2);
    assertThat(result.diagnostics().orElseThrow().meanWeight().orElseThrow())
        .isCloseTo(1, within(0.1));
  }

  @Test
  void betterPolicyWithinReachOfTheLogIsPromoted() {
    // those that stop after three steps, as the log does, speak of another return
    String settings =
        "{replicates: 100, estimators: [doubly-robust, self-normalized-doubly-robust]}";
    PolicyResult result = evaluate(DEVIATION, settings).policy("linear").orElseThrow();
    assertThat(result.diagnostics().orElseThrow().strata()).isEqualTo("densities");
    assertThat(result.diagnostics().orElseThrow().unsupportedMass().orElseThrow()).isLessThan(0.03);
    assertThat(result.verdict().reasons())
        .singleElement()
        .satisfies(reason -> assertThat(reason.code()).isEqualTo("better-than-incumbent"));
    assertThat(result.verdict().decision()).isEqualTo(Decision.PROMOTE);
  }

  @Test
  void whatTheLogsDensityDoesNotReachIsMeasuredAndRefused() {
    double wide = 1;
    PolicyResult result = evaluate(wide).policy("linear").orElseThrow();
    NormalDistribution normal = new NormalDistribution();
    double reached = 0; // the log's actions lie within 0.499 of -0.3 x
    for (int row = 0; row < log.rows(); row++) {
      double x = log.numeric()[row];
      double middle = (-0.3 - GAIN) * x;
      reached +=
          (normal.cumulativeProbability((middle + 0.499) / wide)
                  - normal.cumulativeProbability((middle - 0.499) / wide))
              / log.rows();
    }
    assertThat(result.diagnostics().orElseThrow().unsupportedMass().orElseThrow())
        .isCloseTo(1 - reached, within(0.01));
    assertThat(result.verdict().decision()).isEqualTo(Decision.NOT_EVALUABLE);
    assertThat(result.verdict().reasons())
        .filteredOn(reason -> reason.code().equals("unsupported"))
        .singleElement()
        .satisfies(reason -> assertThat(reason.words()).contains("where the log has no density"));
  }

  @Test
  void certainPolicyIsWeighedWithAKernelAroundItsActions() {
    String settings = "{replicates: 100, smoothing: auto}";
    PolicyResult result = evaluate(0, settings).policy("linear").orElseThrow();
    assertThat(result.warnings()).extracting(Remark::code).contains("smoothed");
    // the Q-function is exact, so residuals are 0 but for the world's end after three steps
    assertThat(value(result, "doubly-robust")).isCloseTo(exact(0), within(0.02));
    // without one the kernel's bias stays, here toward the effort of other actions; the log's own
    // return is 0.3 lower
    assertThat(value(result, "self-normalized-per-decision-importance-sampling"))
        .isCloseTo(ofThreeSteps(0), within(0.12));
    assertThat(result.diagnostics().orElseThrow().meanWeight().orElseThrow())
        .isCloseTo(1, within(0.2));
  }

  /** The kernel's own scatter is what it costs: actions of width h spend h^2 / 5 more effort. */
  @Test
  void widerKernelsSpeakOfOtherActions() {
    double wide = 0.2; // of a box of width 2
    PolicyResult result =
        evaluate(0, "{replicates: 100, smoothing: " + wide + "}").policy("linear").orElseThrow();
    double deviation = 2 * wide / Math.sqrt(5);
    assertThat(value(result, "per-decision-importance-sampling"))
        .isCloseTo(ofThreeSteps(deviation), within(0.03));
    assertThat(ofThreeSteps(0) - ofThreeSteps(deviation)).isGreaterThan(0.05);
  }

  @Test
  void smoothingIsNoneOrAutoOrAShare() {
    assertThatThrownBy(() -> evaluate(0, "{smoothing: 1.5}"))
        .hasMessageContaining("evaluate.smoothing")
        .hasMessageContaining(
            "is '1.5', but should be 'none', 'auto' or a share of the box's width");
  }

  /** With {@code m = 1 + gain / 2}: E x'^2 = m^2 E x^2 + variance / 4, from E x^2 = 1/3. */
  private static double ofThreeSteps(double deviation) {
    double variance = deviation * deviation;
    double square = 1.0 / 3;
    double sum = 0;
    for (int t = 0; t < 3; t++) {
      double effort = GAIN * GAIN * square + variance;
      sum += Math.pow(DISCOUNT, t) * (1 - square - effort / 2);
      square = (1 + GAIN / 2) * (1 + GAIN / 2) * square + variance / 4;
    }
    return sum;
  }
}
