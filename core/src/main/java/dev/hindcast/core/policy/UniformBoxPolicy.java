package dev.hindcast.core.policy;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;

/**
 * Every point of a box with equal density.
 *
 * @param box where actions lie
 */
public record UniformBoxPolicy(ActionSpace.Box box) implements Policy {
  @Override
  public ActionDistribution.Uniform distribution(Decisions decisions) {
    return new ActionDistribution.Uniform(box, decisions.size());
  }
}
