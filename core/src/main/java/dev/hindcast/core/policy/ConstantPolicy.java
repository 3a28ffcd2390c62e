package dev.hindcast.core.policy;

import dev.hindcast.core.data.Decisions;

/**
 * The same action always, admissible or not: what it would be worth is the question put.
 *
 * @param action the action
 * @param actions the number of actions
 */
public record ConstantPolicy(int action, int actions) implements Policy {
  /** Checks that there is such an action. */
  public ConstantPolicy {
    if (action < 0 || action >= actions) {
      throw new IllegalArgumentException(
          "Action " + action + " is not one of the actions 0 to " + (actions - 1) + ".");
    }
  }

  @Override
  public ActionDistribution.Categorical distribution(Decisions decisions) {
    double[] probabilities = new double[decisions.size() * actions];
    for (int row = 0; row < decisions.size(); row++) {
      probabilities[row * actions + action] = 1;
    }
    return new ActionDistribution.Categorical(decisions.size(), actions, probabilities);
  }
}
