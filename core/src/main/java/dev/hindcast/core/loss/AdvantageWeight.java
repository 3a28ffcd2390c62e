package dev.hindcast.core.loss;

/**
 * How much a logged action counts in advantage-weighted regression: {@code min(exp(inverse
 * temperature * (q - v)), 100)}. Peng and others (2019), arXiv:1910.00177; the cap is that of
 * implicit Q-learning's program, and everybody's since.
 */
public final class AdvantageWeight {
  /** No action counts more. */
  public static final double GREATEST = 100;

  private AdvantageWeight() {}

  /**
   * (n) weights.
   *
   * @param q (n), what the logged actions are worth
   * @param v (n), what their observations are worth
   * @param inverseTemperature at least 0, which makes all weights 1
   */
  public static float[] of(float[] q, float[] v, double inverseTemperature) {
    return of(q, v, inverseTemperature, GREATEST);
  }

  /** As {@link #of(float[], float[], double)} with another cap, above 0. */
  public static float[] of(float[] q, float[] v, double inverseTemperature, double greatest) {
    float[] weights = new float[q.length];
    for (int i = 0; i < q.length; i++) {
      double weight = Math.exp(inverseTemperature * ((double) q[i] - v[i]));
      weights[i] = (float) Math.min(weight, greatest);
    }
    return weights;
  }
}
