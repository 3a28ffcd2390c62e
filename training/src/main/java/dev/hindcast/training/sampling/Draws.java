package dev.hindcast.training.sampling;

/** How the steps of an update are drawn from those an algorithm can learn from. */
public enum Draws {
  /** All alike. */
  UNIFORMLY,
  /**
   * Half of them from the demonstrations and half from all others, as far as there are both: the
   * balanced sampling of Ball and others (2023), arXiv:2302.02948.
   */
  HALF_DEMONSTRATIONS,
  /** Half of them fresh and half from the log, as far as there are both. */
  HALF_FRESH
}
