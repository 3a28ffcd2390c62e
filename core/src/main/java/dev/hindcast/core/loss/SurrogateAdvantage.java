package dev.hindcast.core.loss;

/**
 * What moving a policy of independent normal coordinates would earn, estimated from actions of the
 * policy it starts from: {@code mean over rows of π(a) / π₀(a) * A}, A the advantage of each action
 * (Kakade and Langford, 2002; Schulman and others, 2015, arXiv:1502.05477, equation 14). Where π is
 * still π₀ its gradient is the policy gradient.
 *
 * @param value the mean
 * @param meanGradient (n, d), d value / d means; not copied
 * @param logDeviationGradient (n, d), d value / d log deviations; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to the network; never compared
public record SurrogateAdvantage(double value, float[] meanGradient, float[] logDeviationGradient) {
  /**
   * Of π. Its start π₀ and the advantages carry no gradient.
   *
   * @param means (n, d), as the other three and the actions
   * @param startMeans of π₀
   * @param startLogDeviations of π₀
   * @param actions drawn from π₀
   * @param advantages (n)
   */
  public static SurrogateAdvantage of(
      float[] means,
      float[] logDeviations,
      float[] startMeans,
      float[] startLogDeviations,
      float[] actions,
      float[] advantages) {
    int n = advantages.length;
    int d = means.length / n;
    float[] meanGradient = new float[means.length];
    float[] logDeviationGradient = new float[means.length];
    double sum = 0;
    for (int row = 0; row < n; row++) {
      double logRatio = 0;
      for (int i = row * d; i < (row + 1) * d; i++) {
        double z = distance(actions[i], means[i], logDeviations[i]);
        double startZ = distance(actions[i], startMeans[i], startLogDeviations[i]);
        logRatio += (startZ * startZ - z * z) / 2 + startLogDeviations[i] - logDeviations[i];
      }
      double share = Math.exp(logRatio) * advantages[row] / n;
      sum += share;
      for (int i = row * d; i < (row + 1) * d; i++) {
        double z = distance(actions[i], means[i], logDeviations[i]);
        meanGradient[i] = (float) (share * z * Math.exp(-logDeviations[i]));
        logDeviationGradient[i] = (float) (share * (z * z - 1));
      }
    }
    return new SurrogateAdvantage(sum, meanGradient, logDeviationGradient);
  }

  private static double distance(double action, double mean, double logDeviation) {
    return (action - mean) * Math.exp(-logDeviation);
  }
}
