package dev.hindcast.core.loss;

/**
 * Draws from independent normal coordinates whose means and log deviations are the outputs of a
 * network, and the way back for gradients: {@code value = mean + exp(logDeviation) * noise} (the
 * reparameterization of Kingma and Welling, 2014, arXiv:1312.6114).
 *
 * @param dimensions d
 * @param means (n, d); not copied
 * @param logDeviations (n, d), within their ends; not copied
 * @param noise (n, d), standard normal; not copied
 * @param values (n, d), what was drawn; not copied
 * @param outputs (n, 2d), what the network said; not copied
 * @param min least log deviation
 * @param max greatest log deviation
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to the network; never compared
public record NormalSample(
    int dimensions,
    float[] means,
    float[] logDeviations,
    float[] noise,
    float[] values,
    float[] outputs,
    double min,
    double max) {
  /**
   * With this noise.
   *
   * @param outputs (n, 2d): in each row d means, then d log deviations, which are cut to the ends
   */
  public static NormalSample of(
      float[] outputs, int dimensions, double min, double max, float[] noise) {
    float[] means = new float[noise.length];
    float[] logDeviations = new float[noise.length];
    float[] values = new float[noise.length];
    for (int i = 0; i < noise.length; i++) {
      int at = i / dimensions * 2 * dimensions + i % dimensions;
      means[i] = outputs[at];
      logDeviations[i] = (float) Math.min(max, Math.max(min, outputs[at + dimensions]));
      values[i] = (float) (means[i] + Math.exp(logDeviations[i]) * noise[i]);
    }
    return new NormalSample(dimensions, means, logDeviations, noise, values, outputs, min, max);
  }

  /**
   * (n, 2d): the gradient by the outputs of a loss that depends on the values and, besides, on
   * means and log deviations themselves. A log deviation that was cut has none.
   *
   * @param valueGradient (n, d)
   * @param meanGradient (n, d)
   * @param logDeviationGradient (n, d)
   */
  public float[] outputGradient(
      float[] valueGradient, float[] meanGradient, float[] logDeviationGradient) {
    float[] gradient = new float[outputs.length];
    for (int i = 0; i < noise.length; i++) {
      int at = i / dimensions * 2 * dimensions + i % dimensions;
      gradient[at] = valueGradient[i] + meanGradient[i];
      float raw = outputs[at + dimensions];
      if (raw >= min && raw <= max) {
        double spread = Math.exp(logDeviations[i]) * noise[i];
        gradient[at + dimensions] = (float) (valueGradient[i] * spread + logDeviationGradient[i]);
      }
    }
    return gradient;
  }
}
