package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.ContinuousBandit;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Continuous actions; {@link LearnersTest} has the discrete ones. */
class FittedQEvaluationTest {
  private static final double DISCOUNT = 0.7;
  private static final PointMass WORLD = new PointMass(1, 5);
  private static final TransitionColumns LOG =
      WORLD.log(LinearPolicy.uniform(WORLD.actionSpace(), 1), 1000, 3);
  private static final FittedQEvaluation.Config CONFIG = new FittedQEvaluation.Config(0.01, 0.05);

  /** Noise costs 0.4: a target policy judged by its mode alone would be found too good by that. */
  @Test
  void noisyPolicyOfTheClosedFormWorldIsWorthItsExactValues() {
    LinearPolicy target = LinearPolicy.of(new double[][] {{-0.4}}).withNoise(0.5);
    double cost =
        exact(LinearPolicy.of(new double[][] {{-0.4}}), 0.5, 0.5) - exact(target, 0.5, 0.5);
    assertThat(cost).isGreaterThan(0.12);
    assertValues(target);
  }

  @Test
  void certainPolicyOfTheClosedFormWorldIsWorthItsExactValues() {
    assertValues(WORLD.optimal(DISCOUNT));
  }

  @Test
  void oneStepEpisodesGiveTheRewardModelWithoutATargetPolicy() {
    ContinuousBandit bandit = ContinuousBandit.DEFAULT;
    TransitionColumns log = bandit.log(LinearPolicy.uniform(bandit.actionSpace(), 1), 2000, 3);
    float[] q =
        Training.actionValues(
            "fitted-q-evaluation",
            CONFIG,
            log,
            1,
            1500,
            Optional.empty(),
            new float[] {1, 1, 1},
            new float[] {-0.5f, 0.5f, 0.9f});
    assertThat((double) q[0]).isCloseTo(0, within(0.05));
    assertThat((double) q[1]).isCloseTo(1, within(0.05));
    assertThat((double) q[2]).isCloseTo(0.84, within(0.05));
  }

  private static void assertValues(LinearPolicy target) {
    float[] positions = {-0.6f, -0.6f, 0, 0.5f, 0.5f};
    float[] actions = {0.5f, -0.5f, 0.3f, 0.5f, -0.5f};
    float[] q =
        Training.actionValues(
            "fitted-q-evaluation",
            CONFIG,
            LOG,
            DISCOUNT,
            3000,
            Optional.of(policy(target)),
            positions,
            actions);
    for (int i = 0; i < q.length; i++) {
      assertThat((double) q[i])
          .as("position %s action %s", positions[i], actions[i])
          .isCloseTo(exact(target, positions[i], actions[i]), within(0.06));
    }
  }

  private static double exact(LinearPolicy target, double position, double action) {
    double[] state = {position};
    float[] moved = {(float) action};
    return WORLD.reward(state, moved)
        + DISCOUNT * WORLD.value(target, DISCOUNT, WORLD.next(state, moved));
  }

  /** Normal instead of uniform noise, of the same variance: the world's values know no other. */
  private static Policy policy(LinearPolicy linear) {
    return decisions -> {
      float[] means = linear.act(decisions.size(), decisions.numeric());
      if (linear.isDeterministic()) {
        return new ActionDistribution.Deterministic(WORLD.actionSpace(), means);
      }
      float[] deviations = new float[means.length];
      Arrays.fill(deviations, (float) Math.sqrt(linear.variance(0)));
      return new ActionDistribution.Gaussian(WORLD.actionSpace(), means, deviations);
    };
  }
}
