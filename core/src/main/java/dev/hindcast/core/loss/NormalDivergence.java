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

  /**
   * How far independent normal coordinates are from others: {@code weight * mean over rows of Σ
   * KL(N ‖ N₀)}, the sum over the coordinates. The others carry no gradient.
   *
   * @param means (n, d), as the other three
   * @param weight what it is multiplied by
   */
  public static NormalDivergence between(
      float[] means,
      float[] logDeviations,
      float[] otherMeans,
      float[] otherLogDeviations,
      int dimensions,
      double weight) {
    float[] each = divergences(means, logDeviations, otherMeans, otherLogDeviations, dimensions);
    double scale = weight / each.length;
    double sum = 0;
    for (float x : each) {
      sum += x;
    }
    float[] meanGradient = new float[means.length];
    float[] logDeviationGradient = new float[means.length];
    for (int i = 0; i < means.length; i++) {
      double otherVariance = Math.exp(2.0 * otherLogDeviations[i]);
      double apart = (double) means[i] - otherMeans[i];
      double relative = Math.exp(2.0 * logDeviations[i]) / otherVariance;
      meanGradient[i] = (float) (scale * apart / otherVariance);
      logDeviationGradient[i] = (float) (scale * (relative - 1));
    }
    return new NormalDivergence(scale * sum, meanGradient, logDeviationGradient);
  }

  /** (n): KL(N ‖ N₀) of each row, summed over its coordinates; the inputs (n, d). */
  public static float[] divergences(
      float[] means,
      float[] logDeviations,
      float[] otherMeans,
      float[] otherLogDeviations,
      int dimensions) {
    float[] each = new float[means.length / dimensions];
    for (int row = 0; row < each.length; row++) {
      double sum = 0;
      for (int i = row * dimensions; i < (row + 1) * dimensions; i++) {
        double apart = (double) means[i] - otherMeans[i];
        double narrower = (double) otherLogDeviations[i] - logDeviations[i];
        double precision = Math.exp(-2.0 * otherLogDeviations[i]);
        sum += narrower + (Math.exp(-2 * narrower) + apart * apart * precision - 1) / 2;
      }
      each[row] = (float) sum;
    }
    return each;
  }
}
