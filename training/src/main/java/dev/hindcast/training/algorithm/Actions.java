package dev.hindcast.training.algorithm;

import dev.hindcast.core.data.ActionSpace;

/** Which kinds of actions an algorithm can learn to choose or to value. */
public enum Actions {
  /** One of n. */
  DISCRETE,
  /** A point in a box. */
  CONTINUOUS,
  /** Either. */
  BOTH;

  /** Whether actions of this space are among them. */
  public boolean admit(ActionSpace space) {
    return this == BOTH || (this == DISCRETE) == (space instanceof ActionSpace.Discrete);
  }
}
