package dev.hindcast.evaluation.estimator;

import dev.hindcast.core.report.Tuning;
import dev.hindcast.evaluation.estimator.Estimators.Setting;

/**
 * Weighs groups of actions instead of actions, for episodes of one step: {@code g = v + w e}, where
 * {@code w} is the ratio of the probabilities with which the target and the behavior policy take
 * any action of the logged one's group, and {@code e} is the residual r - q, or the reward itself
 * without a Q-function (and then v = 0).
 *
 * <p>Without a Q-function: marginalized inverse propensity, unbiased where the actions of a group
 * are all worth the same to whom they are shown (Saito, Joachims 2022, arXiv:2202.06317, equation
 * 7). With one: unbiased where the Q-function is right about how the actions of a group differ
 * (Saito, Ren, Joachims 2023, arXiv:2305.08062, equation 6).
 *
 * <p>How coarse the groups are is chosen by {@link Slope}. Terms: v and v², then for each level the
 * sums of {@code we, (we)², vwe, w}; level 0 has every action by itself.
 */
final class GroupedWeights extends TunedEstimator {
  private static final long serialVersionUID = 1L;

  private static final int PER_LEVEL = 4;

  private final Baseline baseline;
  private final Setting log;

  GroupedWeights(Baseline baseline, Setting log) {
    super(GroupLevels.grid(log), log.episodes());
    this.baseline = baseline;
    this.log = log;
  }

  @Override
  public int termCount() {
    return 2 + PER_LEVEL * candidates();
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double v = baseline.known(episode);
    double e = baseline.residual(episode, log.discount());
    double[] terms = new double[termCount()];
    terms[0] = v;
    terms[1] = v * v;
    for (int level = 0; level < candidates(); level++) {
      double w = episode.groupRatio(level);
      int at = 2 + PER_LEVEL * level;
      terms[at] = w * e;
      terms[at + 1] = w * e * w * e;
      terms[at + 2] = v * w * e;
      terms[at + 3] = w;
    }
    return terms;
  }

  @Override
  double mean(double[] meanTerms, int level) {
    return meanTerms[0] + meanTerms[2 + PER_LEVEL * level];
  }

  @Override
  double square(double[] meanTerms, int level) {
    int at = 2 + PER_LEVEL * level;
    return meanTerms[1] + meanTerms[at + 1] + 2 * meanTerms[at + 2];
  }

  /** Where no weight is positive, the log says nothing, however little that nothing scatters. */
  @Override
  boolean isDefined(double[] meanTerms, int level) {
    return meanTerms[2 + PER_LEVEL * level + 3] > 0;
  }

  @Override
  double[] gradient(double[] meanTerms, int level) {
    double[] gradient = new double[termCount()];
    gradient[0] = 1;
    gradient[2 + PER_LEVEL * level] = 1;
    return gradient;
  }

  @Override
  Tuning tuning(double level) {
    return GroupLevels.tuning(log, (int) level);
  }
}
