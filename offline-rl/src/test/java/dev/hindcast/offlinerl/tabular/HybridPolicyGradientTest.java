package dev.hindcast.offlinerl.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.offlinerl.tabular.HybridPolicyGradient.Config;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Check 9 is that of the sheet "hybrid and online", section 15. */
class HybridPolicyGradientTest {
  private static final int LENGTH = 14;
  private static final TabularMdp LOCK = ChainMdp.deterministic(LENGTH);

  /** Check 9. */
  @Test
  void naturalGradientStepHasTheNumbersOfTheSheet() {
    double[] moved =
        HybridPolicyGradient.moved(new double[] {0.2, 0.5, 0.3}, new double[] {0.5, 0, -0.5}, 3);
    assertThat(moved).containsExactly(new double[] {0.325930, 0.494216, 0.179854}, within(1e-6));
  }

  /** Check 9: without weight of the log the critic averages returns, whatever the log says. */
  @Test
  void withoutWeightOfTheLogTheCriticIsMonteCarlo() {
    TabularMdp fork = fork(1);
    TransitionColumns wrong = fork(0.5).log(TabularPolicy.uniform(fork), 500, 5, 3);
    HybridPolicyGradient agent = new HybridPolicyGradient(fork, wrong, new Config(2, 1, 0, 5000));
    agent.fit(new SplittableRandom(1));
    assertThat(agent.actionValue(0, 0, 0)).isCloseTo(0.1, within(0.02));
    assertThat(agent.actionValue(0, 0, 1)).isCloseTo(0.5, within(0.03));
    assertThat(agent.actionValue(1, 2, 0)).isCloseTo(1, within(1e-9));
  }

  /** Check 9: without fresh episodes it is fitted-Q evaluation, exact where the log has it all. */
  @Test
  void withoutFreshEpisodesTheCriticIsFittedQEvaluation() {
    TabularMdp fork = fork(1);
    TabularPolicy behavior =
        TabularPolicy.of(new double[] {0.8, 0.2, 0.3, 0.7, 0.3, 0.7, 0.5, 0.5}, 2);
    TransitionColumns log = fork.log(behavior, 500, 5, 3);
    HybridPolicyGradient agent = new HybridPolicyGradient(fork, log, new Config(2, 1, 1, 0));
    agent.fit(new SplittableRandom(1));
    assertThat(agent.actionValue(0, 0, 0)).isCloseTo(0.1, within(1e-9));
    assertThat(agent.actionValue(0, 0, 1)).isCloseTo(0.5, within(1e-9));
  }

  /**
   * Aimless episodes open the lock once in 16,384 times; the log of a clumsy expert knows the way.
   */
  @Test
  void logShowsTheWayThatFreshEpisodesAloneDoNotFind() {
    TabularPolicy clumsy =
        LOCK.optimal(0.9).mixedWith(TabularPolicy.uniform(LOCK), 1 - 1.0 / LENGTH);
    TransitionColumns log = LOCK.log(clumsy, 200, LENGTH, 3);
    TransitionColumns none = LOCK.log(clumsy, 0, LENGTH, 3);
    assertThat(opened(none)).isLessThan(0.2);
    assertThat(opened(log)).isGreaterThan(0.95);
  }

  /** How likely the lock is open in the end: it takes the right action at every step. */
  private static double opened(TransitionColumns log) {
    HybridPolicyGradient agent = new HybridPolicyGradient(LOCK, log, new Config(LENGTH, 5, 1, 10));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 60; i++) {
      agent.iterate(random);
    }
    double chance = 1;
    for (int h = 0; h < LENGTH; h++) {
      chance *= agent.probability(h, h, 1);
    }
    return chance;
  }

  private static TabularMdp fork(double best) {
    TabularMdp.Builder fork = new TabularMdp.Builder(4, 2).initial(0, 1).terminal(3);
    fork.transition(0, 0, 1, 1, 0).transition(0, 1, 2, 1, 0);
    fork.transition(1, 0, 3, 1, 0.2).transition(1, 1, 3, 1, 0);
    fork.transition(2, 0, 3, 1, best).transition(2, 1, 3, 1, 0);
    return fork.build();
  }
}
