package dev.hindcast.core.loss;

/**
 * The mean Huber loss: half the squared error up to a threshold, beyond it growing in a straight
 * line, {@code threshold (|error| - threshold / 2)}. Huber (1964).
 */
public final class Huber {
  private Huber() {}

  /**
   * Of (n) outputs against (n) targets, which carry no gradient.
   *
   * @param threshold above 0
   */
  public static Loss of(float[] outputs, float[] targets, double threshold) {
    int n = outputs.length;
    double sum = 0;
    float[] gradient = new float[n];
    for (int i = 0; i < n; i++) {
      double error = (double) outputs[i] - targets[i];
      double size = Math.abs(error);
      sum += size <= threshold ? error * error / 2 : threshold * (size - threshold / 2);
      gradient[i] = (float) (Math.max(-threshold, Math.min(threshold, error)) / n);
    }
    return new Loss(sum / n, gradient);
  }
}
