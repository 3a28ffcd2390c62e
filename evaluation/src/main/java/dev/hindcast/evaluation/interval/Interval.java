package dev.hindcast.evaluation.interval;

import java.util.Arrays;
import java.util.Optional;

/**
 * A two-sided interval.
 *
 * @param lower its lower end
 * @param upper its upper end
 */
public record Interval(double lower, double upper) {
  /** The largest share of replicates that may be undefined before there is no interval. */
  public static final double UNDEFINED_ALLOWED = 0.01;

  /** Whether the two have no point in common. */
  public boolean isDisjointFrom(Interval other) {
    return lower > other.upper || other.lower > upper;
  }

  /**
   * The percentile interval of bootstrap replicates: the quantiles at (1 - level) / 2 on both
   * sides. Empty when more than {@link #UNDEFINED_ALLOWED} of the replicates are not finite.
   */
  public static Optional<Interval> percentile(double[] replicates, double level) {
    double[] finite = finite(replicates);
    if (finite.length < 2 || finite.length < (1 - UNDEFINED_ALLOWED) * replicates.length) {
      return Optional.empty();
    }
    Arrays.sort(finite);
    double tail = (1 - level) / 2;
    return Optional.of(new Interval(quantile(finite, tail), quantile(finite, 1 - tail)));
  }

  /** The standard deviation of the finite replicates; not a number for fewer than two. */
  public static double deviation(double[] replicates) {
    double[] finite = finite(replicates);
    double mean = Arrays.stream(finite).average().orElse(Double.NaN);
    double squares = 0;
    for (double x : finite) {
      squares += (x - mean) * (x - mean);
    }
    return Math.sqrt(squares / (finite.length - 1));
  }

  private static double[] finite(double[] replicates) {
    return Arrays.stream(replicates).filter(Double::isFinite).toArray();
  }

  /** Linear interpolation between order statistics; sorted, at least one. */
  static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int low = (int) Math.floor(at);
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
  }
}
