package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.VisitLagrangian.Form;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.VisitRatios;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.core.world.TwoArmedBandit;
import dev.hindcast.training.contract.Questions;
import java.util.Arrays;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Worlds whose values are known; no propensity is ever asked for. */
class DiceTest {
  private static final Percentage FIVE = Percentage.withPercentage(5);

  private static Dice.Config config(Form form) {
    return new Dice.Config(form, 1e-3);
  }

  /** Sheet section 15.5: worth 5.12, from episodes that are cut after twenty steps. */
  @ParameterizedTest
  @EnumSource
  void valueIsThatOfSection15_5(Form form) {
    TabularMdp world =
        new TabularMdp.Builder(2, 2)
            .initial(0, 1)
            .transition(0, 0, 0, 1, 0)
            .transition(0, 1, 1, 1, 1)
            .transition(1, 0, 0, 1, 0)
            .transition(1, 1, 1, 1, 0.5)
            .build();
    TabularPolicy target = TabularPolicy.of(new double[] {0.2, 0.8, 0.2, 0.8}, 2);
    TransitionColumns log = world.log(TabularPolicy.uniform(world), 2000, 20, 3);
    VisitRatios ratios = trained(form, log, 0.9, 8000, target);
    assertThat(worth(ratios, log)).isCloseTo(5.12, FIVE);

    double[] visits = {2.8 * 0.2, 2.8 * 0.8, 7.2 * 0.2, 7.2 * 0.8};
    double[] found = ratios.ratios(Questions.states(2));
    for (int pair = 0; pair < 4; pair++) {
      assertThat(found[pair] * logged(log, pair))
          .as("visits of pair %d", pair)
          .isCloseTo(visits[pair], within(0.3));
    }
  }

  /** Undiscounted: visits end because episodes do. */
  @ParameterizedTest
  @EnumSource(names = {"DUAL_DICE", "BEST_DICE"}) // the other takes its time
  void episodesThatEndNeedNoDiscount(Form form) {
    TabularMdp.Builder steps = new TabularMdp.Builder(5, 2).initial(0, 1).terminal(4);
    for (int s = 0; s < 4; s++) {
      int left = Math.max(0, s - 1);
      steps.transition(s, 0, left, 0.8, -1).transition(s, 0, s + 1, 0.2, -1);
      steps.transition(s, 1, s + 1, 0.8, -1).transition(s, 1, left, 0.2, -1);
    }
    TabularMdp world = steps.build();
    TabularPolicy target = TabularPolicy.of(everywhere(world, 0.3), 2);
    TransitionColumns log = world.log(TabularPolicy.uniform(world), 2000, 500, 3);
    assertThat(log.rows() / 2000.0).isGreaterThan(1.8 * -world.value(target, 1));
    assertThat(worth(trained(form, log, 1, 12_000, target), log))
        .isCloseTo(world.value(target, 1), FIVE);
  }

  @Test
  void episodesOfOneStepGiveTheRatiosOfProbabilities() {
    TabularMdp world = TwoArmedBandit.paying(0.2, 0.7);
    TabularPolicy behavior = TabularPolicy.of(everywhere(world, 0.75), 2);
    TabularPolicy target = TabularPolicy.of(everywhere(world, 0.5), 2);
    TransitionColumns log = world.log(behavior, 4000, 1, 3);
    double[] found = trained(Form.BEST_DICE, log, 1, 1500, target).ratios(Questions.states(1));
    assertThat(found[0]).isCloseTo(0.5 / 0.75, FIVE);
    assertThat(found[1]).isCloseTo(0.5 / 0.25, FIVE);
  }

  @Test
  void actionsInABoxAreDrawn() {
    PointMass world = new PointMass(1, 5);
    LinearPolicy linear = LinearPolicy.of(new double[][] {{-0.4}}).withNoise(0.3);
    Policy target =
        decisions -> {
          float[] means = linear.act(decisions.size(), decisions.numeric());
          float[] deviations = new float[means.length];
          Arrays.fill(deviations, (float) Math.sqrt(linear.variance(0)));
          return new ActionDistribution.Gaussian(world.actionSpace(), means, deviations);
        };
    TransitionColumns log = world.log(LinearPolicy.uniform(world.actionSpace(), 1), 2000, 3);
    VisitRatios ratios = trained(Form.BEST_DICE, log, 0.7, 9000, target);
    double[] found = ratios.ratios(log.decisions(0, log.rows()), log.actionVectors());
    double sum = 0;
    for (int row = 0; row < log.rows(); row++) {
      sum += found[row] * log.reward(row) / log.episodes();
    }
    assertThat(sum).isCloseTo(world.value(linear, 0.7), FIVE);
  }

  @Test
  void visitsWithoutAnEndAreRefused() {
    TabularMdp world = ChainMdp.slippery(4, 0.2);
    TransitionColumns log = world.log(TabularPolicy.uniform(world), 20, 2, 3);
    assertThatThrownBy(() -> trained(Form.BEST_DICE, log, 1, 1, TabularPolicy.uniform(world)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the discount is 1 and the world ends no episode")
        .hasMessageContaining("Set a discount below 1");
  }

  private static VisitRatios trained(
      Form form, TransitionColumns log, double discount, int updates, Policy target) {
    return Training.visitRatios("dice", config(form), log, discount, updates, Optional.of(target));
  }

  /** The mean over episodes of the sum of rewards times ratios. */
  private static double worth(VisitRatios ratios, TransitionColumns log) {
    int actions = log.actionCount();
    double[] all = ratios.ratios(log.decisions(0, log.rows()));
    double sum = 0;
    for (int row = 0; row < log.rows(); row++) {
      sum += all[row * actions + log.action(row)] * log.reward(row);
    }
    return sum / log.episodes();
  }

  /** How often an episode comes by a state and action, of two actions. */
  private static double logged(TransitionColumns log, int pair) {
    double count = 0;
    for (int row = 0; row < log.rows(); row++) {
      count += (log.categories()[row] - 1) * 2 + log.action(row) == pair ? 1 : 0;
    }
    return count / log.episodes();
  }

  private static double[] everywhere(TabularMdp world, double first) {
    double[] table = new double[world.states() * 2];
    for (int i = 0; i < table.length; i++) {
      table[i] = i % 2 == 0 ? first : 1 - first;
    }
    return table;
  }
}
