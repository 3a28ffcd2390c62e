package dev.hindcast.evaluation.states;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Marginals;
import org.junit.jupiter.api.Test;

class StateModelTest {
  private static final double EXACT = 1e-12;
  private static final double DISCOUNT = 0.9;
  private static final ObservationSpace STATES = ObservationSpace.ofStates(2);
  private static final ActionSpace.Discrete ACTIONS = new ActionSpace.Discrete(2);
  private static final int UNKNOWN_CODE = 1; // code 0 is the unknown category: states are 1 and 2

  /** Action 1 with probability 0.8, everywhere. */
  private static final Policy TARGET = policy(0.8);

  private static Policy policy(double one) {
    double[] table = new double[3 * 2];
    for (int s = 0; s < 3; s++) {
      table[2 * s] = 1 - one;
      table[2 * s + 1] = one;
    }
    return TabularPolicy.of(table, 2);
  }

  /**
   * Sheet section 15.5: action a leads to state a; 1 is paid for going from 0 to 1, 0.5 for staying
   * in 1. Episodes are their actions; all start in 0 and are cut off.
   */
  private static TransitionColumns world(String... episodes) {
    TransitionColumns.Builder log = new TransitionColumns.Builder(STATES, ACTIONS, false, true);
    for (int e = 0; e < episodes.length; e++) {
      log.beginEpisode(Integer.toString(e));
      int state = 0;
      for (char action : episodes[e].toCharArray()) {
        int to = action - '0';
        double reward = to == 0 ? 0 : state == 0 ? 1 : 0.5;
        log.addStep(
            new float[0], new int[] {state + UNKNOWN_CODE}, new boolean[0], to, reward, 0.5);
        state = to;
      }
      log.endEpisodeWithFinalObservation(
          false, new float[0], new int[] {state + UNKNOWN_CODE}, new boolean[0]);
    }
    return log.build();
  }

  /** The steps are 11, 11, 9 and 9 of (0,0), (0,1), (1,0) and (1,1): d^b of section 15.5. */
  private static final TransitionColumns LOG =
      world("00000" + "10".repeat(5) + "1" + "1111", "000000" + "10".repeat(4) + "1" + "11111");

  private static StateCounts counts(TransitionColumns log) {
    return new StateCounts(STATES, ACTIONS, DISCOUNT).add(log);
  }

  @Test
  void valuesAreThoseOfSection15_5() {
    StateCounts counts = counts(LOG);
    StateModel model = StateModel.of(counts, counts.whole(), TARGET);
    assertThat(model.v(1)).isCloseTo(5.12, within(EXACT));
    assertThat(model.v(2)).isCloseTo(4.72, within(EXACT));
    assertThat(model.q(1, 0)).isCloseTo(4.608, within(EXACT));
    assertThat(model.q(1, 1)).isCloseTo(5.248, within(EXACT));
    assertThat(model.q(2, 0)).isCloseTo(4.608, within(EXACT));
    assertThat(model.q(2, 1)).isCloseTo(4.748, within(EXACT));
  }

  @Test
  void ratiosOfVisitsAreThoseOfSection15_5() {
    StateCounts counts = counts(LOG);
    StateModel model = StateModel.of(counts, counts.whole(), TARGET);
    double normalized = (1 - DISCOUNT) * 40 / 2; // to shares of visits over shares of steps
    assertThat(normalized * model.ratio(1, 0)).isCloseTo(0.056 / 0.275, within(EXACT));
    assertThat(normalized * model.ratio(1, 1)).isCloseTo(0.224 / 0.275, within(EXACT));
    assertThat(normalized * model.ratio(2, 0)).isCloseTo(0.64, within(EXACT));
    assertThat(normalized * model.ratio(2, 1)).isCloseTo(2.56, within(EXACT));
    assertThat(normalized * model.stateRatio(1)).isCloseTo(0.28 / 0.55, within(EXACT));
    double weighted = 0;
    for (int row = 0; row < LOG.rows(); row++) {
      weighted +=
          model.ratio(LOG.categories()[row], LOG.action(row)) * LOG.reward(row) / LOG.episodes();
    }
    assertThat(weighted).isCloseTo(5.12, within(EXACT)); // minimum-weight learning
    assertThat((1 - DISCOUNT) * weighted).isCloseTo(0.512, within(EXACT));
  }

