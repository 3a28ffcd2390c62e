package dev.hindcast.serving.scorer;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.ActionDistribution.Categorical;
import dev.hindcast.core.policy.Policy;

/**
 * A policy's most probable action with probability 1 - ε, otherwise one of the k admissible ones:
 * probability 1 - ε + ε/k for the first, ε/k for the others.
 *
 * @param policy with discrete actions
 * @param epsilon ε, in [0, 1]
 */
record EpsilonGreedy(Policy policy, double epsilon) implements Policy {
  @Override
  public ActionDistribution distribution(Decisions decisions) {
    Categorical own = policy.categorical(decisions);
    int actions = own.actions();
    double[] probabilities = new double[own.rows() * actions];
    for (int row = 0; row < own.rows(); row++) {
      int admissible = 0;
      for (int action = 0; action < actions; action++) {
        admissible += decisions.isAdmissible(row, action, actions) ? 1 : 0;
      }
      for (int action = 0; action < actions; action++) {
        if (decisions.isAdmissible(row, action, actions)) {
          probabilities[row * actions + action] = epsilon / admissible;
        }
      }
      probabilities[row * actions + own.mode(row)] += 1 - epsilon;
    }
    return new Categorical(own.rows(), actions, probabilities);
  }
}
