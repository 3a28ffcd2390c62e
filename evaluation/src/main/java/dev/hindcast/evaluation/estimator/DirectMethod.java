package dev.hindcast.evaluation.estimator;

/**
 * Trusts the Q-function: the mean over episodes of {@code v(s_0)}. As good as the Q-function, and
 * no interval knows how good that is.
 */
record DirectMethod() implements Estimator {
  @Override
  public int termCount() {
    return 1;
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    return new double[] {episode.v(0)};
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
