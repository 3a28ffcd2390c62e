package dev.hindcast.core.policy;

/** Tails of the standard normal distribution, far out too, where they are too thin for a double. */
final class NormalTail {
  private static final double LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);
  private static final double MIDDLE = 2.5;
  private static final int FRACTIONS = 100;

  private NormalTail() {}

  /**
   * The logarithm of the probability of more than {@code z}. Near the middle by the series of
   * Marsaglia (2004, "Evaluating the normal distribution"), further out by Laplace's continued
   * fraction.
   */
  static double logAbove(double z) {
    if (z < 0) {
      return Math.log1p(-Math.exp(logAbove(-z)));
    }
    double logDensity = -0.5 * z * z - LOG_ROOT_TWO_PI;
    if (z < MIDDLE) {
      double term = z;
      double sum = z;
      for (int odd = 3; term > sum * 1e-17; odd += 2) {
        term *= z * z / odd;
        sum += term;
      }
      return Math.log(0.5 - Math.exp(logDensity) * sum);
    }
    double fraction = z;
    for (int k = FRACTIONS; k > 0; k--) {
      fraction = z + k / fraction;
    }
    return logDensity - Math.log(fraction);
  }
}
