package dev.hindcast.serving.scorer;

import java.util.OptionalDouble;

/**
 * What was decided at one moment.
 *
 * @param id what tells it from all others
 * @param action the discrete action, as in the log; -1 in a box
 * @param vector (dimensions) the action in a box, in its own units; empty for a discrete one
 * @param propensity the probability, in a box the density, with which exactly this action was
 *     chosen; absent in a box when it was certain
 * @param probabilities (actions) those of the policy, or under {@link ActingMode#EPSILON} those
 *     that the action was drawn by; empty in a box
 * @param version who decided
 */
@SuppressWarnings("ArrayRecordComponent") // one answer on its way out; never compared
public record Decision(
    String id,
    int action,
    float[] vector,
    OptionalDouble propensity,
    double[] probabilities,
    ServedVersion version) {
  /** Whether it is a point in a box. */
  public boolean isInBox() {
    return vector.length > 0;
  }
}
