package dev.hindcast.evaluation.estimator;

/**
 * Weighs whole returns: {@code mean(W_{T-1} G)}. Unbiased; its variance grows exponentially with
 * the horizon. With one step it is inverse propensity weighting. Precup, Sutton, Singh (2000);
 * Horvitz, Thompson (1952).
 *
 * @param discount γ
 */
record TrajectoryImportanceSampling(double discount) implements Estimator {
  @Override
  public int termCount() {
    return 1;
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    return new double[] {episode.finalWeight() * episode.discountedReturn(discount)};
  }

  @Override
  public double value(double[] meanTerms) {
    return meanTerms[0];
  }

  @Override
  public double[] gradient(double[] meanTerms) {
    return new double[] {1};
  }
}
