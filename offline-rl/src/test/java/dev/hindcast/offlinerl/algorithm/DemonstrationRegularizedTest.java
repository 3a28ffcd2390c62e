package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.loss.ReferenceRegularized;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.ContinuousBandit;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.training.contract.Logs;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Sections are those of the sheet "demonstration-regularized". */
class DemonstrationRegularizedTest {
  private static final double[] FORK_CLONE = {0.797, 0.203}; // 0.8 and 0.2, smoothed by 0.01

  /**
   * Section 10, check 4: with the divergence left out of the target, 0.56 or 0.36 would come out.
   */
  @Test
  void forkIsTakenAsTheRegularizedBackupSays() {
    double[] policy = discrete(config(800, 1, 0.5, 0), shown(fork()), 1, 2500);
    float[] q = {0.109934f, 0.716890f};
    double expected = ReferenceRegularized.policy(q, 2, FORK_CLONE, 0.5)[1];
    assertThat(expected).isCloseTo(0.457, within(0.01));
    assertThat(policy[1]).isCloseTo(expected, within(0.03));
    assertThat(policy[2]).isCloseTo(1 / (1 + Math.exp(-0.2 / 0.5)), within(0.03));
    assertThat(policy[4]).isCloseTo(1 / (1 + Math.exp(-1 / 0.5)), within(0.05));
  }

  /** Section 10, check 3: at a price without bounds only the clone is left. */
  @Test
  void clonesAtAHighPriceAndWhileTheFirstPhaseLasts() {
    TransitionColumns log = shown(fork());
    assertThat(discrete(config(800, 1, 1000, 0), log, 1, 1600)[1]).isCloseTo(0.2, within(0.03));
    assertThat(discrete(config(800, 1, 0.01, 0), log, 1, 800)[1]).isCloseTo(0.2, within(0.03));
  }

  @Test
  void priceSettlesWhereTheBudgetIsSpent() {
    double[] policy = discrete(config(800, 0.1, 5, 0.02), shown(fork()), 1, 3000);
    double[][] clones = {FORK_CLONE, {0.5, 0.5}, {0.5, 0.5}};
    double[] visited = {0.5, 0.4, 0.1};
    double divergence = 0;
    for (int s = 0; s < 3; s++) {
      for (int a = 0; a < 2; a++) {
        double p = policy[s * 2 + a];
        divergence += visited[s] * p * Math.log(p / clones[s][a]);
      }
    }
    assertThat(divergence).isCloseTo(0.1, within(0.03));
  }

  /** Section 10, check 9: fixed Q = (1, 0), the policy solved anew at every price. */
  @Test
  void dualStepsFindThePriceOfABudget() {
    float[] q = {1, 0};
    double[] even = {0.5, 0.5};
    for (double begin : new double[] {0.05, 10}) {
      double logPrice = Math.log(begin);
      for (int i = 0; i < 20_000; i++) {
        double[] policy = ReferenceRegularized.policy(q, 2, even, Math.exp(logPrice));
        double divergence = 0;
        for (int a = 0; a < 2; a++) {
          divergence += policy[a] == 0 ? 0 : policy[a] * Math.log(policy[a] / even[a]);
        }
        logPrice = DemonstrationRegularized.nextLogPrice(logPrice, divergence, 0.110944, 0.01);
      }
      assertThat(Math.exp(logPrice)).isCloseTo(1, within(1e-3));
    }
  }

  /** Clumsy demonstrations of the right direction among aimless steps. */
  @Test
  void improvesOnTheClonedDemonstrations() {
    TabularMdp chain = ChainMdp.slippery(5, 0.1);
    TabularPolicy clumsy = chain.optimal(0.9).mixedWith(TabularPolicy.uniform(chain), 0.3);
    TransitionColumns log =
        Logs.joined(
            chain.log(TabularPolicy.uniform(chain), 300, 60, 3), chain.log(clumsy, 20, 60, 5));
    double best = chain.value(chain.optimal(0.9), 0.9);
    double cloned = value(chain, discrete(config(600, 1, 1, 0), log, 0.9, 600));
    double improved = value(chain, discrete(config(600, 0.3, 0.1, 0.01), log, 0.9, 2500));
    assertThat(cloned).isLessThan(best - 0.1);
    assertThat(improved).isGreaterThan(cloned + 0.6 * (best - cloned));
  }

