package dev.hindcast.core.loss;

/**
 * {@link ClippedSurrogate} of independent normal coordinates whose deviations are the same in every
 * row: {@code mean -min(ρ A, clip(ρ, 1 - ε, 1 + ε) A)}, ρ the ratio of the density of an action to
 * that with which it was drawn.
 *
 * @param value the mean
 * @param meanGradient (n, d), d value / d means; not copied
 * @param logDeviationGradient (d), d value / d log deviations; not copied
 * @param divergence the mean of {@code ρ - 1 - log ρ}, an estimate of KL(π₀ ‖ π) in nats
 * @param clipped the share of rows without gradient for having moved far enough
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to the learner; never compared
public record ClippedNormalSurrogate(
    double value,
    float[] meanGradient,
    double[] logDeviationGradient,
    double divergence,
    double clipped) {
  private static final double LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  /**
   * Of (n, d) means.
   *
   * @param logDeviations (d)
   * @param actions (n, d)
   * @param logBefore (n), log π₀ of the actions
   * @param advantages (n), which carry no gradient
   * @param clip ε, above 0
   */
  public static ClippedNormalSurrogate of(
      float[] means,
      float[] logDeviations,
      float[] actions,
      double[] logBefore,
      float[] advantages,
      double clip) {
    int n = logBefore.length;
    int d = logDeviations.length;
    double[] logNow = logDensities(means, logDeviations, actions);
    float[] meanGradient = new float[means.length];
    double[] logDeviationGradient = new double[d];
    double sum = 0;
    double divergence = 0;
    int stopped = 0;
    for (int row = 0; row < n; row++) {
      double logRatio = logNow[row] - logBefore[row];
      double ratio = Math.exp(logRatio);
      double advantage = advantages[row];
      double cut = Math.min(1 + clip, Math.max(1 - clip, ratio));
      boolean isStopped = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
      sum -= Math.min(ratio * advantage, cut * advantage) / n;
      divergence += (ratio - 1 - logRatio) / n;
      stopped += isStopped ? 1 : 0;
      for (int j = 0; j < d && !isStopped; j++) {
        int at = row * d + j;
        double weight = advantage * ratio / n;
        double z = distance(actions[at], means[at], logDeviations[j]);
        meanGradient[at] = (float) (-weight * z * Math.exp(-logDeviations[j]));
        logDeviationGradient[j] += weight * (1 - z * z);
      }
    }
    return new ClippedNormalSurrogate(
        sum, meanGradient, logDeviationGradient, divergence, (double) stopped / n);
  }

  /**
   * (n): the logarithm of the density of each action.
   *
   * @param means (n, d), as the actions
   * @param logDeviations (d)
   */
  public static double[] logDensities(float[] means, float[] logDeviations, float[] actions) {
    int d = logDeviations.length;
    double[] logs = new double[means.length / d];
    for (int i = 0; i < means.length; i++) {
      double z = distance(actions[i], means[i], logDeviations[i % d]);
      logs[i / d] -= 0.5 * z * z + logDeviations[i % d] + LOG_ROOT_TWO_PI;
    }
    return logs;
  }

  private static double distance(double action, double mean, double logDeviation) {
    return (action - mean) * Math.exp(-logDeviation);
  }
}
