package dev.hindcast.evaluation.estimator;

/** An estimate that is the plain mean of one number per episode. */
interface MeanOfTerms extends Estimator {
  /** What an episode contributes. */
  double term(ScoredEpisode episode);

  @Override
  default int termCount() {
    return 1;
  }

  @Override
  default double[] terms(ScoredEpisode episode) {
    return new double[] {term(episode)};
  }

  @Override
  default double value(double[] meanTerms) {
    return meanTerms[0];
  }

  @Override
  default double[] gradient(double[] meanTerms) {
    return new double[] {1};
  }
}
