package dev.hindcast.core.policy;

import dev.hindcast.core.data.Decisions;

/**
 * Every admissible action with equal probability.
 *
 * @param actions the number of actions
 */
public record UniformPolicy(int actions) implements Policy {
  @Override
  public ActionDistribution.Categorical distribution(Decisions decisions) {
    double[] probabilities = new double[decisions.size() * actions];
    for (int row = 0; row < decisions.size(); row++) {
      int admissible = 0;
      for (int action = 0; action < actions; action++) {
        admissible += decisions.isAdmissible(row, action, actions) ? 1 : 0;
      }
      for (int action = 0; action < actions; action++) {
        if (decisions.isAdmissible(row, action, actions)) {
          probabilities[row * actions + action] = 1.0 / admissible;
        }
      }
    }
    return new ActionDistribution.Categorical(decisions.size(), actions, probabilities);
  }
}
