package dev.hindcast.core.loss;

/**
 * The weighted negative log-likelihood of chosen actions under the masked softmax of logits: {@code
 * mean weight * -log softmax(logits)[chosen]}.
 */
public final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * Of (n, actions) logits.
   *
   * @param chosen (n), the action taken in each row
   * @param mask (n, actions), true where the action is admissible; empty when all are
   * @param weights (n), how much each row counts; 0 leaves it out, though it still counts in n
   * @throws IllegalArgumentException when a row with weight has chosen an inadmissible action,
   *     whose likelihood is 0 whatever the logits
   */
  public static Loss of(
      float[] logits, int actions, int[] chosen, boolean[] mask, float[] weights) {
    return smoothed(logits, actions, chosen, mask, weights, 0);
  }

  /**
   * As {@link #of}, but a part of the label is spread evenly over all admissible actions, which
   * keeps every one of them possible (Szegedy and others, 2016, arXiv:1512.00567).
   *
   * @param smoothing the part that is spread, in [0, 1)
   */
  public static Loss smoothed(
      float[] logits,
      int actions,
      int[] chosen,
      boolean[] mask,
      float[] weights,
      double smoothing) {
    int n = chosen.length;
    double sum = 0;
    float[] gradient = new float[n * actions];
    double[] exponentials = new double[actions];
    for (int row = 0; row < n; row++) {
      if (weights[row] == 0) {
        continue;
      }
      int at = row * actions;
      if (mask.length > 0 && !mask[at + chosen[row]]) {
        throw new IllegalArgumentException(
            "Row " + row + " chose action " + chosen[row] + ", which its mask does not admit.");
      }
      double max = MaskedSoftmax.max(logits, at, actions, mask);
      double total = 0;
      double sumOfLogits = 0;
      int count = 0;
      for (int action = 0; action < actions; action++) {
        boolean admissible = mask.length == 0 || mask[at + action];
        exponentials[action] = admissible ? Math.exp(logits[at + action] - max) : 0;
        total += exponentials[action];
        sumOfLogits += admissible ? logits[at + action] : 0;
        count += admissible ? 1 : 0;
      }
      double spread = smoothing / count;
      double scale = weights[row] / (double) n;
      double expected = (1 - smoothing) * logits[at + chosen[row]] + spread * sumOfLogits;
      sum += scale * (Math.log(total) + max - expected);
      for (int action = 0; action < actions; action++) {
        boolean admissible = mask.length == 0 || mask[at + action];
        double label = (action == chosen[row] ? 1 - smoothing : 0) + (admissible ? spread : 0);
        gradient[at + action] = (float) (scale * (exponentials[action] / total - label));
      }
    }
    return new Loss(sum, gradient);
  }
}
