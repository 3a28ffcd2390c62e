package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.Diagnostics;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole reports on worlds whose values are solved exactly. */
class KnownAnswersTest {
  private static final String YAML =
      """
      name: chain
      discount: 0.95
      evaluate: {policies: [logged, uniform]}
      """;

  @TempDir Path folder;

  private static TabularPolicy right(TabularMdp world, double probability) {
    double[] table = new double[world.states() * 2];
    for (int s = 0; s < world.states(); s++) {
      table[2 * s] = 1 - probability;
      table[2 * s + 1] = probability;
    }
    return TabularPolicy.of(table, 2);
  }

  @Test
  void everyEstimatorIsRightOnAChainThatSlips() {
    TabularMdp world = ChainMdp.slippery(4, 0.1);
    TabularPolicy target = right(world, 0.8);
    Fixture fixture = Fixture.of(folder, world, world.log(right(world, 0.7), 6000, 1000, 3));
    List<String> bundles =
        List.of(fixture.policy("target", target), fixture.exactQ("target", target, 0.95));
    EvaluationReport report = fixture.evaluate(YAML, bundles);
    double truth = world.value(target, 0.95);
    PolicyResult result = report.policy("target").orElseThrow();
    assertThat(result.estimates()).hasSize(11);
    for (Estimate estimate : result.estimates()) {
      double value = estimate.value().orElseThrow();
      assertThat(value)
          .as(estimate.label())
          .isCloseTo(truth, within(1e-9 + 4 * estimate.standardError().orElseThrow()));
      assertThat(estimate.lower().orElseThrow()).isLessThanOrEqualTo(value);
      assertThat(estimate.upper().orElseThrow()).isGreaterThanOrEqualTo(value);
    }
    assertThat(result.primary().orElseThrow().estimator())
        .isEqualTo("self-normalized-doubly-robust");
    assertThat(result.verdict().decision()).isEqualTo(Decision.PROMOTE);
    assertThat(result.differenceToIncumbent().orElseThrow().lower()).isPositive();
  }

  @Test
  void doublyRobustEqualsDirectMethodWhenRewardsAreExplainedExactly() {
    TabularMdp world = ChainMdp.deterministic(4); // no noise: every temporal difference is zero
    Fixture fixture = Fixture.of(folder, world, world.log(right(world, 0.6), 300, 1000, 5));
    TabularPolicy greedy = right(world, 1);
    List<String> bundles =
        List.of(fixture.policy("greedy", greedy), fixture.exactQ("greedy", greedy, 0.95));
    EvaluationReport report = fixture.evaluate(YAML, bundles);
    double exact = world.value(greedy, 0.95);
    PolicyResult result = report.policy("greedy").orElseThrow();
    assertThat(result.estimate("direct-method").orElseThrow().value().orElseThrow())
        .isCloseTo(exact, within(1e-12));
    assertThat(result.estimate("doubly-robust").orElseThrow().value().orElseThrow())
        .isCloseTo(exact, within(1e-9));
    assertThat(result.estimate("self-normalized-doubly-robust").orElseThrow().value().orElseThrow())
        .isCloseTo(exact, within(1e-9));
  }

  @Test
  void truncatedEpisodesAreCountedAndBootstrapped() {
    TabularMdp world = ChainMdp.slippery(4, 0.1);
    TabularPolicy target = right(world, 0.8);
    Fixture fixture = Fixture.of(folder, world, world.log(right(world, 0.7), 4000, 4, 6));
    List<String> bundles =
        List.of(fixture.policy("target", target), fixture.exactQ("target", target, 0.95));
    EvaluationReport report = fixture.evaluate(YAML, bundles);
    assertThat(report.dataset().truncated()).isPositive();
    assertThat(report.dataset().withoutFinalObservation()).isZero();
    assertThat(report.warnings()).extracting(Remark::code).contains("truncated-episodes");
    double truth = world.value(target, 0.95);
    PolicyResult result = report.policy("target").orElseThrow();
    Estimate robust = result.estimate("doubly-robust").orElseThrow();
    assertThat(robust.value().orElseThrow())
        .isCloseTo(truth, within(4 * robust.standardError().orElseThrow()));
    Estimate cut = result.estimate("per-decision-importance-sampling").orElseThrow();
    assertThat(cut.upper().orElseThrow()).isLessThan(truth); // it sees only four steps
  }

