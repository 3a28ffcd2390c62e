package dev.hindcast.core.loss;

import java.util.Arrays;

/**
 * What a policy is to raise, on a scale that does not depend on that of the rewards: {@code -factor
 * * mean q} with {@code factor = weight / mean |q|}, which carries no gradient. Fujimoto and Gu
 * (2021), arXiv:2106.06860, equation 5.
 *
 * @param loss its value, and the gradient by q
 * @param factor λ of the paper
 */
public record NormalizedValue(Loss loss, double factor) {
  /** Only keeps the division possible; a larger floor would change the algorithm. */
  private static final double FLOOR = 1e-6;

  /**
   * Of (n) values.
   *
   * @param weight α of the paper, at least 0
   */
  public static NormalizedValue of(float[] q, double weight) {
    double sum = 0;
    double size = 0;
    for (float x : q) {
      sum += x;
      size += Math.abs(x);
    }
    int n = q.length;
    double factor = weight / Math.max(size / n, FLOOR);
    float[] gradient = new float[n];
    Arrays.fill(gradient, (float) (-factor / n));
    return new NormalizedValue(new Loss(-factor * sum / n, gradient), factor);
  }
}
