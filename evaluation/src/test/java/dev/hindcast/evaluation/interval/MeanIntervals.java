package dev.hindcast.evaluation.interval;

import java.util.Arrays;
import org.hipparchus.special.Beta;
import org.hipparchus.special.Erf;

/**
 * The textbook's intervals of a mean, for the study that holds ours against them (sheet section
 * 10).
 */
final class MeanIntervals {
  private MeanIntervals() {}

  /** Student's t; {@code variance} with divisor n - 1. */
  static Interval student(double mean, double variance, int n, double level) {
    return around(mean, studentQuantile((1 + level) / 2, n - 1) * Math.sqrt(variance / n));
  }

  /** Hoeffding (1963), for terms that are known to lie in [low, high]. */
  static Interval hoeffding(double mean, int n, double low, double high, double level) {
    return around(mean, (high - low) * Math.sqrt(Math.log(2 / (1 - level)) / (2 * n)));
  }

  /** Maurer, Pontil (2009), for terms in an interval of this length. */
  static Interval empiricalBernstein(
      double mean, double variance, int n, double range, double level) {
    double log = Math.log(4 / (1 - level));
    return around(mean, Math.sqrt(2 * variance * log / n) + 7 * range * log / (3 * (n - 1)));
  }

  /** The middle of the replicates. */
  static Interval percentile(double[] replicates, double level) {
    double[] sorted = replicates.clone();
    Arrays.sort(sorted);
    return new Interval(
        Interval.quantile(sorted, (1 - level) / 2), Interval.quantile(sorted, (1 + level) / 2));
  }

  /** Efron (1987), bias-corrected and accelerated. */
  static Interval accelerated(
      double value, double[] replicates, double acceleration, double level) {
    double below = 0;
    for (double replicate : replicates) {
      below += replicate < value ? 1 : replicate == value ? 0.5 : 0;
    }
    double[] sorted = replicates.clone();
    Arrays.sort(sorted);
    double[] levels = acceleratedLevels(below / replicates.length, acceleration, level);
    return new Interval(Interval.quantile(sorted, levels[0]), Interval.quantile(sorted, levels[1]));
  }

  static double[] acceleratedLevels(double shareBelow, double acceleration, double level) {
    double bias = normalQuantile(shareBelow);
    double[] levels = new double[2];
    for (int i = 0; i < 2; i++) {
      double z = bias + normalQuantile(i == 0 ? (1 - level) / 2 : (1 + level) / 2);
      levels[i] = normal(bias + z / (1 - acceleration * z));
    }
    return levels;
  }

  /** Of the mean of these numbers, from their leave-one-out means. */
  static double acceleration(double[] numbers) {
    double mean = Arrays.stream(numbers).average().orElseThrow();
    double squares = 0;
    double cubes = 0;
    for (double number : numbers) {
      double pull = (number - mean) / (numbers.length - 1); // jbar - j_i
      squares += pull * pull;
      cubes += pull * pull * pull;
    }
    return cubes / (6 * Math.pow(squares, 1.5));
  }

  static double normalQuantile(double share) {
    return Math.sqrt(2) * Erf.erfInv(2 * share - 1);
  }

  static double normal(double z) {
    return 0.5 * Erf.erfc(-z / Math.sqrt(2));
  }

  /** By bisection on the incomplete beta function; for shares above one half. */
  static double studentQuantile(double share, double freedom) {
    double low = 0;
    double high = 1e6;
    for (int i = 0; i < 200; i++) {
      double t = (low + high) / 2;
      double tail = 0.5 * Beta.regularizedBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
      if (1 - tail < share) {
        low = t;
      } else {
        high = t;
      }
    }
    return low;
  }

  private static Interval around(double mean, double reach) {
    return new Interval(mean - reach, mean + reach);
  }
}