  @Test
  void continuousCloneStaysAtAHighPriceAndMovesToTheBestActionAtALowOne() {
    Continuous.Trained dear = bandit(config(400, 1, 1e4, 0), 1200);
    assertThat(dear.action()).isCloseTo(0, within(0.1));
    assertThat(dear.figure("divergence", 100)).isLessThan(0.01);
    Continuous.Trained cheap = bandit(config(400, 1, 0.01, 0), 2000);
    assertThat(cheap.action()).isCloseTo(0.5, within(0.12));
  }

  @Test
  void continuousPolicySpendsItsBudget() {
    Continuous.Trained trained = bandit(config(400, 0.3, 1, 0.02), 2500);
    assertThat(trained.figure("divergence", 500)).isCloseTo(0.3, within(0.1));
    assertThat(trained.action()).isBetween(0.1, 0.4);
  }

  @Test
  void configRefusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> config(0, 1, 1, 0)).hasMessageContaining("cloning-updates is 0");
    assertThatThrownBy(() -> config(1, 0, 1, 0)).hasMessageContaining("divergence-budget is 0");
    assertThatThrownBy(() -> config(1, 1, 0, 0)).hasMessageContaining("price is 0");
    assertThatThrownBy(() -> config(1, 1, 1, -1)).hasMessageContaining("price-rate is -1");
  }

  private static DemonstrationRegularized.Config config(
      int cloningUpdates, double budget, double price, double priceRate) {
    return new DemonstrationRegularized.Config(
        cloningUpdates, budget, price, priceRate, 0.01, 0.003, 0.003, 0.05);
  }

  private static double[] discrete(
      DemonstrationRegularized.Config config, TransitionColumns log, double discount, int updates) {
    return MaskedSoftmax.of(
        Training.outputs(
            "demonstration-regularized", config, log, discount, updates, Optional.empty()),
        2,
        new boolean[0]);
  }

  private static double value(TabularMdp world, double[] policy) {
    return world.value(TabularPolicy.of(policy, 2), 0.9);
  }

  /** Section 10, check 4, with the demonstrator's choices as the log. */
  private static TransitionColumns fork() {
    TabularMdp.Builder fork = new TabularMdp.Builder(4, 2).initial(0, 1).terminal(3);
    fork.transition(0, 0, 1, 1, 0).transition(0, 1, 2, 1, 0);
    fork.transition(1, 0, 3, 1, 0.2).transition(1, 1, 3, 1, 0);
    fork.transition(2, 0, 3, 1, 1).transition(2, 1, 3, 1, 0);
    double[] behavior = {0.8, 0.2, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    return fork.build().log(TabularPolicy.of(behavior, 2), 4000, 10, 3);
  }

  /** A log of which every step is a demonstration. */
  private static TransitionColumns shown(TransitionColumns log) {
    TransitionColumns none =
        new TransitionColumns.Builder(log.observationSpace(), log.actionSpace(), false, false)
            .build();
    return Logs.joined(none, log);
  }

  /** Demonstrations around 0, others everywhere; the best action is 0.5. */
  private static Continuous.Trained bandit(DemonstrationRegularized.Config config, int updates) {
    ContinuousBandit bandit = ContinuousBandit.DEFAULT;
    LinearPolicy shy = LinearPolicy.of(new double[][] {{0}}).withNoise(0.5);
    TransitionColumns log =
        Logs.joined(
            bandit.log(LinearPolicy.uniform(bandit.actionSpace(), 1), 1000, 4),
            bandit.log(shy, 500, 3));
    return Continuous.train("demonstration-regularized", config, log, 1, updates);
  }
}
