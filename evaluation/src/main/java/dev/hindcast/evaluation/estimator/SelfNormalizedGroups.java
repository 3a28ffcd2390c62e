package dev.hindcast.evaluation.estimator;

import dev.hindcast.core.report.Tuning;
import dev.hindcast.evaluation.estimator.Estimators.Setting;

/**
 * Rewards weighted by groups of actions, divided by the sum of these weights: {@link
 * GroupedWeights} without a Q-function, steadier and never outside the range of logged rewards.
 *
 * <p>Terms, for each level: the sums of {@code wr, w, (wr)², w²r, w²}; from the last three comes
 * how far the ratio may be off (delta method, sheet section 10.1).
 */
final class SelfNormalizedGroups extends TunedEstimator {
  private static final long serialVersionUID = 1L;

  private static final int PER_LEVEL = 5;

  private final Setting log;

  SelfNormalizedGroups(Setting log) {
    super(GroupLevels.grid(log), log.episodes());
    this.log = log;
  }

  @Override
  public int termCount() {
    return PER_LEVEL * candidates();
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double r = episode.reward(0);
    double[] terms = new double[termCount()];
    for (int level = 0; level < candidates(); level++) {
      double w = episode.groupRatio(level);
      int at = PER_LEVEL * level;
      terms[at] = w * r;
      terms[at + 1] = w;
      terms[at + 2] = w * r * w * r;
      terms[at + 3] = w * w * r;
      terms[at + 4] = w * w;
    }
    return terms;
  }

  @Override
  double mean(double[] meanTerms, int level) {
    return meanTerms[PER_LEVEL * level] / meanTerms[PER_LEVEL * level + 1];
  }

  @Override
  double square(double[] meanTerms, int level) {
    int at = PER_LEVEL * level;
    double value = mean(meanTerms, level);
    double variance =
        (meanTerms[at + 2] - 2 * value * meanTerms[at + 3] + value * value * meanTerms[at + 4])
            / (meanTerms[at + 1] * meanTerms[at + 1]);
    return value * value + variance;
  }

  @Override
  boolean isDefined(double[] meanTerms, int level) {
    return meanTerms[PER_LEVEL * level + 1] > 0;
  }

  @Override
  double[] gradient(double[] meanTerms, int level) {
    double[] gradient = new double[termCount()];
    double weight = meanTerms[PER_LEVEL * level + 1];
    gradient[PER_LEVEL * level] = 1 / weight;
    gradient[PER_LEVEL * level + 1] = -mean(meanTerms, level) / weight;
    return gradient;
  }

  @Override
  Tuning tuning(double level) {
    return GroupLevels.tuning(log, (int) level);
  }
}