  @Test
  void loggedPolicyHasTheMeanReturnAndNothingToWeigh() {
    TabularMdp world = ChainMdp.slippery(4, 0.1);
    TransitionColumns log = world.log(right(world, 0.7), 500, 1000, 7);
    EvaluationReport report = Fixture.of(folder, world, log).evaluate(YAML, List.of());
    PolicyResult logged = report.policy("logged").orElseThrow();
    assertThat(logged.estimates())
        .singleElement()
        .extracting(Estimate::estimator)
        .isEqualTo("on-policy");
    assertThat(logged.primary().orElseThrow().value())
        .isEqualTo(report.behavior().meanReturn().value());
    assertThat(logged.diagnostics()).isEmpty();
    assertThat(logged.differenceToIncumbent()).isEmpty();
  }

  @Test
  void whatTheLogNeverShowsIsNotEvaluable() {
    TabularMdp world = ChainMdp.slippery(4, 0.3);
    TransitionColumns log = world.log(right(world, 1), 500, 1000, 8); // never goes left
    Fixture fixture = Fixture.of(folder, world, log);
    EvaluationReport report =
        fixture.evaluate(
            """
            discount: 0.95
            evaluate: {policies: [logged, uniform, {constant: 0}]}
            """,
            List.of());
    PolicyResult left = report.policy("constant-0").orElseThrow();
    assertThat(left.verdict().decision()).isEqualTo(Decision.NOT_EVALUABLE);
    assertThat(left.verdict().reasons())
        .extracting(Remark::code)
        .contains("no-weight", "unsupported", "figure-missing");
    assertThat(left.primary().orElseThrow().value()).isEmpty();
    assertThat(left.primary().orElseThrow().absentBecause()).isPresent();
    Diagnostics uniform = report.policy("uniform").orElseThrow().diagnostics().orElseThrow();
    assertThat(uniform.unsupportedMass().orElseThrow()).isCloseTo(0.5, within(1e-12));
    assertThat(uniform.strata()).isEqualTo("observation");
    assertThat(uniform.strataCount()).isEqualTo(4);
  }

  @Test
  void filesAndTheirNumberChangeNothing() {
    TabularMdp world = ChainMdp.slippery(4, 0.1);
    TransitionColumns log = world.log(right(world, 0.7), 400, 1000, 9);
    Fixture fixture = Fixture.of(folder, world, log);
    TransitionColumns whole = fixture.dataset().read(Split.Part.HELD_OUT);
    EvaluationPlan plan =
        EvaluationPlan.of(
            fixture.config(YAML),
            fixture.manifest(),
            List.of(fixture.policy("target", right(world, 0.9))),
            TableBundles.loader());
    EvaluationReport one = Evaluation.of(plan, List.of(whole), List.of());
    for (int pieces : new int[] {2, 7, 64}) {
      EvaluationReport many = Evaluation.of(plan, cut(world, whole, pieces), List.of());
      for (PolicyResult policy : one.policies()) {
        PolicyResult other = many.policy(policy.name()).orElseThrow();
        for (int i = 0; i < policy.estimates().size(); i++) {
          Estimate a = policy.estimates().get(i);
          Estimate b = other.estimates().get(i);
          assertThat(b.value().orElseThrow()).isCloseTo(a.value().orElseThrow(), within(1e-12));
          assertThat(b.lower().orElseThrow()).isCloseTo(a.lower().orElseThrow(), within(1e-10));
          assertThat(b.upper().orElseThrow()).isCloseTo(a.upper().orElseThrow(), within(1e-10));
        }
      }
    }
  }

