package dev.hindcast.core.policy;

import dev.hindcast.core.data.Decisions;
import java.io.Serializable;

/**
 * A way to act: a distribution over actions for every decision. Plain data without native parts, so
 * that it can be sent to executors; safe for use from several threads.
 */
public interface Policy extends Serializable {
  /**
   * How it would act in each row. Masked actions get probability 0.
   *
   * @throws dev.hindcast.core.config.UserError when it has no answer for a row
   */
  ActionDistribution distribution(Decisions decisions);

  /**
   * {@link #distribution} of a policy that chooses among discrete actions.
   *
   * @throws IllegalStateException when it acts in a box
   */
  default ActionDistribution.Categorical categorical(Decisions decisions) {
    if (distribution(decisions) instanceof ActionDistribution.Categorical categorical) {
      return categorical;
    }
    throw new IllegalStateException("This policy has continuous actions, not discrete ones.");
  }

  /**
   * {@link #distribution} of a policy that acts in a box.
   *
   * @throws IllegalStateException when it chooses among discrete actions
   */
  default ActionDistribution.Continuous continuous(Decisions decisions) {
    if (distribution(decisions) instanceof ActionDistribution.Continuous continuous) {
      return continuous;
    }
    throw new IllegalStateException("This policy has discrete actions, not continuous ones.");
  }
}
