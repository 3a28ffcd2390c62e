package dev.hindcast.evaluation.estimator;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.TDistribution;

/**
 * Chooses among estimates that trade bias for spread, from the log alone. Candidates are taken by
 * falling width of their intervals; one after the other is accepted as long as it agrees with every
 * one accepted before, and the last accepted wins: the narrowest that nothing speaks against. Su,
 * Srinath, Krishnamurthy (2020), SLOPE; Tucker, Lee (2021), SLOPE++; sheet section 2.
 *
 * <p>It presumes that bias grows as spread shrinks, as it does when weights are cut.
 *
 * @param widthPerDeviation what a standard deviation of the terms (with divisor n) is multiplied by
 *     to give the half width of a one-sided Student interval; not a number for one episode
 */
public record Slope(double widthPerDeviation) implements Serializable {
  /** How often each interval may fail to hold its own expectation. */
  private static final double ERROR = 0.05;

  /** How much of an accepted candidate's width a later one may stray; Tucker, Lee (2021). */
  private static final double REACH = Math.sqrt(6) - 1;

  /** For means over so many episodes. */
  public static Slope over(long episodes) {
    return new Slope(
        episodes < 2
            ? Double.NaN
            : new TDistribution(episodes - 1.0).inverseCumulativeProbability(1 - ERROR)
                / Math.sqrt(episodes - 1.0));
  }

  /** The half width of the interval around a mean of terms, given the mean of their squares. */
  public double width(double mean, double square) {
    double width = widthPerDeviation * Math.sqrt(Math.max(0, square - mean * mean));
    return Double.isNaN(width) ? Double.POSITIVE_INFINITY : width;
  }

  /**
   * The index of the candidate that wins.
   *
   * @param values (candidates) the estimates, the least biased first
   * @param widths (candidates) half widths of their intervals; where two are equal the less biased
   *     comes first
   */
  public static int choose(double[] values, double[] widths) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> widths[i]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    for (int k = 1; k < order.length; k++) {
      int candidate = order[k];
      boolean agrees =
          Arrays.stream(order, 0, k)
              .allMatch(
                  earlier ->
                      Math.abs(values[candidate] - values[earlier])
                          <= widths[candidate] + REACH * widths[earlier]);
      if (!agrees) {
        return order[k - 1];
      }
    }
    return order[order.length - 1];
  }
}
