package dev.hindcast.training.algorithm;

/** What an algorithm yields. */
public enum Yields {
  /** A policy. */
  POLICY,
  /** The values of actions under a given target policy. */
  Q_FUNCTION
}
