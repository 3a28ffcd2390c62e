package dev.hindcast.evaluation.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.Fixture;
import dev.hindcast.evaluation.TableBundles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit together is refused in words; what does is matched. */
class EvaluationPlanTest {
  private static final String YAML =
      "discount: 0.9\nevaluate: {policies: [logged, uniform], replicates: 100}\n";

  @TempDir Path folder;
  private TabularPolicy uniform;
  private Fixture fixture;

  @BeforeEach
  void log() {
    TabularMdp world = ChainMdp.slippery(3, 0.1);
    uniform = TabularPolicy.uniform(world);
    fixture = Fixture.of(folder, world, world.log(uniform, 60, 1000, 1));
  }

  private String foreign(String name, String kind, Optional<BundleManifest.Evaluates> evaluates) {
    return TableBundles.write(
            folder.resolve(name),
            kind,
            fixture.manifest(),
            Fingerprint.ofJson("another dataset"),
            evaluates,
            0.9,
            fixture.table(uniform))
        .toString();
  }

  private static void refused(UserError.Kind kind, ThrowingCallable call, String... words) {
    var thrown = assertThatThrownBy(call).isInstanceOf(UserError.class);
    for (String part : words) {
      thrown.hasMessageContaining(part);
    }
    thrown.extracting(e -> ((UserError) e).kind()).isEqualTo(kind);
  }

  @Test
  void bundleOfAnotherDatasetIsRefusedUnlessAllowedByName() {
    List<String> bundles = List.of(foreign("stranger", BundleManifest.POLICY, Optional.empty()));
    refused(
        UserError.Kind.USAGE,
        () -> fixture.evaluate(YAML, bundles),
        "Cannot evaluate bundle stranger on dataset world",
        "it was trained on another dataset",
        "set evaluate.allow-other-dataset: true");
    EvaluationReport report =
        fixture.evaluate(YAML.replace("}\n", ", allow-other-dataset: true}\n"), bundles);
    assertThat(report.warnings()).extracting(Remark::code).contains("other-dataset");
    assertThat(report.policy("stranger")).isPresent();
  }

  @Test
  void qFunctionOfAnotherDiscountIsRefused() {
    List<String> bundles =
        List.of(fixture.policy("p", uniform), fixture.exactQ("p", uniform, 0.99));
    refused(
        UserError.Kind.USAGE,
        () -> fixture.evaluate(YAML, bundles),
        "Cannot use Q-function q-of-p: it was trained with discount 0.99",
        "evaluated with 0.9");
  }

  @Test
  void qFunctionGoesWithThePolicyItSpeaksOf() {
    List<String> bundles =
        List.of(
            fixture.policy("one", uniform),
            fixture.policy("two", uniform),
            fixture.exactQ("one", uniform, 0.9));
    EvaluationReport report = fixture.evaluate(YAML, bundles);
    PolicyResult one = report.policy("one").orElseThrow();
    assertThat(one.qFunctions()).singleElement().extracting("name").isEqualTo("q-of-one");
    assertThat(one.estimate("doubly-robust")).isPresent();
    PolicyResult two = report.policy("two").orElseThrow();
    assertThat(two.qFunctions()).isEmpty();
    assertThat(two.estimate("doubly-robust")).isEmpty();
    assertThat(two.warnings()).extracting(Remark::code).contains("no-q-function");
    assertThat(report.learningCurves()).hasSize(3);
    assertThat(report.learningCurves().get(0).updates()).containsExactly(100L, 200L);
    assertThat(report.learningCurves().get(0).series())
        .containsEntry("losses.value", List.of(0.5, 0.25));
  }

  @Test
  void qFunctionOfNobodyHereIsMentioned() {
    fixture.policy("absent", uniform);
    List<String> bundles = List.of(fixture.exactQ("absent", uniform, 0.9));
    assertThat(fixture.evaluate(YAML, bundles).warnings())
        .extracting(Remark::words)
        .anyMatch(words -> words.startsWith("Q-function q-of-absent speaks of absent"));
  }

  @Test
  void qFunctionOfOtherRewardWeightsIsRefused() {
    TabularMdp world = ChainMdp.slippery(3, 0.1);
    Fixture parts =
        Fixture.of(folder.resolve("parts"), world, inTwoParts(world.log(uniform, 60, 1000, 1), 1));
    String q =
        TableBundles.write(
                folder.resolve("q"),
                BundleManifest.Q_FUNCTION,
                parts.manifest(),
                parts.manifest().fingerprint(),
                Optional.empty(),
                0.9,
                world.actionValues(uniform, 0.9),
                CanonicalJson.tree(
                    (Object) Map.of("reward_weights", Map.of("arrival", 1.0, "steps", 1.0))))
            .toString();
    assertThat(parts.evaluate(YAML, List.of(q)).policies()).hasSize(2);
    refused(
        UserError.Kind.USAGE,
        () -> parts.evaluate("reward-weights: {arrival: 1}\n" + YAML, List.of(q)),
        "Cannot use Q-function q: it was trained with the reward weights",
        "\"steps\":1.0",
        "Train it with the same reward-weights");
  }

