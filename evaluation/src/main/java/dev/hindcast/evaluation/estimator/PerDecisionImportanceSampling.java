package dev.hindcast.evaluation.estimator;

/**
 * Weighs each reward by the ratios up to its own step: {@code mean(sum_t γ^t W_t r_t)}. Unbiased,
 * with less variance than weighing whole returns. Precup, Sutton, Singh (2000).
 *
 * @param discount γ
 */
record PerDecisionImportanceSampling(double discount) implements MeanOfTerms {
  @Override
  public double term(ScoredEpisode episode) {
    double sum = 0;
    double factor = 1;
    for (int t = 0; t < episode.length(); t++) {
      sum += factor * (episode.weight(t) * episode.reward(t));
      factor *= episode.discount(t, discount);
    }
    return sum;
  }
}
