package dev.hindcast.core.loss;

/**
 * The value loss of extreme Q-learning, a Gumbel regression: {@code mean (e^z - z - 1)} with {@code
 * z = (target - output) / temperature}, whose least is at {@code temperature * log mean exp(targets
 * / temperature)}, a soft maximum. Garg, Hejna, Geist and Ermon (2023), arXiv:2301.02328, equation
 * 10 and, for the two guards below, their program.
 *
 * <p>Every z is cut off above, which silences the rows beyond; and the whole batch is scaled by
 * {@code exp(-max)}, max its greatest z but at least -1, which carries no gradient.
 */
public final class Gumbel {
  private Gumbel() {}

  /**
   * Of (n) outputs against (n) targets, which carry no gradient.
   *
   * @param temperature above 0
   * @param clip where z is cut off
   * @param weights (n), how much each row counts; 0 leaves it out, though it still counts in n and
   *     for the greatest z
   */
  public static Loss of(
      float[] outputs, float[] targets, double temperature, double clip, float[] weights) {
    int n = outputs.length;
    double[] z = new double[n];
    double max = -1;
    for (int i = 0; i < n; i++) {
      z[i] = ((double) targets[i] - outputs[i]) / temperature;
      max = Math.max(max, Math.min(z[i], clip));
    }
    double sum = 0;
    float[] gradient = new float[n];
    for (int i = 0; i < n; i++) {
      double cut = Math.min(z[i], clip);
      sum += weights[i] * (Math.exp(cut - max) - (cut + 1) * Math.exp(-max));
      double slope = z[i] > clip ? 0 : Math.exp(z[i] - max) - Math.exp(-max);
      gradient[i] = (float) (-weights[i] * slope / temperature / n);
    }
    return new Loss(sum / n, gradient);
  }
}
