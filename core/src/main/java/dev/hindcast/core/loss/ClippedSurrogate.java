package dev.hindcast.core.loss;

/**
 * What proximal policy optimization lowers: {@code mean -min(ρ A, clip(ρ, 1 - ε, 1 + ε) A)}, ρ =
 * π(a) / π₀(a) the ratio of the softmax of logits to the policy that acted, A the advantage of each
 * action (Schulman and others, 2017, arXiv:1707.06347, equation 7). Where π is still π₀ its
 * gradient is that of {@code mean -A log π(a)}; an action that has moved as far as ε allows has
 * none.
 *
 * @param loss by the logits
 * @param divergence the mean of {@code ρ - 1 - log ρ}, an estimate of KL(π₀ ‖ π) in nats
 * @param clipped the share of rows without gradient for having moved far enough
 */
public record ClippedSurrogate(Loss loss, double divergence, double clipped) {
  /**
   * Of (n, actions) logits.
   *
   * @param chosen (n)
   * @param mask (n, actions), true where the action is admissible; empty when all are
   * @param logBefore (n), log π₀ of the chosen actions
   * @param advantages (n), which carry no gradient
   * @param clip ε, above 0
   */
  public static ClippedSurrogate of(
      float[] logits,
      int actions,
      int[] chosen,
      boolean[] mask,
      double[] logBefore,
      float[] advantages,
      double clip) {
    int n = chosen.length;
    double[] policy = MaskedSoftmax.of(logits, actions, mask);
    float[] gradient = new float[logits.length];
    double sum = 0;
    double divergence = 0;
    int stopped = 0;
    for (int row = 0; row < n; row++) {
      double logRatio = Math.log(policy[row * actions + chosen[row]]) - logBefore[row];
      double ratio = Math.exp(logRatio);
      double advantage = advantages[row];
      double cut = Math.min(1 + clip, Math.max(1 - clip, ratio));
      boolean isStopped = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
      sum -= Math.min(ratio * advantage, cut * advantage) / n;
      divergence += (ratio - 1 - logRatio) / n;
      stopped += isStopped ? 1 : 0;
      for (int action = 0; action < actions && !isStopped; action++) {
        double label = action == chosen[row] ? 1 : 0;
        int at = row * actions + action;
        gradient[at] = (float) (advantage * ratio * (policy[at] - label) / n);
      }
    }
    return new ClippedSurrogate(new Loss(sum, gradient), divergence, (double) stopped / n);
  }
}
