package dev.hindcast.evaluation.running;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.Fixture;
import dev.hindcast.evaluation.TableBundles;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Ending;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Values;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningEstimatesTest {
  private static final String BANDIT =
      """
      discount: 1
      estimate:
        champion: {constant: 0}
        challengers: [{constant: 1}]
        window: 1 min
        returns: {from: 0, to: 1}
        planned-episodes: 2000
        gate: 0.5
      """;

  private static RunningPlan plan(String yaml) {
    return RunningPlan.of(
        EstimateConfigTest.read(yaml, true),
        new ObservationSpace(List.of("x"), List.of()),
        new ActionSpace.Discrete(2),
        true,
        true,
        new BundleLoader(List.of()));
  }

  /** A step of a log whose logger chooses either action with probability one half. */
  private static EpisodeNumbers step(RunningPlan plan, int action, double reward) {
    return step(plan, action, reward, 0.5);
  }

  private static EpisodeNumbers step(RunningPlan plan, int action, double reward, double p) {
    List<ScoredEpisode> seen = new ArrayList<>();
    for (int policy = 0; policy < plan.policies().size(); policy++) {
      seen.add(
          ScoredEpisode.of(
              new double[] {reward},
              new double[] {action == policy ? 1 : 0},
              new double[] {p},
              Ending.TERMINATED,
              Values.NONE));
    }
    return plan.numbers("e", seen);
  }

  /** A window in which the actions are worth so much. */
  private static WindowSums window(RunningPlan plan, double first, double second, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    WindowSums sums = new WindowSums(plan);
    for (int e = 0; e < 100; e++) {
      int action = random.nextInt(2);
      double worth = action == 0 ? first : second;
      sums.add(plan, step(plan, action, random.nextDouble() < worth ? 1 : 0));
    }
    return sums;
  }

  @Test
  void numbersTellOfValuesFromBothSides() {
    RunningPlan plan = plan(BANDIT.replace("from: 0, to: 1", "from: -1, to: 3"));
    double[] first = step(plan, 0, 2).numbers(); // weight 2 for the champion, 0 for the challenger
    assertThat(first[plan.weightPlace(0)]).isEqualTo(2);
    assertThat(first[plan.weightPlace(1)]).isZero();
    assertThat(first[plan.lowPlace(0)]).isEqualTo(2 * 3 / 4.0);
    assertThat(first[plan.highPlace(0)]).isEqualTo(2 * 1 / 4.0);
    assertThat(first[plan.lowPlace(1)]).isZero();
    assertThat(first[plan.betterPlace(1)]).isEqualTo((0 + 2 * 1) / 8.0);
    assertThat(first[plan.worsePlace(1)]).isEqualTo((0 + 2 * 3) / 8.0);
    double[] second = step(plan, 1, 0).numbers();
    assertThat(second[plan.betterPlace(1)]).isEqualTo((2 * 1 + 0) / 8.0);
    assertThat(second[plan.worsePlace(1)]).isEqualTo((2 * 3 + 0) / 8.0);
  }

  @Test
  void cappedWeightsCountAsTheCapInBoundsAlone() {
    RunningPlan plan = plan(BANDIT + "  weight-cap: 1.5\n");
    double[] numbers = step(plan, 0, 1).numbers();
    assertThat(numbers[plan.weightPlace(0)]).isEqualTo(2);
    assertThat(numbers[plan.lowPlace(0)]).isEqualTo(1.5);
  }

  @Test
  void returnsOutsideOfTheirRangeAreCountedAndCut() {
    RunningPlan plan = plan(BANDIT);
    EpisodeNumbers episode = step(plan, 0, 7);
    assertThat(episode.isOutside()).isTrue();
    assertThat(episode.numbers()[plan.lowPlace(0)]).isEqualTo(2);
    WindowSums sums = new WindowSums(plan);
    sums.add(plan, episode);
    sums.add(plan, step(plan, 1, 1));
    assertThat(new RunningEstimates().after(plan, 0, sums).lines().get(0).outsideReturns())
        .isEqualTo(1);
  }

  @Test
  void figuresAreThoseOfTheBatch(@TempDir Path folder) {
    TabularMdp world = ChainMdp.slippery(3, 0.1);
    Fixture fixture =
        Fixture.of(folder, world, world.log(TabularPolicy.uniform(world), 300, 30, 1));
    String bundle = fixture.policy("optimal", world.optimal(0.9));
    String q = fixture.exactQ("optimal", world.optimal(0.9), 0.9);
    EvaluationReport report =
        fixture.evaluate(
            """
            name: chain
            discount: 0.9
            evaluate: {policies: [logged, {constant: 1}], incumbent: logged}
            """,
            List.of(bundle, q));
    int horizon = fixture.manifest().part(Split.Part.HELD_OUT).maxEpisodeLength();
    RunningPlan plan =
        RunningPlan.of(
            EstimateConfigTest.read(
                """
                discount: 0.9
                estimate:
                  challengers: [{constant: 1}, {bundle: %s}]
                  q-functions: [%s]
                  horizon: %d
                """
                    .formatted(bundle, q, horizon),
                false),
            fixture.manifest().observationSpace(),
            fixture.manifest().actionSpace(),
            true,
            false,
            TableBundles.loader());
    List<EpisodeNumbers> episodes = plan.numbers(fixture.dataset().read(Split.Part.HELD_OUT));
    RunningEstimates estimates = new RunningEstimates();
    List<EstimateLine> lines = List.of();
    for (int from = 0; from < episodes.size(); from += 50) {
      WindowSums sums = new WindowSums(plan);
      episodes
          .subList(from, Math.min(episodes.size(), from + 50))
          .forEach(episode -> sums.add(plan, episode));
      RunningEstimates.Outcome outcome = estimates.after(plan, from * plan.limits().window(), sums);
      estimates = outcome.estimates();
      lines = outcome.lines();
    }
    assertThat(lines).hasSize(3);
    for (EstimateLine line : lines) {
      EvaluationReport.PolicyResult batch =
          report.policies().stream()
              .filter(policy -> policy.name().equals(line.policy()))
              .findFirst()
              .orElseThrow();
      Estimate primary = batch.primary().orElseThrow();
      assertThat(line.estimator()).isEqualTo(primary.estimator());
      assertThat(line.soFar().episodes()).isEqualTo(300);
      assertThat(line.soFar().estimate().orElseThrow())
          .isCloseTo(primary.value().orElseThrow(), within(1e-12));
      assertThat(line.soFar().standardError().orElseThrow())
          .isCloseTo(primary.standardError().orElseThrow(), within(1e-10));
      if (!line.policy().equals("logged")) {
        assertThat(line.soFar().effectiveSampleSize().orElseThrow())
            .isCloseTo(primary.effectiveSampleSize().orElseThrow(), within(1e-9));
        assertThat(line.difference().orElseThrow().estimate().orElseThrow())
            .isCloseTo(batch.differenceToIncumbent().orElseThrow().value(), within(1e-12));
      }
    }
  }

  @Test
  void differenceIsPaired() {
    // Both policies get the same returns with the same weights, but for a constant of 0.1.
    RunningPlan plan = plan(BANDIT.replace("returns: {from: 0, to: 1}", "first-look: 100"));
    RunningEstimates estimates = new RunningEstimates();
    WindowSums sums = new WindowSums(plan);
    SplittableRandom random = new SplittableRandom(3);
    for (int e = 0; e < 1000; e++) {
      double[] reward = {random.nextDouble()};
      double[] p = {0.25 + 0.5 * random.nextDouble()};
      ScoredEpisode seen = ScoredEpisode.of(reward, p.clone(), p, Ending.TERMINATED, Values.NONE);
      ScoredEpisode better =
          ScoredEpisode.of(
              new double[] {reward[0] + 0.1}, p.clone(), p, Ending.TERMINATED, Values.NONE);
      sums.add(plan, plan.numbers("e", List.of(seen, better)));
    }
    EstimateLine line = estimates.after(plan, 0, sums).lines().get(1);
    EstimateLine.Difference gap = line.difference().orElseThrow();
    assertThat(gap.estimate().orElseThrow()).isCloseTo(0.1, within(1e-12));
    assertThat(gap.upper().orElseThrow() - gap.lower().orElseThrow()).isLessThan(1e-6);
    assertThat(line.soFar().upper().orElseThrow() - line.soFar().lower().orElseThrow())
        .isGreaterThan(0.05);
  }

  @Test
  void alarmsAreSaidOnceWhenTheyBeginAndOnceWhenTheyAreOver() {
    RunningPlan plan = plan(BANDIT);
    RunningEstimates estimates = new RunningEstimates();
    List<Alarm> alarms = new ArrayList<>();
    int raised = 0;
    for (int w = 0; w < 120; w++) {
      // First the champion is worth 0.2 and the challenger 0.9, then the other way round.
      boolean isBad = w < 20;
      RunningEstimates.Outcome outcome =
          estimates.after(plan, w * 60_000L, window(plan, isBad ? 0.2 : 0.9, isBad ? 0.9 : 0.2, w));
      estimates = outcome.estimates();
      for (EstimateLine line : outcome.lines()) {
        alarms.addAll(line.changes());
        raised += line.alarms().size();
      }
    }
    assertThat(alarms)
        .extracting(alarm -> alarm.alarm() + " " + alarm.policy() + " " + alarm.state())
        .containsExactlyInAnyOrder(
            "below-gate constant-0 raised",
            "overtaken constant-1 raised",
            "below-gate constant-0 cleared",
            "overtaken constant-1 cleared");
    assertThat(raised).isGreaterThan(30);
    assertThat(alarms.get(0).words())
        .matches(
            "The (champion constant-0 is worth less than its gate of 0\\.5000: at most 0\\.\\d+ on average over [\\d,]+ episodes|challenger constant-1 is better than the champion constant-0: by at least 0\\.\\d+ on average over [\\d,]+ episodes)\\.");
  }

  @Test
  void tinyEffectiveSampleSizesAndMeanWeightsOtherThanOneRaiseAlarms() {
    RunningPlan plan = plan(BANDIT + "  least-sample-share: 30%\n");
    RunningEstimates estimates = new RunningEstimates();
    List<Alarm> changes = new ArrayList<>();
    for (int w = 0; w < 2; w++) {
      WindowSums sums = new WindowSums(plan);
      for (int e = 0; e < 200; e++) {
        // The challenger's action is logged as if it were certain, and comes once in five.
        sums.add(plan, step(plan, e % 5 == 0 ? 1 : 0, 1, e % 5 == 0 ? 1 : 0.8));
      }
      RunningEstimates.Outcome outcome = estimates.after(plan, w * 60_000L, sums);
      estimates = outcome.estimates();
      changes.addAll(outcome.lines().get(1).changes());
      assertThat(outcome.lines().get(0).alarms()).isEmpty();
    }
    assertThat(changes)
        .extracting(Alarm::words)
        .containsExactly(
            "The log hardly shows what constant-1 would do: 200 episodes of the window amount to 40.00.",
            "The mean weight of constant-1 is 0.2000, where 1 is due: propensities are wrong, or the log lacks what it does.");
    assertThat(changes.get(1).time()).isEqualTo("1970-01-01T00:02:00Z"); // from 50 effective on
  }

  @Test
  void otherPoliciesBeginAnew() {
    RunningPlan plan = plan(BANDIT);
    RunningPlan other =
        plan(BANDIT.replace("challengers: [{constant: 1}]", "challengers: [uniform]"));
    assertThat(other.id()).isNotEqualTo(plan.id());
    RunningEstimates estimates =
        new RunningEstimates().after(plan, 0, window(plan, 0.5, 0.5, 1)).estimates();
    assertThat(
            estimates
                .after(plan, 60_000, window(plan, 0.5, 0.5, 2))
                .lines()
                .get(0)
                .soFar()
                .episodes())
        .isEqualTo(200);
    WindowSums sums = new WindowSums(other);
    sums.add(other, step(other, 0, 1));
    EstimateLine line = estimates.after(other, 120_000, sums).lines().get(0);
    assertThat(line.soFar().episodes()).isEqualTo(1);
    assertThat(line.since()).isEqualTo("1970-01-01T00:02:00Z");
  }

  @Test
  void boundsThatBeginAnewSpendTheirShareOfFalseAlarms() {
    RunningPlan plan = plan(BANDIT + "  restart-every: 2 min\n");
    RunningEstimates estimates = new RunningEstimates();
    List<String> since = new ArrayList<>();
    List<Double> upper = new ArrayList<>();
    for (int w = 0; w < 6; w++) {
      RunningEstimates.Outcome outcome =
          estimates.after(plan, w * 60_000L, window(plan, 0.2, 0.2, 1)); // equal windows
      estimates = outcome.estimates();
      since.add(outcome.lines().get(0).since());
      outcome.lines().get(0).changes().stream()
          .filter(alarm -> alarm.alarm().equals("below-gate"))
          .forEach(alarm -> upper.add(alarm.figure().orElseThrow()));
    }
    assertThat(since)
        .containsExactly(
            "1970-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "1970-01-01T00:02:00Z",
            "1970-01-01T00:02:00Z",
            "1970-01-01T00:04:00Z",
            "1970-01-01T00:04:00Z");
    assertThat(upper).isNotEmpty();
  }

  @Test
  void estimatesStayAsTheyAreAndOutliveWriting() throws IOException {
    RunningPlan plan = plan(BANDIT);
    RunningEstimates before =
        new RunningEstimates().after(plan, 0, window(plan, 0.2, 0.9, 1)).estimates();
    byte[] bytes = bytes(before);
    RunningEstimates.Outcome outcome = before.after(plan, 60_000, window(plan, 0.2, 0.9, 2));
    assertThat(bytes(before)).isEqualTo(bytes);
    RunningEstimates read =
        RunningEstimates.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    assertThat(bytes(read)).isEqualTo(bytes);
    RunningEstimates.Outcome again = read.after(plan, 60_000, window(plan, 0.2, 0.9, 2));
    assertThat(again.lines()).isEqualTo(outcome.lines());
    assertThat(bytes(again.estimates())).isEqualTo(bytes(outcome.estimates()));
  }

  private static byte[] bytes(RunningEstimates estimates) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    estimates.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @Test
  void linesAreJsonAndComeBackAsTheyWere() {
    RunningPlan plan = plan(BANDIT);
    for (EstimateLine line :
        new RunningEstimates().after(plan, 0, window(plan, 0.2, 0.9, 1)).lines()) {
      byte[] json = CanonicalJson.bytes(line);
      assertThat(CanonicalJson.read(json, EstimateLine.class)).isEqualTo(line);
      assertThat(CanonicalJson.tree(json).path("so_far").path("episodes").asLong()).isEqualTo(100);
    }
  }

  @Test
  void windowWithoutWeightHasNoEstimate() {
    RunningPlan plan = plan(BANDIT);
    WindowSums sums = new WindowSums(plan);
    sums.add(plan, step(plan, 0, 1));
    sums.add(plan, step(plan, 0, 0));
    EstimateLine line = new RunningEstimates().after(plan, 0, sums).lines().get(1);
    assertThat(line.window().estimate()).isEqualTo(Optional.empty());
    assertThat(line.soFar().lower()).contains(0.0); // nothing is known, and said so
    assertThat(line.soFar().upper()).contains(1.0);
    assertThat(line.verdict()).contains("undecided");
  }

  @Test
  void whatCannotBeEstimatedIsRefused() {
    assertThatThrownBy(
            () ->
                RunningPlan.of(
                    EstimateConfigTest.read(BANDIT, true),
                    new ObservationSpace(List.of("x"), List.of()),
                    new ActionSpace.Discrete(2),
                    false,
                    true,
                    new BundleLoader(List.of())))
        .hasMessageContaining("events do not say how likely actions were. Map ingest.propensity");
    assertThatThrownBy(
            () ->
                RunningPlan.of(
                    EstimateConfigTest.read(
                        BANDIT
                            + "  horizon: 200\n  estimator: self-normalized-per-decision-importance-sampling\n",
                        false),
                    new ObservationSpace(List.of("x"), List.of()),
                    new ActionSpace.Discrete(2),
                    true,
                    false,
                    new BundleLoader(List.of())))
        .hasMessageContaining("Lower stream.estimate.horizon");
    assertThatThrownBy(() -> plan(BANDIT + "  estimator: doubly-robust\n"))
        .hasMessageContaining("no Q-function of it is among stream.estimate.q-functions");
    assertThatThrownBy(() -> plan(BANDIT + "  estimator: cressie-read\n"))
        .hasMessageContaining("it has to know how many episodes there will be");
  }
}
