package dev.hindcast.evaluation.fold;

import dev.hindcast.evaluation.interval.Interval;
import java.io.Serializable;
import java.util.Optional;

/**
 * How the influences of episodes on an estimate scatter, and how they go with the weights.
 *
 * <p>Weights have mean 1 when propensities are right, so how far their sample mean is off is no
 * secret. The interval is therefore widened to hold that of the estimate corrected for it (a
 * control variate). This matters for the heaviest weights: in most logs they are missing, the
 * estimate is too low and its scatter too small, but the mean weight is too low as well, and tells.
 * On ICU-Sepsis, where a hundred episodes of twelve million carry half of the squared weight, this
 * is what lifts the coverage of importance sampling from 91 % to about 95 %.
 */
final class Spread implements Serializable {
  private static final long serialVersionUID = 1L;

  private double influences; // their sum; in replicates it follows from the estimator's terms
  private final Moments squares;
  private final Moments products; // of influence and centered weight

  Spread(int replicates) {
    squares = new Moments(replicates);
    products = new Moments(replicates);
  }

  void add(double influence, double centeredWeight, Chunk chunk, int episode) {
    influences += influence;
    squares.add(influence * influence, chunk, episode);
    products.add(influence * centeredWeight, chunk, episode);
  }

  void merge(Spread later) {
    influences += later.influences;
    squares.merge(later.squares);
    products.merge(later.products);
  }

  /** The standard error of the estimate. */
  double error(double episodes) {
    return error(influences / episodes, squares.mean(episodes), episodes);
  }

  /**
   * The interval around an estimate.
   *
   * @param drawn (replicates) how many episodes each has drawn
   */
  Optional<Interval> interval(
      Replicated estimate, WeightSpread weights, double episodes, double[] drawn, double level) {
    Optional<Interval> plain = interval(0, estimate, weights, episodes, drawn, level);
    double slope = slope(weights, episodes);
    if (slope == 0) {
      return plain;
    }
    return plain.flatMap(
        own ->
            interval(slope, estimate, weights, episodes, drawn, level)
                .map(adjusted -> own.including(adjusted.lower()).including(adjusted.upper())));
  }

  /** (replicates) How far each replicate is from the estimate, in its own standard errors. */
  double[] distances(Replicated estimate, double episodes, double[] drawn) {
    double[] errors = new double[drawn.length];
    for (int b = 0; b < errors.length; b++) {
      errors[b] = error(estimate.influences()[b], squares.mean(b, drawn), drawn[b]);
    }
    return Interval.distances(estimate.value(), error(episodes), estimate.values(), errors);
  }

  /** The interval of the estimate less slope times the excess of the mean weight. */
  private Optional<Interval> interval(
      double slope,
      Replicated estimate,
      WeightSpread weights,
      double episodes,
      double[] drawn,
      double level) {
    double[] adjusted = new double[estimate.values().length];
    double[] errors = new double[adjusted.length];
    for (int b = 0; b < adjusted.length; b++) {
      adjusted[b] = estimate.values()[b] - slope * weights.excess(b, drawn);
      errors[b] =
          error(
              estimate.influences()[b] - slope * weights.mean(b, drawn),
              square(
                  slope, squares.mean(b, drawn), products.mean(b, drawn), weights.square(b, drawn)),
              drawn[b]);
    }
    double error =
        error(
            influences / episodes - slope * weights.mean(episodes),
            square(
                slope, squares.mean(episodes), products.mean(episodes), weights.square(episodes)),
            episodes);
    return Interval.studentized(
        estimate.value() - slope * weights.excess(), error, adjusted, errors, level);
  }

  /** How much the estimate moves with the mean weight; 0 when all weights are alike. */
  private double slope(WeightSpread weights, double episodes) {
    double variance = weights.square(episodes);
    return variance > 0 ? products.mean(episodes) / variance : 0;
  }

  /** The mean square of influence less slope times weight. */
  private static double square(double slope, double square, double product, double weightSquare) {
    return square - 2 * slope * product + slope * slope * weightSquare;
  }

  private static double error(double mean, double square, double n) {
    return Math.sqrt(Math.max(0, square - mean * mean) / n);
  }
}
