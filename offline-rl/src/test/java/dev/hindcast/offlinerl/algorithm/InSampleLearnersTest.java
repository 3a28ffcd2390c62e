package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.FDivergence;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.world.ContinuousBandit;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.core.world.TwoArmedBandit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Learners that never ask about actions outside the log. */
class InSampleLearnersTest {
  private static final PolicyForm GAUSSIAN = PolicyForm.GAUSSIAN;
  private static final PolicyForm DETERMINISTIC = PolicyForm.DETERMINISTIC;
  private static final TabularMdp BANDIT = TwoArmedBandit.paying(0.2, 0.7);
  private static final TransitionColumns BANDIT_LOG =
      BANDIT.log(TabularPolicy.of(new double[] {0.8, 0.2, 0.8, 0.2}, 2), 2000, 1, 3);

  /** The learners that clone when the advantage has no weight, with that setting. */
  private static final List<Named> INDIFFERENT =
      List.of(
          new Named("iql", new Iql.Config(0.5, 0, GAUSSIAN, 0.01, 0.02)),
          new Named("xql", new Xql.Config(1, 7, 0, GAUSSIAN, 0.01, 0.02)),
          new Named(
              "f-dvl",
              new FDvl.Config(FDivergence.TOTAL_VARIATION, 0.8, 1, 0, GAUSSIAN, 0.01, 0.02)),
          new Named("awac", new Awac.Config(0, 0.002, 0.02)));

  private record Named(String algorithm, Record config) {}

  /** Sheet "dual RL", section (i), limiting cases; "offline baselines", sections 5 and 7. */
  @Test
  void withoutInverseTemperatureTheyClone() {
    double frequency = 0;
    for (int row = 0; row < BANDIT_LOG.rows(); row++) {
      frequency += BANDIT_LOG.action(row) == 0 ? 1.0 / BANDIT_LOG.rows() : 0;
    }
    for (Named named : INDIFFERENT) {
      assertThat(first(named.algorithm(), named.config()))
          .as(named.algorithm())
          .isCloseTo(frequency, within(0.03));
    }
  }

  /**
   * The sheet's chain: reward 1 on the step that leaves the last of five states, one action, so V
   * of the first state is 0.9^4 for every value loss with λ above 0.5.
   */
  @Test
  void valueOfAChainWithOneActionIsTheDiscountedReward() {
    TransitionColumns log = chainWithOneAction();
    for (Named named :
        List.of(
            new Named("iql", new Iql.Config(0.7, 1, GAUSSIAN, 0.005, 0.1)),
            new Named("xql", new Xql.Config(0.5, 7, 1, GAUSSIAN, 0.005, 0.1)),
            new Named(
                "f-dvl", new FDvl.Config(FDivergence.CHI_SQUARE, 0.7, 1, 1, GAUSSIAN, 0.005, 0.1)),
            new Named(
                "f-dvl",
                new FDvl.Config(FDivergence.TOTAL_VARIATION, 0.7, 1, 1, GAUSSIAN, 0.005, 0.1)),
            new Named("awac", new Awac.Config(1, 0.003, 0.1)))) {
      double mean = (1 + 0.9 + 0.81 + 0.729 + 0.6561) / 5;
      assertThat(figure(named, log, 0.9, 1000, "value"))
          .as(named.toString())
          .isCloseTo(mean, within(0.02));
    }
  }

  /** Sheet "dual RL", section (h): with total variation the share above V is (1 - λ) / λ. */
  @Test
  void shareOfActionsAboveTheValueSettlesWhereTotalVariationWants() {
    ContinuousBandit bandit = ContinuousBandit.DEFAULT;
    TransitionColumns log = bandit.log(LinearPolicy.uniform(bandit.actionSpace(), 1), 2000, 3);
    for (double conservatism : new double[] {0.6, 0.8}) {
      FDvl.Config config =
          new FDvl.Config(FDivergence.TOTAL_VARIATION, conservatism, 1, 3, GAUSSIAN, 0.003, 0.05);
      double share = Continuous.train("f-dvl", config, log, 0.9, 1200).figure("above_value", 400);
      assertThat(share).isCloseTo((1 - conservatism) / conservatism, within(0.06));
    }
  }

