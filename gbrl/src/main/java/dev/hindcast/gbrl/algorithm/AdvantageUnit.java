package dev.hindcast.gbrl.algorithm;

/** In what advantages are measured where they become weights. */
public enum AdvantageUnit {
  /** In rewards, on the scale of training. */
  REWARD,
  /** In their standard deviation over the steps, whatever the scale of the rewards. */
  DEVIATION
}
