package dev.hindcast.evaluation.estimator;

/**
 * The mean return of the log: the value of the behavior policy, without any weights.
 *
 * @param discount γ
 */
record OnPolicyMean(double discount) implements MeanOfTerms {
  @Override
  public double term(ScoredEpisode episode) {
    return episode.discountedReturn(discount);
  }
}
