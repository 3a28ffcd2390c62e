package dev.hindcast.core.loss;

/** The mean squared error: {@code mean (output - target)^2}. */
public final class SquaredError {
  private SquaredError() {}

  /** Of (n) outputs against (n) targets, which carry no gradient. */
  public static Loss of(float[] outputs, float[] targets) {
    int n = outputs.length;
    double sum = 0;
    float[] gradient = new float[n];
    for (int i = 0; i < n; i++) {
      double error = (double) outputs[i] - targets[i];
      sum += error * error;
      gradient[i] = (float) (2 * error / n);
    }
    return new Loss(sum / n, gradient);
  }

  /**
   * Of (n, width) outputs against targets of that shape, {@code mean weight * (output - target)^2}
   * over rows and columns.
   *
   * @param weights (n), how much each row counts; a row of weight 0 still counts in n
   */
  public static Loss of(float[] outputs, float[] targets, float[] weights) {
    int n = outputs.length;
    int width = n / weights.length;
    double sum = 0;
    float[] gradient = new float[n];
    for (int i = 0; i < n; i++) {
      double weight = weights[i / width];
      double error = (double) outputs[i] - targets[i];
      sum += weight * error * error;
      gradient[i] = (float) (2 * weight * error / n);
    }
    return new Loss(sum / n, gradient);
  }
}
