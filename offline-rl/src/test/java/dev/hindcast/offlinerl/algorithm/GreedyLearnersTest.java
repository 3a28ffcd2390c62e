package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.CrossEntropy;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.core.world.TwoArmedBandit;
import dev.hindcast.training.head.Head;
import org.junit.jupiter.api.Test;

/** Discrete conservative and batch-constrained Q-learning. */
class GreedyLearnersTest {
  private static final boolean[] NO_MASK = new boolean[0];
  private static final TabularMdp CHAIN = ChainMdp.slippery(4, 0.1);
  private static final TransitionColumns CHAIN_LOG =
      CHAIN.log(TabularPolicy.uniform(CHAIN), 600, 60, 3);

  /** Sheet "offline baselines", section 8.2: the regularizer is a cross-entropy. */
  @Test
  void conservativeRegularizerHasTheValuesAndGradientOfTheSheet() {
    Loss third = regularizer(1, 2, 3);
    assertThat(third.value()).isCloseTo(0.407606, within(1e-6));
    assertThat(third.gradient())
        .containsExactly(new float[] {0.0900306f, 0.2447285f, -0.3347590f}, within(1e-6f));
    assertThat(regularizer(5, 5, 5).value()).isCloseTo(1.098612, within(1e-6));
  }

  /** Section 8.2: a conservative weight of 0 is double Q-learning. */
  @Test
  void withoutConservatismValuesAreThoseOfTheBestPolicy() {
    float[] q =
        Training.outputsOf(
            Head.Q, "discrete-cql", new DiscreteCql.Config(0, 0.01, 0.02), CHAIN_LOG, 0.9, 3000);
    assertValuesOfTheBestPolicy(q);
  }

  /** Section 8.2: under a heavy conservative weight the softmax of Q clones the log. */
  @Test
  void withHeavyConservatismTheSoftmaxOfQIsTheFrequencies() {
    TabularMdp bandit = TwoArmedBandit.paying(0.2, 0.7);
    double[] behavior = {0.8, 0.2, 0.8, 0.2};
    TransitionColumns log = bandit.log(TabularPolicy.of(behavior, 2), 2000, 1, 3);
    float[] q =
        Training.outputsOf(
            Head.Q, "discrete-cql", new DiscreteCql.Config(1000, 0.01, 0.02), log, 1, 800);
    assertThat(MaskedSoftmax.of(q, 2, NO_MASK)[0]).isCloseTo(0.8, within(0.03));
  }

  @Test
  void conservativeLearnerSolvesTheChain() {
    float[] q =
        Training.outputsOf(
            Head.Q, "discrete-cql", new DiscreteCql.Config(0.05, 0.01, 0.02), CHAIN_LOG, 0.9, 2000);
    assertBest(q, NO_MASK);
  }

  /** Section 11: relative probabilities 1, 1/2 and 1/6 against a threshold of 0.3. */
  @Test
  void onlyProbableActionsAreConsidered() {
    float[] logits = {(float) Math.log(0.6), (float) Math.log(0.3), (float) Math.log(0.1)};
    boolean[] probable = Bcq.probable(logits, 3, NO_MASK, 0.3);
    assertThat(probable).containsExactly(true, true, false);
    assertThat(DoubleQ.best(new float[] {1, 2, 9}, 0, 3, probable)).isEqualTo(1);
    assertThat(Bcq.probable(logits, 3, NO_MASK, 0)).containsExactly(true, true, true);
    assertThat(Bcq.probable(logits, 3, NO_MASK, 1)).containsExactly(true, false, false);
    assertThat(Bcq.probable(logits, 3, new boolean[] {false, true, true}, 0))
        .containsExactly(false, true, true);
  }

  /** Section 11: a threshold of 0 is double Q-learning. */
  @Test
  void withoutThresholdValuesAreThoseOfTheBestPolicy() {
    float[] q =
        Training.outputsOf(Head.Q, "bcq", new Bcq.Config(0, 0.01, 0.02), CHAIN_LOG, 0.9, 3000);
    assertValuesOfTheBestPolicy(q);
  }

