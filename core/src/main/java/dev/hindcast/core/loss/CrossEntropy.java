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
      for (int action = 0; action < actions; action++) {
        boolean admissible = mask.length == 0 || mask[at + action];
        exponentials[action] = admissible ? Math.exp(logits[at + action] - max) : 0;
        total += exponentials[action];
      }
      double scale = weights[row] / (double) n;
      sum += scale * (Math.log(total) + max - logits[at + chosen[row]]);
      for (int action = 0; action < actions; action++) {
        double onehot = action == chosen[row] ? 1 : 0;
        gradient[at + action] = (float) (scale * (exponentials[action] / total - onehot));
      }
    }
    return new Loss(sum, gradient);
  }
}
