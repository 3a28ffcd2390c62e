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

  /**
   * A replicate's standard error is taken as no less than this part of the estimate's own. Where
   * few episodes have any reward, replicates without them have no spread at all and would stretch
   * the interval without end; on heavy weights the floor changed no coverage.
   */
  private static final double LEAST_ERROR = 0.5;

  /** The least interval that holds this one and the point. */
  public Interval including(double point) {
    return new Interval(Math.min(lower, point), Math.max(upper, point));
  }

  /** Whether the two have no point in common. */
  public boolean isDisjointFrom(Interval other) {
    return lower > other.upper || other.lower > upper;
  }

  /**
   * The symmetric bootstrap-t interval: value ± the quantile of |t| times the standard error, t
   * being each replicate's distance from the value in that replicate's own standard errors. Hall
   * (1992), The Bootstrap and Edgeworth Expansion, section 3.6: its coverage error is of order
   * n^-2, against n^-1 for percentile and equal-tailed intervals.
   *
   * @param value the estimate
   * @param error its standard error
   * @param replicates (replicates) the estimate in each replicate
   * @param errors (replicates) its standard error in each
   * @return empty when more than {@link #UNDEFINED_ALLOWED} of the replicates are undefined
   */
  public static Optional<Interval> studentized(
      double value, double error, double[] replicates, double[] errors, double level) {
    double[] distances =
        Arrays.stream(distances(value, error, replicates, errors))
            .filter(t -> !Double.isNaN(t))
            .sorted()
            .toArray();
    if (!Double.isFinite(value)
        || !Double.isFinite(error)
        || distances.length < 2
        || distances.length < (1 - UNDEFINED_ALLOWED) * replicates.length) {
      return Optional.empty();
    }
    double reach = error == 0 ? 0 : quantile(distances, level) * error;
    return Double.isFinite(reach)
        ? Optional.of(new Interval(value - reach, value + reach))
        : Optional.empty();
  }

  /**
   * (replicates) How far each replicate is from the value, in its own standard errors; not a number
   * where it is undefined.
   */
  public static double[] distances(
      double value, double error, double[] replicates, double[] errors) {
    double[] distances = new double[replicates.length];
    for (int b = 0; b < replicates.length; b++) {
      double distance = Math.abs(replicates[b] - value);
      distances[b] = distance == 0 ? 0 : distance / Math.max(errors[b], LEAST_ERROR * error);
    }
    return distances;
  }

  /** Linear interpolation between order statistics; sorted, at least one. */
  public static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int low = (int) Math.floor(at);
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
  }
}
