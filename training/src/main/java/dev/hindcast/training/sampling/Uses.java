package dev.hindcast.training.sampling;

/** Which steps an algorithm can learn from. */
public enum Uses {
  /** All of them. */
  ALL_STEPS,
  /** Those whose episode ended there or whose next observation is in the log. */
  STEPS_WITH_NEXT_OBSERVATION
}
