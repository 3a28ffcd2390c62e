package dev.hindcast.evaluation.estimator;

/**
 * Weighs each reward by how much more often the target policy would come by its state and action
 * than the log did: {@code mean(sum_t w_t r_t)}. The ratios are learned (Nachum, Chow, Dai, Li
 * 2019); they hold the discount already. As right as they are, whatever the propensities; no
 * interval knows how right that is.
 */
record MarginalImportanceSampling() implements MeanOfTerms {
  @Override
  public double term(ScoredEpisode episode) {
    double[] ratios = episode.learned().ratios();
    double sum = 0;
    for (int t = 0; t < episode.length(); t++) {
      sum += ratios[t] * episode.reward(t);
    }
    return sum;
  }
}
