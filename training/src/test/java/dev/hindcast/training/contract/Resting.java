package dev.hindcast.training.contract;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;

/** Always the middle of a box that reaches from -1 to 1. */
public record Resting(ActionSpace.Box box) implements Policy {
  private static final long serialVersionUID = 1L;

  @Override
  public ActionDistribution distribution(Decisions decisions) {
    return new ActionDistribution.Deterministic(
        box, new float[decisions.size() * box.dimensions()]);
  }
}
