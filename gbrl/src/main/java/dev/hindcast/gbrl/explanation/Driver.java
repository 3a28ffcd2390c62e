package dev.hindcast.gbrl.explanation;

/**
 * What one feature does over many decisions.
 *
 * @param feature its name
 * @param size the mean of the absolute contributions
 * @param direction which way the number goes with the feature
 */
public record Driver(String feature, double size, Direction direction) {
  /** Which way a number goes with a feature. */
  public enum Direction {
    /** It rises with the feature: rank correlation of at least 1/2. */
    RISES,
    /** It falls as the feature rises: rank correlation of at most -1/2. */
    FALLS,
    /** Neither, or the feature does nothing. */
    NEITHER,
    /** The feature is a category and has no order. */
    UNORDERED
  }
}
