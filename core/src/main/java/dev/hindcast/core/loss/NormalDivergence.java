package dev.hindcast.core.loss;

/**
 * How far independent normal coordinates are from standard ones, by Kullback and Leibler: {@code
 * mean 1/2 (mean^2 + deviation^2 - 1) - log deviation} over rows and coordinates.
 *
 * @param value at least 0
 * @param meanGradient (n, d), d value / d means; not copied
 * @param logDeviationGradient (n, d), d value / d log deviations; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to the network; never compared
public record NormalDivergence(double value, float[] meanGradient, float[] logDeviationGradient) {
  /**
   * Of (n, d) means and log deviations.
   *
   * @param weight what it is multiplied by
   */
  public static NormalDivergence of(float[] means, float[] logDeviations, double weight) {
    int n = means.length;
    double sum = 0;
    float[] meanGradient = new float[n];
    float[] logDeviationGradient = new float[n];
    for (int i = 0; i < n; i++) {
      double mean = means[i];
      double variance = Math.exp(2.0 * logDeviations[i]);
      sum += (mean * mean + variance - 1) / 2 - logDeviations[i];
      meanGradient[i] = (float) (weight * mean / n);
      logDeviationGradient[i] = (float) (weight * (variance - 1) / n);
    }
    return new NormalDivergence(weight * sum / n, meanGradient, logDeviationGradient);
  }
}
