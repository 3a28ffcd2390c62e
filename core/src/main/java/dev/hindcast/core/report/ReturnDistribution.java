package dev.hindcast.core.report;

import java.util.List;
import java.util.Optional;

/**
 * How the returns of episodes are distributed under a policy, by self-normalized weights of whole
 * episodes.
 *
 * @param exact whether every return of the log has a point of its own; otherwise returns between
 *     two points are put together
 * @param mean the mean return: the self-normalized trajectory estimate
 * @param variance of returns
 * @param tail the share of episodes that counts as the worst, in (0, 1)
 * @param tailMean the mean return of the worst (conditional value at risk)
 * @param quantiles the returns that given shares of episodes do not exceed
 * @param points the distribution function with its band, by increasing return
 * @param absentBecause why there is nothing of all that
 */
public record ReturnDistribution(
    boolean exact,
    Optional<Double> mean,
    Optional<Ranged> variance,
    double tail,
    Optional<Ranged> tailMean,
    List<Quantile> quantiles,
    List<Point> points,
    Optional<String> absentBecause) {
  /** Copies the lists. */
  public ReturnDistribution {
    quantiles = List.copyOf(quantiles);
    points = List.copyOf(points);
  }

  /** Nothing, and why. */
  public static ReturnDistribution absent(double tail, String because) {
    return new ReturnDistribution(
        false,
        Optional.empty(),
        Optional.empty(),
        tail,
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.of(because));
  }

  /** Whether there is a distribution. */
  public boolean isThere() {
    return !points.isEmpty();
  }

  /**
   * A return that a share of episodes does not exceed.
   *
   * @param share of episodes, in (0, 1)
   * @param value the return
   * @param lower the lower end of its interval, read off the band
   * @param upper the upper end
   */
  public record Quantile(double share, double value, double lower, double upper) {}

  /**
   * The distribution function at one return.
   *
   * @param at the return
   * @param share the probability of a return no greater, in [0, 1]
   * @param lower the lower end of its interval
   * @param upper the upper end
   */
  public record Point(double at, double share, double lower, double upper) {}
}
