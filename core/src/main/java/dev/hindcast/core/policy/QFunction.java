package dev.hindcast.core.policy;

import dev.hindcast.core.data.Decisions;
import java.io.Serializable;

/** Expected returns of actions under some policy. Plain data, safe for use from several threads. */
public interface QFunction extends Serializable {
  /**
   * (rows, actions): the expected discounted return of taking each of the discrete actions now and
   * following the policy afterwards.
   *
   * @throws UnsupportedOperationException when actions lie in a box
   */
  double[] values(Decisions decisions);

  /**
   * (rows): the expected discounted return of taking the given action of a box now and following
   * the policy afterwards.
   *
   * @param actions (rows, dimensions), in the box's units
   * @throws UnsupportedOperationException when actions are discrete
   */
  default double[] values(Decisions decisions, float[] actions) {
    throw new UnsupportedOperationException("This Q-function values discrete actions.");
  }
}
