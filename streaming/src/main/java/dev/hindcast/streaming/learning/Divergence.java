package dev.hindcast.streaming.learning;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import java.util.SplittableRandom;

/** How far one policy is from another, by what they would do where episodes have been. */
final class Divergence {
  private static final int DRAWS = 4;

  private Divergence() {}

  /**
   * The mean over observations of KL(before ‖ after), in nats: exact for discrete actions, from
   * four draws of the first at each observation in a box. Infinite where the second rules out what
   * the first does.
   */
  static double of(Policy before, Policy after, Decisions where, long seed) {
    ActionDistribution first = before.distribution(where);
    ActionDistribution second = after.distribution(where);
    double sum =
        first instanceof ActionDistribution.Categorical p
                && second instanceof ActionDistribution.Categorical q
            ? exact(p, q)
            : drawn(
                (ActionDistribution.Continuous) first,
                (ActionDistribution.Continuous) second,
                new SplittableRandom(seed));
    return sum / where.size();
  }

  private static double exact(
      ActionDistribution.Categorical before, ActionDistribution.Categorical after) {
    double sum = 0;
    for (int i = 0; i < before.probabilities().length; i++) {
      double p = before.probabilities()[i];
      sum += p == 0 ? 0 : p * Math.log(p / after.probabilities()[i]);
    }
    return sum;
  }

  private static double drawn(
      ActionDistribution.Continuous before,
      ActionDistribution.Continuous after,
      SplittableRandom random) {
    double sum = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      float[] actions = actions(before, random);
      for (int row = 0; row < before.rows(); row++) {
        sum += (before.logDensity(row, actions) - after.logDensity(row, actions)) / DRAWS;
      }
    }
    return sum;
  }

  /** (rows, dimensions) One for each row. */
  private static float[] actions(ActionDistribution.Continuous policy, SplittableRandom random) {
    float[] actions = policy.modes();
    int d = policy.rows() == 0 ? 0 : actions.length / policy.rows();
    for (int row = 0; row < policy.rows(); row++) {
      System.arraycopy(policy.draw(row, random), 0, actions, row * d, d);
    }
    return actions;
  }

  /** (rows) The importance ratios of a policy to whoever acted in some transitions. */
  static double[] ratios(Policy policy, TransitionColumns data) {
    ActionDistribution distribution = policy.distribution(data.decisions(0, data.rows()));
    double[] ratios = new double[data.rows()];
    for (int row = 0; row < ratios.length; row++) {
      double density =
          distribution instanceof ActionDistribution.Categorical choices
              ? choices.probability(row, data.action(row))
              : Math.exp(
                  ((ActionDistribution.Continuous) distribution)
                      .logDensity(row, data.actionVectors()));
      ratios[row] = density / data.propensity(row);
    }
    return ratios;
  }
}
