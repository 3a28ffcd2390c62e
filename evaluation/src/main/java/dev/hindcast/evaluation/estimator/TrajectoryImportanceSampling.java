package dev.hindcast.evaluation.estimator;

/**
 * Weighs whole returns: {@code mean(W_{T-1} G)}. Unbiased; its variance grows exponentially with
 * the horizon. With one step it is inverse propensity weighting. Precup, Sutton, Singh (2000);
 * Horvitz, Thompson (1952).
 *
 * @param discount γ
 */
record TrajectoryImportanceSampling(double discount) implements MeanOfTerms {
  @Override
  public double term(ScoredEpisode episode) {
    return episode.finalWeight() * episode.discountedReturn(discount);
  }
}
