package dev.hindcast.core.loss;

/**
 * Which of two actions to clone in each row, and whether to clone at all, by their advantages over
 * a value: the policy regularization of Liu and others (2024), arXiv:2405.19909. Comparisons carry
 * no gradient.
 *
 * @param takesCandidate (n), whether the candidate's advantage is no less than the logged action's
 * @param gates (n), 1 where the candidate is no worse than the value or the logged action is better
 *     than it, otherwise 0; both together are still 1
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one update; never compared
public record GuidedCloning(boolean[] takesCandidate, float[] gates) {
  /**
   * The cloning loss.
   *
   * @param loss its value, and the gradient by the policy's actions where the candidates stand
   *     still
   * @param candidateGradient (n, d), the gradient by the candidates; not copied
   */
  public record Cloning(Loss loss, float[] candidateGradient) {}

  /** By (n) values of the candidates, of the logged actions, and of the observations. */
  public static GuidedCloning of(float[] qCandidate, float[] qLogged, float[] value) {
    boolean[] takesCandidate = new boolean[value.length];
    float[] gates = new float[value.length];
    for (int i = 0; i < value.length; i++) {
      takesCandidate[i] = qCandidate[i] >= qLogged[i];
      gates[i] = qCandidate[i] >= value[i] || qLogged[i] > value[i] ? 1 : 0;
    }
    return new GuidedCloning(takesCandidate, gates);
  }

  /**
   * {@code mean weight * gate * (policy - chosen)^2} over rows and coordinates, all (n, d).
   *
   * @param weight of the whole term
   */
  public Cloning of(float[] policy, float[] candidates, float[] logged, double weight) {
    int d = policy.length / gates.length;
    float[] chosen = logged.clone();
    float[] weights = gates.clone();
    for (int row = 0; row < gates.length; row++) {
      weights[row] *= (float) weight;
      if (takesCandidate[row]) {
        System.arraycopy(candidates, row * d, chosen, row * d, d);
      }
    }
    Loss loss = SquaredError.of(policy, chosen, weights);
    float[] candidateGradient = new float[policy.length];
    for (int i = 0; i < policy.length; i++) {
      candidateGradient[i] = takesCandidate[i / d] ? -loss.gradient()[i] : 0;
    }
    return new Cloning(loss, candidateGradient);
  }

  /** The share of rows that clone the candidate if anything. */
  public double candidateShare() {
    int count = 0;
    for (boolean takes : takesCandidate) {
      count += takes ? 1 : 0;
    }
    return (double) count / takesCandidate.length;
  }
}
