package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.policy.ConstantPolicy;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.core.world.TwoArmedBandit;
import dev.hindcast.training.learner.TrainingStopped;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LearnersTest {
  private static final float[] NO_NUMBERS = new float[0];
  private static final boolean[] NO_MASK = new boolean[0];
  private static final BehaviorCloning.Config CLONING =
      new BehaviorCloning.Config(PolicyForm.GAUSSIAN, 0.01);
  private static final Iql.Config IQL = new Iql.Config(0.8, 10, PolicyForm.GAUSSIAN, 0.01, 0.02);
  private static final FittedQEvaluation.Config FQE = new FittedQEvaluation.Config(0.01, 0.02);

  /** Sheet "offline baselines", section 3: softmax = label frequencies. */
  @Test
  void behaviorCloningRecoversTheFrequenciesOfTheLog() {
    TabularMdp world = TwoArmedBandit.paying(0.2, 0.7);
    TransitionColumns log = world.log(TabularPolicy.of(behavior(world, 0.8), 2), 2000, 1, 3);
    double frequency = 0;
    for (int row = 0; row < log.rows(); row++) {
      frequency += log.action(row) == 0 ? 1.0 / log.rows() : 0;
    }
    double[] policy = policy("behavior-cloning", CLONING, log, 600);
    assertThat(policy[0]).isCloseTo(frequency, within(0.01));
  }

  @Test
  void behaviorCloningIgnoresActionsOutsideTheMask() {
    TransitionColumns log = masked();
    double[] policy =
        MaskedSoftmax.of(
            Training.outputs("behavior-cloning", CLONING, log, 1, 400, Optional.empty()),
            3,
            new boolean[] {true, true, false});
    assertThat(policy).containsExactly(new double[] {0.5, 0.5, 0}, within(0.02));
  }

  @Test
  void iqlFindsTheBetterArmThoughTheLogPrefersTheOther() {
    TabularMdp world = TwoArmedBandit.paying(0.2, 0.7);
    TransitionColumns log = world.log(TabularPolicy.of(behavior(world, 0.7), 2), 3000, 1, 3);
    assertThat(policy("iql", IQL, log, 1500)[1]).isGreaterThan(0.9);
  }

  @Test
  void iqlFindsTheBestPolicyOfAChainFromARandomLog() {
    TabularMdp world = ChainMdp.slippery(5, 0.1);
    TransitionColumns log = world.log(TabularPolicy.uniform(world), 400, 100, 3);
    double[] probabilities =
        MaskedSoftmax.of(
            Training.outputs(
                "iql",
                new Iql.Config(0.9, 30, PolicyForm.GAUSSIAN, 0.01, 0.02),
                log,
                0.9,
                2000,
                Optional.empty()),
            2,
            NO_MASK);
    double found = world.value(TabularPolicy.of(probabilities, 2), 0.9);
    double best = world.value(world.optimal(0.9), 0.9);
    double random = world.value(TabularPolicy.uniform(world), 0.9);
    assertThat(found).isGreaterThan(best - 0.05 * (best - random));
  }

  /** Sheet, section 5: expectile one half and temperature zero make it behavior cloning. */
  @Test
  void iqlWithoutTemperatureClones() {
    TabularMdp world = TwoArmedBandit.paying(0.2, 0.7);
    TransitionColumns log = world.log(TabularPolicy.of(behavior(world, 0.8), 2), 2000, 1, 3);
    double[] cloned = policy("behavior-cloning", CLONING, log, 600);
    double[] iql = policy("iql", new Iql.Config(0.5, 0, PolicyForm.GAUSSIAN, 0.01, 0.02), log, 600);
    assertThat(iql).containsExactly(cloned, within(0.01));
  }

  @Test
  void fittedQEvaluationIsTheRewardModelOfABandit() {
    TabularMdp world = TwoArmedBandit.paying(0.2, 0.7);
    TransitionColumns log = world.log(TabularPolicy.of(behavior(world, 0.7), 2), 4000, 1, 3);
    float[] q = Training.outputs("fitted-q-evaluation", FQE, log, 1, 800, Optional.empty());
    assertThat((double) q[0]).isCloseTo(0.2, within(0.03));
    assertThat((double) q[1]).isCloseTo(0.7, within(0.03));
  }

  /** Episodes cut after three steps: right only if truncated steps bootstrap. */
  @Test
  void fittedQEvaluationEqualsTheExactValuesThoughEpisodesAreCutShort() {
    TabularMdp world = ChainMdp.slippery(4, 0.1);
    TransitionColumns log = fromEverywhere(world, 3);
    TabularPolicy target =
        TabularPolicy.deterministic(new int[world.states()], 2).mixedWith(world.optimal(0.9), 0.3);
    float[] q = Training.outputs("fitted-q-evaluation", FQE, log, 0.9, 4000, Optional.of(target));
    double[] exact = world.actionValues(target, 0.9);
    for (int s = 0; s < world.states(); s++) {
      for (int a = 0; a < 2 && !world.isTerminal(s); a++) {
        assertThat((double) q[s * 2 + a])
            .as("state %d action %d", s, a)
            .isCloseTo(exact[s * 2 + a], within(0.03));
      }
    }
  }

  /** One state, reward 1, discount 0.9, followed by itself: worth 1 if it ends there, else 10. */
  @Test
  void terminatedStepDoesNotBootstrapAndTruncatedStepDoes() {
    assertThat(valueOfOneStep(true)).isCloseTo(1, within(0.02));
    assertThat(valueOfOneStep(false)).isCloseTo(10, within(0.2));
  }

  @Test
  void divergingEvaluationStopsAndSaysSo() {
    FittedQEvaluation.Config wild = new FittedQEvaluation.Config(1000, 1);
    TabularMdp world = ChainMdp.deterministic(3);
    TransitionColumns log = world.log(TabularPolicy.uniform(world), 50, 20, 3);
    assertThatThrownBy(
            () ->
                Training.outputs(
                    "fitted-q-evaluation",
                    wild,
                    log,
                    0.9,
                    50,
                    Optional.of(TabularPolicy.uniform(world))))
        .isInstanceOf(TrainingStopped.class)
        .hasMessageContaining("it predicts a return of")
        .hasMessageContaining("none can be beyond 21")
        .hasMessageContaining("lower learning-rate");
  }

  @Test
  void wrongKindOfActionsIsRefusedInWords() {
    ActionSpace box = new ActionSpace.Box(List.of(-1f, -1f), List.of(1f, 1f));
    var builder = new TransitionColumns.Builder(ObservationSpace.ofStates(1), box, false, false);
    builder.beginEpisode("e").addBoxStep(NO_NUMBERS, new int[] {1}, new float[2], 0, 1);
    TransitionColumns log = builder.endEpisode(true).build();
    for (Algorithms.Entry<?> entry : Algorithms.all()) {
      if (entry.actions().admit(box)) {
        continue;
      }
      assertThatThrownBy(
              () -> Training.outputs(entry.name(), entry.defaults(), log, 1, 1, Optional.empty()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("Cannot train " + entry.name())
          .hasMessageContaining("a box of 2 continuous actions");
    }
  }

  @Test
  void configsRefuseWhatIsOutOfRange() {
    assertThatThrownBy(() -> new Iql.Config(1, 3, PolicyForm.GAUSSIAN, 1e-3, 0.005))
        .hasMessage("expectile is 1, but must lie in [0.5, 1).");
    assertThatThrownBy(() -> new Iql.Config(0.7, -1, PolicyForm.GAUSSIAN, 1e-3, 0.005))
        .hasMessageContaining("inverse-temperature is -1");
    assertThatThrownBy(() -> new FittedQEvaluation.Config(1e-3, 0))
        .hasMessageContaining("polyak is 0");
    assertThatThrownBy(() -> new BehaviorCloning.Config(PolicyForm.GAUSSIAN, 0))
        .hasMessageContaining("learning-rate is 0");
  }

  private static double valueOfOneStep(boolean terminated) {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(1), new ActionSpace.Discrete(1), false, false);
    builder.beginEpisode("e").addStep(NO_NUMBERS, new int[] {1}, NO_MASK, 0, 1, 1);
    builder.endEpisodeWithFinalObservation(terminated, NO_NUMBERS, new int[] {1}, NO_MASK);
    return Training.outputs(
        "fitted-q-evaluation",
        new FittedQEvaluation.Config(0.01, 0.05),
        builder.build(),
        0.9,
        3000,
        Optional.of(new ConstantPolicy(0, 1)))[0];
  }

  /** Actions 0 and 1 equally often; action 2, which the mask forbids, most of the time. */
  private static TransitionColumns masked() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(1), new ActionSpace.Discrete(3), true, false);
    boolean[] mask = {true, true, false};
    int[] actions = {0, 1, 2, 2, 2, 2};
    for (int i = 0; i < actions.length; i++) {
      builder
          .beginEpisode("e" + i)
          .addStep(NO_NUMBERS, new int[] {1}, mask, actions[i], actions[i], 1)
          .endEpisode(true);
    }
    return builder.build();
  }

  /** A log of the uniform policy with episodes of so many steps at most. */
  private static TransitionColumns fromEverywhere(TabularMdp world, int maxSteps) {
    TabularMdp.Builder builder = new TabularMdp.Builder(world.states(), 2);
    for (int s = 0; s < world.states() - 1; s++) {
      builder.initial(s, 1.0 / (world.states() - 1));
    }
    builder.terminal(world.states() - 1);
    copyTransitions(world, builder);
    TabularMdp spread = builder.build();
    return spread.log(TabularPolicy.uniform(spread), 3000, maxSteps, 3);
  }

  /** The chain of {@link ChainMdp#slippery} with slip 0.1. */
  private static void copyTransitions(TabularMdp world, TabularMdp.Builder builder) {
    int end = world.states() - 1;
    for (int s = 0; s < end; s++) {
      for (int a = 0; a < 2; a++) {
        int right = s + 1;
        int left = Math.max(0, s - 1);
        double goesRight = a == 1 ? 0.9 : 0.1;
        builder.transition(s, a, right, goesRight, right == end ? 1 : 0);
        builder.transition(s, a, left, 1 - goesRight, 0);
      }
    }
  }

  private static double[] policy(
      String algorithm, Record config, TransitionColumns log, int updates) {
    return java.util.Arrays.copyOf(
        MaskedSoftmax.of(
            Training.outputs(algorithm, config, log, 1, updates, Optional.empty()), 2, NO_MASK),
        2);
  }

  private static double[] behavior(TabularMdp world, double first) {
    double[] table = new double[world.states() * 2];
    for (int s = 0; s < world.states(); s++) {
      table[s * 2] = first;
      table[s * 2 + 1] = 1 - first;
    }
    return table;
  }
}