  /** 1 - (a - 1/2)^2 over uniform actions: V is a quantile, the cloned actions those above it. */
  @Test
  void deterministicPoliciesFindTheBestActionToo() {
    ContinuousBandit bandit = ContinuousBandit.DEFAULT;
    TransitionColumns log = bandit.log(LinearPolicy.uniform(bandit.actionSpace(), 1), 2000, 3);
    assertThat(
            Continuous.train(
                    "iql", new Iql.Config(0.9, 10, DETERMINISTIC, 3e-3, 0.05), log, 1, 1200)
                .action())
        .isCloseTo(0.5, within(0.12));
    assertThat(
            Continuous.train(
                    "behavior-cloning",
                    new BehaviorCloning.Config(DETERMINISTIC, 3e-3),
                    log,
                    1,
                    800)
                .action())
        .isCloseTo(mean(log), within(0.05));
  }

  /** Sheet "offline baselines", section 3: a constant action is cloned exactly. */
  @Test
  void constantActionLeavesNoLossToADeterministicClone() {
    ContinuousBandit bandit = ContinuousBandit.DEFAULT;
    TransitionColumns log =
        bandit.log(LinearPolicy.of(new double[][] {{0}}).withOffset(0.3), 20, 3);
    assertThat(
            Continuous.train(
                    "behavior-cloning",
                    new BehaviorCloning.Config(DETERMINISTIC, 3e-3),
                    log,
                    1,
                    400)
                .figure("policy_loss", 20))
        .isCloseTo(0, within(1e-5));
  }

  /** Ten episodes of one step; the two best take action 1. */
  @Test
  void bestEpisodesAloneAreCloned() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(1), new ActionSpace.Discrete(2), false, false);
    for (int i = 0; i < 10; i++) {
      int action = i == 4 || i == 7 ? 1 : 0;
      builder.beginEpisode("e" + i);
      builder.addStep(new float[0], new int[] {1}, new boolean[0], action, 5 * action + i, 1);
      builder.endEpisode(true);
    }
    TransitionColumns log = builder.build();
    assertThat(cloned(log, 0.2)).isGreaterThan(0.95);
    assertThat(cloned(log, 1)).isCloseTo(0.2, within(0.05));
    assertThat(cloned(log, 0.01)).as("one at least: the best, e7").isGreaterThan(0.95);
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(
            () -> new FDvl.Config(FDivergence.TOTAL_VARIATION, 0.5, 1, 3, GAUSSIAN, 1e-3, 0.005))
        .hasMessage("conservatism is 0.5, but must lie in (0.5, 1).");
    assertThatThrownBy(
            () -> new FDvl.Config(FDivergence.CHI_SQUARE, 1, 1, 3, GAUSSIAN, 1e-3, 0.005))
        .hasMessage("conservatism is 1, but must lie in (0, 1).");
    assertThatThrownBy(() -> new Xql.Config(0, 7, 3, GAUSSIAN, 1e-3, 0.005))
        .hasMessageContaining("temperature is 0");
    assertThatThrownBy(() -> new Awac.Config(-1, 1e-3, 0.005))
        .hasMessageContaining("inverse-temperature is -1");
    assertThatThrownBy(() -> new PercentBehaviorCloning.Config(0, 1, GAUSSIAN, 1e-3))
        .hasMessageContaining("share is 0");
  }

  private static double cloned(TransitionColumns log, double share) {
    float[] logits =
        Training.outputs(
            "percent-behavior-cloning",
            new PercentBehaviorCloning.Config(share, 1, GAUSSIAN, 0.01),
            log,
            1,
            300,
            Optional.empty());
    return MaskedSoftmax.of(logits, 2, new boolean[0])[1];
  }

  private static double first(String algorithm, Record config) {
    float[] logits = Training.outputs(algorithm, config, BANDIT_LOG, 1, 600, Optional.empty());
    return MaskedSoftmax.of(logits, 2, new boolean[0])[0];
  }

  private static double figure(
      Named named, TransitionColumns log, double discount, int updates, String figure) {
    return Training.figures(named.algorithm(), named.config(), log, discount, updates).stream()
        .skip(updates - 100L)
        .mapToDouble(losses -> losses.values().get(figure))
        .average()
        .orElseThrow();
  }

  private static TransitionColumns chainWithOneAction() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(5), new ActionSpace.Discrete(1), false, false);
    builder.beginEpisode("e");
    for (int s = 0; s < 5; s++) {
      builder.addStep(new float[0], new int[] {s + 1}, new boolean[0], 0, s == 4 ? 1 : 0, 1);
    }
    return builder.endEpisode(true).build();
  }

  private static double mean(TransitionColumns log) {
    double sum = 0;
    for (float action : log.actionVectors()) {
      sum += action;
    }
    return sum / log.rows();
  }
}
