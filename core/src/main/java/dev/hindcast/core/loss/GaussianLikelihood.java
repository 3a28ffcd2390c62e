package dev.hindcast.core.loss;

/**
 * The weighted negative log-likelihood of actions under independent normal coordinates: {@code mean
 * weight * -log N(action; mean, exp(logDeviation)^2)}, summed over the coordinates.
 *
 * @param value the mean over the batch
 * @param meanGradient (n, d), d value / d means; not copied
 * @param logDeviationGradient (n, d), d value / d log deviations; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to the network; never compared
public record GaussianLikelihood(
    double value, float[] meanGradient, double[] logDeviationGradient) {
  private static final double LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  /**
   * Of (n, d) means.
   *
   * @param logDeviations (n, d), or (d) when they are the same in every row
   * @param actions (n, d)
   * @param weights (n), how much each row counts; a row of weight 0 still counts in n
   */
  public static GaussianLikelihood of(
      float[] means, float[] logDeviations, float[] actions, float[] weights) {
    int n = weights.length;
    int d = means.length / n;
    boolean shared = logDeviations.length == d;
    double sum = 0;
    float[] meanGradient = new float[means.length];
    double[] deviationGradient = new double[means.length];
    for (int i = 0; i < means.length; i++) {
      double logDeviation = logDeviations[shared ? i % d : i];
      double weight = weights[i / d] / (double) n;
      double z = ((double) actions[i] - means[i]) * Math.exp(-logDeviation);
      sum += weight * (0.5 * z * z + logDeviation + LOG_ROOT_TWO_PI);
      meanGradient[i] = (float) (-weight * z * Math.exp(-logDeviation));
      deviationGradient[i] = weight * (1 - z * z);
    }
    return new GaussianLikelihood(sum, meanGradient, deviationGradient);
  }

  /** (d): the log deviations' gradient where they are the same in every row. */
  public double[] sharedLogDeviationGradient(int d) {
    double[] sum = new double[d];
    for (int i = 0; i < logDeviationGradient.length; i++) {
      sum[i % d] += logDeviationGradient[i];
    }
    return sum;
  }
}
