package dev.hindcast.evaluation.estimator;

/**
 * Trusts the Q-function: the mean over episodes of {@code v(s_0)}. As good as the Q-function, and
 * no interval knows how good that is.
 */
record DirectMethod() implements MeanOfTerms {
  @Override
  public double term(ScoredEpisode episode) {
    return episode.v(0);
  }
}
