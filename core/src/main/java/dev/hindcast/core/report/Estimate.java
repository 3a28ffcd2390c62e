package dev.hindcast.core.report;

import java.util.Optional;

/**
 * What one estimator says a policy is worth: its expected discounted return per episode.
 *
 * @param estimator the catalogue name of the estimator
 * @param label its short name, for tables and charts
 * @param value the estimate; absent when it could not be computed
 * @param lower the lower end of the two-sided interval
 * @param upper the upper end of the two-sided interval
 * @param level the coverage that the interval aims at
 * @param standardError standard deviation of the bootstrap replicates
 * @param effectiveSampleSize how many equally weighted episodes the estimate rests on
 * @param maxWeightShare the share of all weight that one episode carries, in [0, 1]
 * @param tuning the parameter that the estimator chose for itself; absent where it has none
 * @param primary whether the verdict rests on this estimate
 * @param absentBecause why a figure is missing
 */
public record Estimate(
    String estimator,
    String label,
    Optional<Double> value,
    Optional<Double> lower,
    Optional<Double> upper,
    double level,
    Optional<Double> standardError,
    Optional<Double> effectiveSampleSize,
    Optional<Double> maxWeightShare,
    Optional<Tuning> tuning,
    boolean primary,
    Optional<String> absentBecause) {
  /** The number, unless it is infinite or not a number: such figures never stand in a report. */
  public static Optional<Double> finite(double figure) {
    return Double.isFinite(figure) ? Optional.of(figure) : Optional.empty();
  }

  /** Whether the value and both ends of its interval are there. */
  public boolean hasInterval() {
    return value.isPresent() && lower.isPresent() && upper.isPresent();
  }
}
