package dev.hindcast.core.loss;

/**
 * Choosing among discrete actions when every nat by which the choice strays from a reference policy
 * π₀, measured as the divergence KL(π ‖ π₀) of Kullback and Leibler, costs a price λ: the best
 * choice and its worth in closed form, and the loss of a policy that learns to make it. Tiapkin and
 * others (2024), arXiv:2310.17303; Todorov (2006).
 *
 * <p>Actions to which the reference gives no probability, such as masked ones, have none.
 */
public final class ReferenceRegularized {
  private ReferenceRegularized() {}

  /**
   * (rows): {@code λ log Σ_a π₀(a) exp(Q(a) / λ)}, the greatest {@code π·Q − λ KL(π ‖ π₀)} of any
   * policy.
   *
   * @param q (rows, actions)
   * @param reference (rows, actions), each row summing to 1
   * @param price λ, above 0
   */
  public static float[] values(float[] q, int actions, double[] reference, double price) {
    float[] values = new float[q.length / actions];
    for (int row = 0; row < values.length; row++) {
      values[row] = (float) value(q, row * actions, actions, reference, price);
    }
    return values;
  }

  /** (rows, actions): {@code π₀(a) exp((Q(a) − V) / λ)}, the policy of {@link #values}. */
  public static double[] policy(float[] q, int actions, double[] reference, double price) {
    double[] policy = new double[q.length];
    for (int at = 0; at < q.length; at += actions) {
      double value = value(q, at, actions, reference, price);
      for (int i = at; i < at + actions; i++) {
        policy[i] = reference[i] == 0 ? 0 : reference[i] * Math.exp((q[i] - value) / price);
      }
    }
    return policy;
  }

  private static double value(float[] q, int at, int actions, double[] reference, double price) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = at; i < at + actions; i++) {
      max = reference[i] > 0 ? Math.max(max, q[i]) : max;
    }
    double sum = 0;
    for (int i = at; i < at + actions; i++) {
      sum += reference[i] == 0 ? 0 : reference[i] * Math.exp((q[i] - max) / price);
    }
    return max + price * Math.log(sum);
  }

  /**
   * What a policy in training is to lower: {@code mean Σ_a π(a) [λ (log π(a) − log π₀(a)) − Q(a)]},
   * π the softmax of logits over the reference's actions.
   *
   * @param loss by the logits
   * @param divergence the mean of KL(π ‖ π₀), in nats
   */
  public record PolicyLoss(Loss loss, double divergence) {
    /**
     * Of (rows, actions) logits; the reference and Q, in that shape, carry no gradient.
     *
     * @param price λ, at least 0
     */
    public static PolicyLoss of(
        float[] logits, int actions, double[] reference, float[] q, double price) {
      int rows = logits.length / actions;
      boolean[] possible = new boolean[logits.length];
      for (int i = 0; i < possible.length; i++) {
        possible[i] = reference[i] > 0;
      }
      double[] policy = MaskedSoftmax.of(logits, actions, possible);
      float[] gradient = new float[logits.length];
      double[] terms = new double[actions];
      double sum = 0;
      double divergence = 0;
      for (int at = 0; at < logits.length; at += actions) {
        double mean = 0;
        for (int a = 0; a < actions; a++) {
          double p = policy[at + a];
          double ratio = p == 0 ? 0 : Math.log(p) - Math.log(reference[at + a]);
          terms[a] = price * ratio - q[at + a];
          mean += p * terms[a];
          divergence += p * ratio / rows;
        }
        for (int a = 0; a < actions; a++) {
          gradient[at + a] = (float) (policy[at + a] * (terms[a] - mean) / rows);
        }
        sum += mean / rows;
      }
      return new PolicyLoss(new Loss(sum, gradient), divergence);
    }
  }
}
