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
}
