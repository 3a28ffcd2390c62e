package dev.hindcast.evaluation.fold;

import dev.hindcast.evaluation.returns.WeightedReturns;
import java.io.Serializable;

/**
 * The figures of a distribution of returns as the first pass knows them; the second measures what
 * bins hide, and how far they may be off. Both figures hardly move with the quantile and the mean
 * that they rest on, so these stay as they are.
 *
 * @param tail the share of returns that counts as the worst, in (0, 1)
 * @param quantile the return that so many do not exceed
 * @param tailMean the mean of the worst
 * @param mean of all returns
 * @param variance of all returns
 */
record ReturnCenter(double tail, double quantile, double tailMean, double mean, double variance)
    implements Serializable {
  /** There is no distribution. */
  static final ReturnCenter NONE =
      new ReturnCenter(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  static ReturnCenter of(WeightedReturns returns, double tail) {
    return new ReturnCenter(
        tail,
        returns.quantile(tail),
        returns.tailMean(tail),
        returns.mean(),
        returns.varianceOfBins());
  }

  boolean isDefined() {
    return !Double.isNaN(mean);
  }

  /**
   * What the mean of the worst returns is the mean of, over all of them (Rockafellar, Uryasev 2000,
   * Theorem 1); less the mean.
   */
  double tailMeanPart(double value) {
    return quantile - Math.max(0, quantile - value) / tail - tailMean;
  }

  /** The squared distance from the mean, less its mean. */
  double variancePart(double value) {
    return (value - mean) * (value - mean) - variance;
  }
}
