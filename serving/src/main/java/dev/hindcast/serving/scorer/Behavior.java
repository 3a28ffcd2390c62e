package dev.hindcast.serving.scorer;

import dev.hindcast.core.config.Require;

/**
 * How a served policy acts.
 *
 * @param mode how an action is chosen
 * @param epsilon for {@link ActingMode#EPSILON}: how often any admissible action is taken, in [0,
 *     1]
 * @param seed of what is drawn, together with each decision's id
 */
public record Behavior(ActingMode mode, double epsilon, long seed) {
  /** Drawn from the policy. */
  public static final Behavior DEFAULT = new Behavior(ActingMode.SAMPLE, 0.05, 0);

  /** Checks the range. */
  public Behavior {
    Require.closed("epsilon", epsilon, 0, 1);
  }
}
