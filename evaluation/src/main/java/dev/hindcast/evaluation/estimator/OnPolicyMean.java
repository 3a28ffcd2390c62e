package dev.hindcast.evaluation.estimator;

/**
 * The mean return of the log: the value of the behavior policy, without any weights.
 *
 * @param discount γ
 */
record OnPolicyMean(double discount) implements Estimator {
  @Override
  public int termCount() {
    return 1;
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    return new double[] {episode.discountedReturn(discount)};
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
