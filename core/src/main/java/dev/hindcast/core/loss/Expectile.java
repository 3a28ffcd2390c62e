package dev.hindcast.core.loss;

/**
 * The expectile loss of implicit Q-learning: {@code mean |expectile - 1(u < 0)| u^2} with {@code u
 * = target - output}. At 0.5 it is half the squared error; nearer 1 the output is drawn to the
 * upper end of the targets. Newey and Powell (1987); Kostrikov, Nair and Levine (2021), equation 5.
 */
public final class Expectile {
  private Expectile() {}

  /**
   * Of (n) outputs against (n) targets, which carry no gradient.
   *
   * @param expectile in (0, 1)
   * @param weights (n), how much each row counts; 0 leaves it out, though it still counts in n
   */
  public static Loss of(float[] outputs, float[] targets, double expectile, float[] weights) {
    int n = outputs.length;
    double sum = 0;
    float[] gradient = new float[n];
    for (int i = 0; i < n; i++) {
      double u = (double) targets[i] - outputs[i];
      double weight = weights[i] * (u < 0 ? 1 - expectile : expectile);
      sum += weight * u * u;
      gradient[i] = (float) (-2 * weight * u / n);
    }
    return new Loss(sum / n, gradient);
  }
}
