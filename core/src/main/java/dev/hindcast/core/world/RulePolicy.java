package dev.hindcast.core.world;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Does what a rule says, but with some probability any action, each alike.
 *
 * @param actions how many there are
 * @param exploration the probability of any action, in [0, 1]
 * @param rule what it does otherwise
 */
public record RulePolicy(int actions, double exploration, Rule rule) implements Policy {
  /** Which action to take, by what is seen. */
  @FunctionalInterface
  public interface Rule extends Serializable {
    /**
     * Picks one action.
     *
     * @param numbers (numeric fields)
     * @param codes (categorical fields)
     */
    int action(float[] numbers, int[] codes);
  }

  /** Checks the probability. */
  public RulePolicy {
    Require.closed("exploration", exploration, 0, 1);
  }

  @Override
  public ActionDistribution.Categorical distribution(Decisions decisions) {
    int n = decisions.size();
    int d = decisions.numeric().length / Math.max(1, n);
    int c = decisions.categories().length / Math.max(1, n);
    double[] probabilities = new double[n * actions];
    Arrays.fill(probabilities, exploration / actions);
    for (int row = 0; row < n; row++) {
      int action =
          rule.action(
              Arrays.copyOfRange(decisions.numeric(), row * d, (row + 1) * d),
              Arrays.copyOfRange(decisions.categories(), row * c, (row + 1) * c));
      probabilities[row * actions + action] += 1 - exploration;
    }
    return new ActionDistribution.Categorical(n, actions, probabilities);
  }
}