  /**
   * More often, in fact: nearly all returns are alike here, so that the estimate corrected for the
   * mean weight, which intervals are widened to hold, is nearly exact.
   */
  @Test
  void intervalsOnASmallWorldHoldTheTruthAsOftenAsTheySay() {
    TabularMdp world = ChainMdp.slippery(3, 0.1);
    TabularPolicy target = right(world, 0.75);
    double truth = world.value(target, 0.95);
    Fixture fixture = Fixture.of(folder, world, world.log(right(world, 0.7), 400, 1000, 0));
    EvaluationPlan plan =
        EvaluationPlan.of(
            fixture.config(YAML.replace("evaluate: {", "evaluate: {replicates: 200, ")),
            fixture.manifest(),
            List.of(fixture.policy("target", target)),
            TableBundles.loader());
    int draws = 200;
    int covered = 0;
    for (int seed = 0; seed < draws; seed++) {
      TransitionColumns log = world.log(right(world, 0.7), 400, plan.horizon(), 1000L + seed);
      Estimate estimate =
          Evaluation.of(plan, List.of(log), List.of())
              .policy("target")
              .orElseThrow()
              .primary()
              .orElseThrow();
      assertThat(estimate.upper().orElseThrow() - estimate.lower().orElseThrow())
          .isLessThan(6 * estimate.standardError().orElseThrow());
      covered +=
          estimate.lower().orElseThrow() <= truth && truth <= estimate.upper().orElseThrow()
              ? 1
              : 0;
    }
    assertThat(covered / (double) draws).isGreaterThan(0.95); // 0.986 of 2,000
  }

  @Test
  void onTrainingEpisodesNothingLearnedIsPromoted() {
    TabularMdp world = ChainMdp.slippery(4, 0.1);
    TabularPolicy target = right(world, 0.8);
    TransitionColumns log = world.log(right(world, 0.7), 6000, 1000, 3);
    Fixture fixture = Fixture.of(folder, world, log, 0.2);
    List<String> bundles =
        List.of(fixture.policy("target", target), fixture.exactQ("target", target, 0.95));
    EvaluationReport report =
        fixture.evaluate(YAML.replace("evaluate: {", "evaluate: {split: training, "), bundles);
    assertThat(report.dataset().split()).isEqualTo("training");
    assertThat(report.policy("target").orElseThrow().verdict().decision()).isEqualTo(Decision.HOLD);
    assertThat(report.policy("target").orElseThrow().verdict().reasons())
        .extracting(Remark::code)
        .containsExactly("evaluated-on-training-data");
    assertThat(report.warnings()).extracting(Remark::code).contains("evaluated-on-training-data");
  }

  private static List<TransitionColumns> cut(
      TabularMdp world, TransitionColumns whole, int pieces) {
    List<TransitionColumns.Builder> builders = new ArrayList<>();
    for (int i = 0; i < pieces; i++) {
      builders.add(
          new TransitionColumns.Builder(
              world.observationSpace(), world.actionSpace(), whole.hasMask(), true));
    }
    for (int e = 0; e < whole.episodes(); e++) {
      TransitionColumns.Builder to = builders.get(e % pieces).beginEpisode(whole.episodeId(e));
      for (int row = whole.start(e); row < whole.end(e); row++) {
        to.addStep(
            new float[0],
            new int[] {whole.categories()[row]},
            new boolean[0],
            whole.action(row),
            whole.reward(row),
            whole.propensity(row));
      }
      to.endEpisode(whole.terminated(whole.end(e) - 1));
    }
    return builders.stream().map(TransitionColumns.Builder::build).toList();
  }

  @Test
  void datasetIsWhatWasLogged() {
    TabularMdp world = ChainMdp.slippery(4, 0.1);
    Fixture fixture = Fixture.of(folder, world, world.log(right(world, 0.7), 50, 1000, 1));
    Dataset dataset = fixture.dataset();
    EvaluationReport report = fixture.evaluate(YAML, List.of());
    assertThat(report.dataset().fingerprint()).isEqualTo(dataset.fingerprint());
    assertThat(report.dataset().episodes()).isEqualTo(50);
    assertThat(report.rows().kept()).isEqualTo(report.dataset().transitions());
    assertThat(report.behavior().meanInversePropensity().orElseThrow())
        .isCloseTo(2, within(0.2)); // two actions, both possible everywhere
  }
}
