package dev.hindcast.core.loss;

/**
 * How much higher values stand at actions drawn from elsewhere than at logged ones: {@code mean
 * (log sum_k exp(Q(o, a_k) - log density_k) - Q(o, a))}, the regularizer of conservative Q-learning
 * with importance weights (Kumar and others, 2020, arXiv:2006.04779, appendix F). A value below its
 * floor counts as the floor and is not pushed further down (Nakamoto and others, 2023,
 * arXiv:2303.05479, equation 5.1).
 *
 * @param value what it comes to; equal values everywhere do not make it 0
 * @param drawnGradient (n, k), d value / d Q of drawn actions; not copied
 * @param loggedGradient (n), d value / d Q of logged actions; not copied
 * @param boundRate the share of values that have a floor and do not stand above it; 0 without any
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to networks; never compared
public record ConservativePenalty(
    double value, float[] drawnGradient, float[] loggedGradient, double boundRate) {
  /**
   * Of these values.
   *
   * @param drawn (n, k), Q of the drawn actions
   * @param logDensities (n, k), with which they were drawn
   * @param floors (n, k), negative infinity where there is none
   * @param logged (n), Q of the logged actions
   */
  public static ConservativePenalty of(
      float[] drawn, float[] logDensities, float[] floors, float[] logged) {
    int n = logged.length;
    int k = drawn.length / n;
    float[] drawnGradient = new float[drawn.length];
    float[] loggedGradient = new float[n];
    double[] exponents = new double[k];
    double sum = 0;
    int floored = 0;
    int bound = 0;
    for (int row = 0; row < n; row++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < k; j++) {
        int at = row * k + j;
        floored += floors[at] > Float.NEGATIVE_INFINITY ? 1 : 0;
        bound += drawn[at] <= floors[at] ? 1 : 0;
        exponents[j] = (double) Math.max(drawn[at], floors[at]) - logDensities[at];
        max = Math.max(max, exponents[j]);
      }
      double total = 0;
      for (int j = 0; j < k; j++) {
        exponents[j] = Math.exp(exponents[j] - max);
        total += exponents[j];
      }
      sum += max + Math.log(total) - logged[row];
      loggedGradient[row] = -1f / n;
      for (int j = 0; j < k; j++) {
        int at = row * k + j;
        drawnGradient[at] = drawn[at] > floors[at] ? (float) (exponents[j] / total / n) : 0;
      }
    }
    return new ConservativePenalty(
        sum / n, drawnGradient, loggedGradient, floored == 0 ? 0 : (double) bound / floored);
  }
}