  @Test
  void batchConstrainedLearnerSolvesTheChain() {
    Bcq.Config config = new Bcq.Config(0.3, 0.01, 0.02);
    float[] q = Training.outputsOf(Head.Q, "bcq", config, CHAIN_LOG, 0.9, 2000);
    float[] logits = Training.outputsOf(Head.BEHAVIOR, "bcq", config, CHAIN_LOG, 0.9, 2000);
    assertBest(q, Bcq.probable(logits, 2, NO_MASK, 0.3));
  }

  /**
   * The better arm stands in one of twenty steps of the log: below a threshold of 0.3 it is out of
   * bounds, in the policy and in what is bootstrapped.
   */
  @Test
  void improbableActionIsNeitherTakenNorBootstrappedFrom() {
    TransitionColumns log = twoDecisions(false);
    Bcq.Config config = new Bcq.Config(0.3, 0.01, 0.05);
    float[] q = Training.outputsOf(Head.Q, "bcq", config, log, 1, 1000);
    float[] logits = Training.outputsOf(Head.BEHAVIOR, "bcq", config, log, 1, 1000);
    boolean[] probable = Bcq.probable(logits, 3, NO_MASK, 0.3);
    assertThat(probable[3 + 2]).isFalse();
    assertThat((double) q[0]).isCloseTo(1, within(0.1));
  }

  @Test
  void maskedActionIsNotBootstrappedFromThoughItPaysMost() {
    TransitionColumns log = twoDecisions(true);
    float[] ofCql =
        Training.outputsOf(
            Head.Q, "discrete-cql", new DiscreteCql.Config(0, 0.01, 0.05), log, 1, 1000);
    float[] ofBcq = Training.outputsOf(Head.Q, "bcq", new Bcq.Config(0, 0.01, 0.05), log, 1, 1000);
    assertThat((double) ofCql[0]).isCloseTo(1, within(0.1));
    assertThat((double) ofBcq[0]).isCloseTo(1, within(0.1));
    assertThat((double) ofCql[3 + 2]).as("what it pays is known all the same").isGreaterThan(2);
  }

  @Test
  void configsRefuseWhatIsOutOfRange() {
    assertThatThrownBy(() -> new DiscreteCql.Config(-1, 1e-3, 0.005))
        .hasMessageContaining("conservative-weight is -1");
    assertThatThrownBy(() -> new Bcq.Config(1.1, 1e-3, 0.005))
        .hasMessageContaining("threshold is 1.1");
  }

  private static Loss regularizer(float... q) {
    return CrossEntropy.of(q, 3, new int[] {2}, NO_MASK, new float[] {1});
  }

  private static void assertValuesOfTheBestPolicy(float[] q) {
    double[] exact = CHAIN.actionValues(CHAIN.optimal(0.9), 0.9);
    for (int s = 0; s < CHAIN.states(); s++) {
      for (int a = 0; a < 2 && !CHAIN.isTerminal(s); a++) {
        assertThat((double) q[s * 2 + a])
            .as("state %d action %d", s, a)
            .isCloseTo(exact[s * 2 + a], within(0.04));
      }
    }
  }

  private static void assertBest(float[] q, boolean[] admitted) {
    TabularPolicy best = CHAIN.optimal(0.9);
    for (int s = 0; s < CHAIN.states(); s++) {
      if (!CHAIN.isTerminal(s)) {
        assertThat(DoubleQ.best(q, s, 2, admitted)).as("state %d", s).isEqualTo(best.mode(s));
      }
    }
  }

  /**
   * State 1 pays nothing and leads to state 2, where actions 0, 1 and 2 pay 1, 0 and 3 and are
   * taken in 13, 6 and 1 of 20 episodes; a mask may forbid action 2 there.
   */
  private static TransitionColumns twoDecisions(boolean masked) {
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(2), new ActionSpace.Discrete(3), masked, false);
    boolean[] all = {true, true, true};
    boolean[] notLast = {true, true, false};
    float[] pays = {1, 0, 3};
    for (int i = 0; i < 20; i++) {
      int action = i == 0 ? 2 : i < 7 ? 1 : 0;
      log.beginEpisode("e" + i)
          .addStep(new float[0], new int[] {1}, all, 0, 0, 1)
          .addStep(new float[0], new int[] {2}, notLast, action, pays[action], 1)
          .endEpisode(true);
    }
    return log.build();
  }
}