  @Test
  void residualsOfTheWholeLogSumToNothing() {
    TabularMdp world = ChainMdp.slippery(4, 0.2);
    TabularPolicy behavior = TabularPolicy.uniform(world);
    TransitionColumns log = world.log(behavior, 30, 1000, 3);
    StateCounts counts =
        new StateCounts(world.observationSpace(), world.actionSpace(), DISCOUNT).add(log);
    StateModels models = StateModels.of(counts, policyOf(world, 0.7));
    double sum = 0;
    for (int e = 0; e < log.episodes(); e++) {
      Marginals model = models.whole(log, e);
      int steps = model.v().length;
      for (int t = 0; t < steps; t++) {
        double next = t + 1 < steps ? model.v()[t + 1] : model.tail();
        sum += model.ratios()[t] * (log.reward(log.start(e) + t) + DISCOUNT * next - model.q()[t]);
      }
    }
    assertThat(sum).isCloseTo(0, within(1e-11));
  }

  private static TabularPolicy policyOf(TabularMdp world, double right) {
    double[] table = new double[world.states() * 2];
    for (int s = 0; s < world.states(); s++) {
      table[2 * s] = 1 - right;
      table[2 * s + 1] = right;
    }
    return TabularPolicy.of(table, 2);
  }

  @Test
  void halvesDoNotSeeEachOther() {
    TransitionColumns log = world("1", "01", "11", "101", "0011", "1101", "111", "0111");
    StateCounts counts = counts(log);
    StateCounts own = new StateCounts(STATES, ACTIONS, DISCOUNT);
    for (int e = 0; e < log.episodes(); e++) {
      if (StateCounts.half(log.episodeId(e)) == 1) {
        own.add(
            new TransitionColumns.Builder(STATES, ACTIONS, false, true).addEpisode(log, e).build());
      }
    }
    assertThat(own.half(1).taken).isEqualTo(counts.half(1).taken);
    assertThat(counts.half(0).episodes + own.half(1).episodes).isEqualTo(8);
    assertThat(own.half(0).episodes).isZero();
    assertThat(own.half(1).episodes).isBetween(1.0, 7.0);
  }

  @Test
  void mergedCountsAreThoseOfAll() {
    StateCounts parts = counts(world("101", "0011")).merge(counts(world("1", "01")));
    assertThat(parts.whole().episodes).isEqualTo(4);
  }

  @Test
  void truncatedStepWithoutFinalObservationIsLeftOut() {
    TransitionColumns cut =
        new TransitionColumns.Builder(STATES, ACTIONS, false, true)
            .beginEpisode("a")
            .addStep(new float[0], new int[] {1}, new boolean[0], 1, 1, 0.5)
            .addStep(new float[0], new int[] {2}, new boolean[0], 1, 100, 0.5)
            .endEpisode(false)
            .build();
    StateCounts.Half whole = counts(cut).whole();
    assertThat(whole.taken[2 + 1]).isEqualTo(1);
    assertThat(whole.taken[2 * 2 + 1]).isZero();
    assertThat(whole.rewards).doesNotContain(100);
    assertThat(whole.seen()).containsExactly(1);
  }

  @Test
  void terminationIsWorthNothingAfterwards() {
    TransitionColumns ended =
        new TransitionColumns.Builder(STATES, ACTIONS, false, true)
            .beginEpisode("a")
            .addStep(new float[0], new int[] {1}, new boolean[0], 1, 3, 0.5)
            .endEpisode(true)
            .build();
    StateCounts counts = counts(ended);
    StateModel model = StateModel.of(counts, counts.whole(), TARGET);
    assertThat(model.v(1)).isCloseTo(3, within(EXACT)); // action 0 was never taken: 1 stands in
    assertThat(model.q(1, 0)).isCloseTo(3, within(EXACT));
    assertThat(model.ratio(1, 1)).isCloseTo(1, within(EXACT));
    assertThat(model.ratio(1, 0)).isZero();
  }

  @Test
  void withoutAnEndADiscountOfOneHasNoAnswer() {
    StateCounts counts = new StateCounts(STATES, ACTIONS, 1).add(LOG);
    assertThat(StateModel.of(counts, counts.whole(), TARGET).v(1)).isNaN();
  }

  @Test
  void onlyFewCategoriesAreCounted() {
    assertThat(StateCounts.canCount(STATES, ACTIONS)).isTrue();
    assertThat(StateCounts.canCount(ObservationSpace.ofStates(2000), ACTIONS)).isFalse();
    assertThat(StateCounts.canCount(ObservationSpace.ofNumbers(1), ACTIONS)).isFalse();
  }
}