  /** Steps of two units under a discount are steps of one unit under its square. */
  @Test
  void durationsAndRewardWeightsChangeWhatIsEstimated() {
    TabularMdp world = ChainMdp.slippery(3, 0.1);
    Fixture slow =
        Fixture.of(folder.resolve("slow"), world, inTwoParts(world.log(uniform, 60, 1000, 1), 2));
    String weights = "reward-weights: {arrival: 1}\n";
    EvaluationReport report = slow.evaluate(weights + YAML, List.of());
    EvaluationReport quick =
        fixture.evaluate(YAML.replace("discount: 0.9", "discount: 0.81"), List.of());
    for (String policy : List.of("logged", "uniform")) {
      double value = value(report, policy);
      assertThat(value).isCloseTo(value(quick, policy), within(1e-12)).isPositive();
    }
    assertThat(report.provenance().config().path("reward_weights").toString())
        .isEqualTo("{\"arrival\":1.0,\"steps\":0.0}");
    assertThat(value(slow.evaluate(YAML, List.of()), "uniform"))
        .isGreaterThan(value(report, "uniform") + 0.5); // every step then pays 1 more
  }

  private static double value(EvaluationReport report, String policy) {
    return report.policy(policy).orElseThrow().primary().orElseThrow().value().orElseThrow();
  }

  /** The same log, whose rewards are what they were plus 1 for each step. */
  private static TransitionColumns inTwoParts(TransitionColumns log, double duration) {
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(log.observationSpace(), log.actionSpace(), false, true)
            .withRewardComponents(List.of("arrival", "steps"));
    for (int e = 0; e < log.episodes(); e++) {
      builder.beginEpisode(log.episodeId(e));
      for (int row = log.start(e); row < log.end(e); row++) {
        builder
            .addStep(
                new float[0],
                new int[] {log.categories()[row]},
                new boolean[0],
                log.action(row),
                log.reward(row) + 1,
                log.propensity(row))
            .paying(log.reward(row), 1)
            .lasting(duration);
      }
      builder.endEpisode(log.terminated(log.end(e) - 1));
    }
    return builder.build();
  }

  @Test
  void estimatorAskedForByNameIsAbsentWithItsReason() {
    EvaluationReport report =
        fixture.evaluate(
            YAML.replace("}\n", ", estimators: [doubly-robust, inverse-propensity]}\n"), List.of());
    PolicyResult policy = report.policy("uniform").orElseThrow();
    assertThat(policy.estimates())
        .allSatisfy(estimate -> assertThat(estimate.value()).isEmpty())
        .extracting(estimate -> estimate.absentBecause().orElseThrow())
        .containsExactly(
            "it is for logs whose episodes have one step",
            "no Q-function of this policy was given");
    assertThat(policy.verdict().reasons()).extracting(Remark::code).contains("no-estimate");
  }

  @Test
  void chosenEstimatorIsTheOneThatCounts() {
    EvaluationReport report =
        fixture.evaluate(
            YAML.replace("}\n", ", estimator: trajectory-importance-sampling}\n"), List.of());
    assertThat(report.policy("uniform").orElseThrow().primary().orElseThrow().label())
        .isEqualTo("TIS");
  }

  @Test
  void incumbentMustBeAmongThePolicies() {
    refused(
        UserError.Kind.USAGE,
        () -> fixture.evaluate(YAML.replace("}\n", ", incumbent: unifrom}\n"), List.of()),
        "Cannot compare with incumbent unifrom",
        "Did you mean uniform?");
  }

  @Test
  void incumbentMayBeAnotherPolicy() {
    EvaluationReport report =
        fixture.evaluate(YAML.replace("}\n", ", incumbent: uniform}\n"), List.of());
    assertThat(report.policy("uniform").orElseThrow().differenceToIncumbent()).isEmpty();
    assertThat(report.policy("logged").orElseThrow().differenceToIncumbent()).isPresent();
    // The log was made by the uniform policy: both are the same, and paired nothing differs.
    assertThat(report.policy("logged").orElseThrow().differenceToIncumbent().get().value())
        .isCloseTo(0, org.assertj.core.api.Assertions.within(1e-12));
  }

  @Test
  void onePlaceForEachName() {
    fixture.policy("same", uniform);
    List<String> bundles = List.of(folder.resolve("same").toString());
    refused(
        UserError.Kind.USAGE,
        () ->
            fixture.evaluate(
                "discount: 0.9\nevaluate: {policies: [{name: same, constant: 1}]}\n", bundles),
        "Cannot evaluate two policies called same");
  }

  @Test
  void missingBundleIsAMissingInput() {
    refused(
        UserError.Kind.INPUT_MISSING,
        () -> fixture.evaluate(YAML, List.of(folder.resolve("nowhere").toString())),
        "nowhere");
  }

  @Test
  void emptyPartIsRefused() {
    refused(
        UserError.Kind.DATA,
        () -> fixture.evaluate(YAML.replace("}\n", ", split: training}\n"), List.of()),
        "Cannot evaluate on the training part of dataset world: it holds no episodes");
  }
}
