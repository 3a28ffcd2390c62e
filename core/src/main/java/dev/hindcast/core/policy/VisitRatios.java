package dev.hindcast.core.policy;

import dev.hindcast.core.data.Decisions;
import java.io.Serializable;

/**
 * How much more often some policy would come by a state and action than a log did: its expected
 * visits in an episode, each discounted by what came before it, over the log's visits for each of
 * its episodes. The sum of an episode's rewards, each times its ratio, then has the policy's value
 * as its mean. Plain data, safe for use from several threads.
 */
public interface VisitRatios extends Serializable {
  /**
   * (rows, actions): the ratio of each of the discrete actions.
   *
   * @throws UnsupportedOperationException when actions lie in a box
   */
  double[] ratios(Decisions decisions);

  /**
   * (rows): the ratio of the given action of a box.
   *
   * @param actions (rows, dimensions), in the box's units
   * @throws UnsupportedOperationException when actions are discrete
   */
  default double[] ratios(Decisions decisions, float[] actions) {
    throw new UnsupportedOperationException("These are ratios of discrete actions.");
  }
}
