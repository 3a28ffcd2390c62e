package dev.hindcast.evaluation.estimator;

import java.io.Serializable;

/**
 * The sums of weights by step that self-normalised estimators divide by, kept as additive terms.
 *
 * <p>An ended episode keeps counting with its last weight (sheet section 7.1). Its weight is stored
 * once, at the step after its last, and carried forward when the sums are read: terms stay zero
 * after an episode's end, so that long horizons cost no more than the steps there are. Nothing is
 * subtracted, so nothing cancels.
 *
 * <p>Terms: from {@code offset}, W_t for the horizon's steps while the episode runs; then, from
 * {@code offset + horizon}, the last weight at the index of the first step without the episode.
 *
 * @param horizon steps of the longest episode
 * @param offset where these terms start
 */
record StepWeights(int horizon, int offset) implements Serializable {
  int termCount() {
    return 2 * horizon + 1;
  }

  void put(ScoredEpisode episode, double[] terms) {
    int length = episode.length();
    if (length > horizon) {
      throw new IllegalArgumentException(
          "An episode has " + length + " steps, more than the horizon of " + horizon + ".");
    }
    for (int t = 0; t < length; t++) {
      terms[offset + t] = episode.weight(t);
    }
    terms[offset + horizon + length] = episode.finalWeight();
  }

  /** The mean weight after each step, (horizon). */
  double[] means(double[] meanTerms) {
    double[] means = new double[horizon];
    double carried = 0;
    for (int t = 0; t < horizon; t++) {
      carried += meanTerms[offset + horizon + t];
      means[t] = meanTerms[offset + t] + carried;
    }
    return means;
  }

  /** Writes the gradient by these terms, given the gradient by the mean weight after each step. */
  void putGradient(double[] byMean, double[] gradient) {
    double later = 0;
    for (int t = horizon - 1; t >= 0; t--) {
      later += byMean[t];
      gradient[offset + t] = byMean[t];
      gradient[offset + horizon + t] = later;
    }
  }
}
