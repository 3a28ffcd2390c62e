package dev.hindcast.evaluation.fold;

import dev.hindcast.evaluation.interval.Figure;
import java.io.Serializable;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The second pass over a candidate's returns: the mean of the worst, and the variance. */
final class ReturnSpread implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ReturnCenter center;
  private final double meanWeight;
  private final int replicates;
  private final Spread tailMean;
  private final Moments tailInfluences;
  private final Spread variance;
  private final Moments varianceInfluences;

  ReturnSpread(ReturnCenter center, double meanWeight, int replicates) {
    this.center = center;
    this.meanWeight = meanWeight;
    this.replicates = Math.min(replicates, ReturnSums.MOST_REPLICATES);
    tailMean = new Spread(this.replicates);
    tailInfluences = new Moments(this.replicates);
    variance = new Spread(this.replicates);
    varianceInfluences = new Moments(this.replicates);
  }

  void add(double weight, double value, double centeredWeight, Chunk chunk, int episode) {
    if (center.isDefined()) {
      double scale = weight / meanWeight;
      double tail = scale * center.tailMeanPart(value);
      tailMean.add(tail, centeredWeight, chunk, episode);
      tailInfluences.add(tail, chunk, episode);
      double square = scale * center.variancePart(value);
      variance.add(square, centeredWeight, chunk, episode);
      varianceInfluences.add(square, chunk, episode);
    }
  }

  void merge(ReturnSpread later) {
    tailMean.merge(later.tailMean);
    tailInfluences.merge(later.tailInfluences);
    variance.merge(later.variance);
    varianceInfluences.merge(later.varianceInfluences);
  }

  Figure tailMean(WeightSpread weights, double episodes, double[] drawn, double level) {
    return figure(
        tailMean, tailInfluences, ReturnCenter::tailMean, weights, episodes, drawn, level);
  }

  Figure variance(WeightSpread weights, double episodes, double[] drawn, double level) {
    return figure(
        variance, varianceInfluences, ReturnCenter::variance, weights, episodes, drawn, level);
  }

  private Figure figure(
      Spread spread,
      Moments influences,
      ToDoubleFunction<ReturnCenter> first,
      WeightSpread weights,
      double episodes,
      double[] drawn,
      double level) {
    double start = first.applyAsDouble(center);
    double value = start + influences.mean(episodes);
    double[] values = new double[replicates];
    double[] means = new double[replicates];
    for (int b = 0; b < replicates; b++) {
      means[b] = influences.mean(b, drawn);
      values[b] = start + means[b] * meanWeight / (weights.excess(b, drawn) + 1);
    }
    Replicated estimate = new Replicated(value, values, means);
    return new Figure(
        value,
        episodes > 1
            ? spread.interval(estimate, weights, episodes, drawn, level)
            : Optional.empty());
  }
}
