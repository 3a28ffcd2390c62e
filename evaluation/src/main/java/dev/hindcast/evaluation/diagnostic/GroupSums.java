package dev.hindcast.evaluation.diagnostic;

import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.GroupWeights;
import dev.hindcast.evaluation.estimator.Estimators.Grouping;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import java.io.Serializable;

/** Sums over episodes of one step of the weights of groups of actions, on one level. */
final class GroupSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Grouping grouping;
  private final int level;
  private long episodes;
  private double sum;
  private double squares;
  private double max;
  private double unsupported;

  /**
   * Nothing yet.
   *
   * @param level as {@link ScoredEpisode#groupRatio} counts
   */
  GroupSums(Grouping grouping, int level) {
    this.grouping = grouping;
    this.level = level;
  }

  void add(ScoredEpisode episode) {
    double weight = episode.groupRatio(level);
    episodes++;
    sum += weight;
    squares += weight * weight;
    max = Math.max(max, weight);
  }

  void addMass(double unsupportedMass) {
    unsupported += unsupportedMass;
  }

  void merge(GroupSums later) {
    episodes += later.episodes;
    sum += later.sum;
    squares += later.squares;
    max = Math.max(max, later.max);
    unsupported += later.unsupported;
  }

  int groups() {
    return grouping.groups();
  }

  double effectiveSampleSize() {
    return WeightSums.kish(sum, squares, max);
  }

  double maxWeightShare() {
    return max / sum;
  }

  GroupWeights weights() {
    double n = episodes;
    return new GroupWeights(
        grouping.by(),
        grouping.groups(),
        Estimate.finite(effectiveSampleSize()),
        Estimate.finite(maxWeightShare()),
        Estimate.finite(max),
        Estimate.finite(sum / n),
        Estimate.finite(WeightSums.distanceFromOne(n, sum, squares)),
        Estimate.finite(Math.max(0, unsupported / n)));
  }
}
