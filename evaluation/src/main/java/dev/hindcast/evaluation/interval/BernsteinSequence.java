package dev.hindcast.evaluation.interval;

import dev.hindcast.core.config.Require;

/**
 * A lower bound for the mean of numbers from 0 upwards that holds at every moment at once: an
 * empirical-Bernstein confidence sequence. Howard et al. (2021), Theorem 4; Waudby-Smith, Ramdas
 * (2024), arXiv:2010.09686, Theorem 2; for importance weights Waudby-Smith, Wu, Ramdas,
 * Karampatziakis, Mineiro (2022), arXiv:2210.10768.
 *
 * <p><b>What it needs</b>: numbers at least 0, in a unit in which their mean is at most 1. They
 * need no upper bound, so weights may be as heavy as they are: one heavy weight widens the bound
 * and never breaks it. Cutting weights off at a value fixed beforehand only lowers the mean, so the
 * bound holds for the uncut mean too. Numbers may depend on earlier ones; when their mean changes
 * over time the bound is for the mean of the means so far. Nothing is asymptotic.
 *
 * <p><b>What it gives up</b>: an upper bound, for which see the mirrored numbers that {@code
 * evaluation.running} makes of known ranges of returns.
 *
 * <p>The spread is {@code Σ (x - prediction)²}, where a prediction must not know the number that it
 * predicts. Here it is the mean of all earlier batches, the same for a whole batch, so that a batch
 * enters by its sums alone and its parts may have been added up anywhere (sheet section 10.6).
 *
 * @param count how many numbers there were
 * @param sum their sum
 * @param spread V
 */
public record BernsteinSequence(double count, double sum, double spread) {
  /** Nothing yet. */
  public static final BernsteinSequence NONE = new BernsteinSequence(0, 0, 0);

  /** What is predicted of the first batch. */
  private static final double FIRST = 0.5;

  /** The share of numbers' unit that their variance is thought to be when a mixture is chosen. */
  private static final double LIKELY_VARIANCE = 0.25;

  /** Checks the ranges. */
  public BernsteinSequence {
    Require.nonNegative("count", count);
    Require.nonNegative("sum", sum);
    Require.nonNegative("spread", spread);
  }

  /** The mixture to bound such sequences with that is sharpest after so many numbers. */
  public static GammaExponential mixture(double planned, double error) {
    return GammaExponential.sharpestAt(LIKELY_VARIANCE * planned, error);
  }

  /**
   * After one more batch.
   *
   * @param batchCount how many numbers it has
   * @param batchSum their sum
   * @param batchSquares the sum of their squares
   */
  public BernsteinSequence after(double batchCount, double batchSum, double batchSquares) {
    double prediction = count == 0 ? FIRST : Math.min(1, sum / count);
    double more = batchSquares - 2 * prediction * batchSum + prediction * prediction * batchCount;
    return new BernsteinSequence(count + batchCount, sum + batchSum, spread + Math.max(0, more));
  }

  /**
   * What the mean is above, now and at every other moment together with probability 1 - error.
   *
   * @return at least 0
   */
  public double lower(GammaExponential mixture, double error) {
    return count == 0 ? 0 : Math.max(0, (sum - mixture.boundary(spread, error)) / count);
  }
}
