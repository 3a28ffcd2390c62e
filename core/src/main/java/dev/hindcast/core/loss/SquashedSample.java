package dev.hindcast.core.loss;

/**
 * Draws of actions in [-1, 1] as the tangents of normal coordinates, with the logarithms of their
 * densities, and the way back for gradients: {@code a = tanh(u)}, {@code log π = log N(u) - sum
 * log(1 - a^2)}. Haarnoja and others (2018), arXiv:1812.05905, appendix C.
 *
 * @param normal u
 * @param actions (n, d); not copied
 * @param logDensities (n); not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to networks; never compared
public record SquashedSample(NormalSample normal, float[] actions, float[] logDensities) {
  private static final double LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);
  private static final double LOG_TWO = Math.log(2);

  /**
   * With this noise.
   *
   * @param outputs (n, 2d): in each row d means, then d log deviations, which are cut to the ends
   * @param noise (n, d), standard normal
   */
  public static SquashedSample of(
      float[] outputs, int dimensions, double min, double max, float[] noise) {
    NormalSample normal = NormalSample.of(outputs, dimensions, min, max, noise);
    float[] actions = new float[noise.length];
    double[] sums = new double[noise.length / dimensions];
    for (int i = 0; i < noise.length; i++) {
      double u = normal.values()[i];
      actions[i] = (float) Math.tanh(u);
      // log(1 - tanh^2 u) without the difference, which is 0 for large u
      double stretch = 2 * (LOG_TWO - u - softplus(-2 * u));
      sums[i / dimensions] -=
          0.5 * noise[i] * noise[i] + normal.logDeviations()[i] + LOG_ROOT_TWO_PI + stretch;
    }
    float[] logDensities = new float[sums.length];
    for (int row = 0; row < sums.length; row++) {
      logDensities[row] = (float) sums[row];
    }
    return new SquashedSample(normal, actions, logDensities);
  }

  /**
   * (n, 2d): the gradient by the outputs of a loss of actions and densities.
   *
   * @param actionGradient (n, d)
   * @param logDensityGradient (n)
   */
  public float[] outputGradient(float[] actionGradient, float[] logDensityGradient) {
    int d = normal.dimensions();
    float[] byValue = new float[actions.length];
    float[] byMean = new float[actions.length];
    float[] byLogDeviation = new float[actions.length];
    for (int i = 0; i < actions.length; i++) {
      double a = actions[i];
      double byDensity = logDensityGradient[i / d];
      byValue[i] = (float) (actionGradient[i] * (1 - a * a) + byDensity * 2 * a);
      byLogDeviation[i] = (float) -byDensity;
    }
    return normal.outputGradient(byValue, byMean, byLogDeviation);
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
}
