package dev.hindcast.evaluation.estimator;

/**
 * Weighs each reward by the ratio of its own step alone: {@code mean(sum_t γ^t ρ_t r_t)}. For
 * slates, whose positions are the steps of an episode: unbiased where the reward of a position
 * depends on the item there alone, whatever stands around it. Li, Abbasi-Yadkori, Kveton,
 * Muthukrishnan, Vinay, Wen (2018), the item-position model.
 *
 * @param discount γ, the weight of a position against the one before
 */
record IndependentPositions(double discount) implements MeanOfTerms {
  @Override
  public double term(ScoredEpisode episode) {
    double sum = 0;
    double factor = 1;
    for (int t = 0; t < episode.length(); t++) {
      sum += factor * (episode.ratio(t) * episode.reward(t));
      factor *= episode.discount(t, discount);
    }
    return sum;
  }
}
