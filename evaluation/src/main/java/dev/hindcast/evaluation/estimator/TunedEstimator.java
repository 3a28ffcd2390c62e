package dev.hindcast.evaluation.estimator;

import dev.hindcast.core.report.Tuning;
import java.util.Optional;

/**
 * An estimate with a parameter that trades bias for spread: the mean over episodes of terms {@code
 * g_L}, where {@code L} is chosen among a fixed grid by {@link Slope}. The grid does not depend on
 * the log and the choice only on sums over it, so the choice is made anew in every bootstrap
 * replicate: intervals know that the parameter was chosen on the same episodes.
 */
abstract class TunedEstimator implements Estimator {
  private static final long serialVersionUID = 1L;

  private final double[] grid;
  private final Slope slope;

  /**
   * With these parameters to choose from.
   *
   * @param grid the least biased first
   * @param episodes how many the mean is over
   */
  TunedEstimator(double[] grid, long episodes) {
    this.grid = grid.clone();
    this.slope = Slope.over(episodes);
  }

  /** How many parameters there are to choose from. */
  final int candidates() {
    return grid.length;
  }

  /** One of the parameters. */
  final double parameter(int candidate) {
    return grid[candidate];
  }

  /** The mean of {@code g_L} for one of the parameters. */
  abstract double mean(double[] meanTerms, int candidate);

  /** The mean of {@code g_L} squared for one of the parameters. */
  abstract double square(double[] meanTerms, int candidate);

  /** Whether the log says anything with one of the parameters. */
  boolean isDefined(double[] meanTerms, int candidate) {
    return true;
  }

  /** How {@link #mean} changes with each mean term. */
  abstract double[] gradient(double[] meanTerms, int candidate);

  /** What the parameter is called, and what choosing it means. */
  abstract Tuning tuning(double parameter);

  @Override
  public final double value(double[] meanTerms) {
    return mean(meanTerms, chosen(meanTerms));
  }

  @Override
  public final double[] gradient(double[] meanTerms) {
    return gradient(meanTerms, chosen(meanTerms));
  }

  @Override
  public final Optional<Tuning> tuning(double[] meanTerms) {
    return Optional.of(tuning(parameter(chosen(meanTerms))));
  }

  /** The parameter that wins. */
  final int chosen(double[] meanTerms) {
    double[] values = new double[grid.length];
    double[] widths = new double[grid.length];
    for (int k = 0; k < grid.length; k++) {
      boolean isDefined = isDefined(meanTerms, k);
      values[k] = isDefined ? mean(meanTerms, k) : 0;
      widths[k] =
          isDefined
              ? slope.width(values[k], square(meanTerms, k))
              : Double.POSITIVE_INFINITY; // so that nothing disagrees with it
    }
    return Slope.choose(values, widths);
  }
}
