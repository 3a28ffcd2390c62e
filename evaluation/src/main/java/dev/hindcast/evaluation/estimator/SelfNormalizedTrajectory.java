package dev.hindcast.evaluation.estimator;

/**
 * Weighs whole returns and divides by the weights: {@code sum(W_{T-1} G) / sum(W_{T-1})}.
 * Consistent, and never outside the range of logged returns. With one step it is self-normalised
 * inverse propensity weighting. Hajek (1971); Swaminathan, Joachims (2015).
 *
 * @param discount γ
 */
record SelfNormalizedTrajectory(double discount) implements Estimator {
  @Override
  public int termCount() {
    return 2;
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double weight = episode.finalWeight();
    return new double[] {weight * episode.discountedReturn(discount), weight};
  }

  @Override
  public double value(double[] meanTerms) {
    return meanTerms[0] / meanTerms[1];
  }

  @Override
  public double[] gradient(double[] meanTerms) {
    return new double[] {1 / meanTerms[1], -meanTerms[0] / (meanTerms[1] * meanTerms[1])};
  }
}
