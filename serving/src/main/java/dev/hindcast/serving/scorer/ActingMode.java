package dev.hindcast.serving.scorer;

/** How an action is chosen. */
public enum ActingMode {
  /** Drawn from the policy: what is logged can be learned from and weighed later. */
  SAMPLE,
  /** The most probable action, or in a box the policy's own choice, for certain. */
  GREEDY,
  /** The most probable action, and now and then any admissible one. */
  EPSILON
}
