package dev.hindcast.core.loss;

/** The mean entropy of the masked softmax of logits, in nats. */
public final class Entropy {
  private Entropy() {}

  /**
   * Of (n, actions) logits, with its gradient; a bonus is {@code times(-weight)}.
   *
   * @param mask (n, actions), true where the action is admissible; empty when all are
   */
  public static Loss of(float[] logits, int actions, boolean[] mask) {
    int n = logits.length / actions;
    double[] policy = MaskedSoftmax.of(logits, actions, mask);
    float[] gradient = new float[logits.length];
    double sum = 0;
    for (int at = 0; at < policy.length; at += actions) {
      double entropy = 0;
      for (int i = at; i < at + actions; i++) {
        entropy -= policy[i] == 0 ? 0 : policy[i] * Math.log(policy[i]);
      }
      for (int i = at; i < at + actions; i++) {
        double log = policy[i] == 0 ? 0 : Math.log(policy[i]);
        gradient[i] = (float) (-policy[i] * (log + entropy) / n);
      }
      sum += entropy;
    }
    return new Loss(sum / n, gradient);
  }
}
