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
  private final Spread variance;

  ReturnSpread(ReturnCenter center, double meanWeight, int replicates) {
    this.center = center;
    this.meanWeight = meanWeight;
    this.replicates = Math.min(replicates, ReturnSums.MOST_REPLICATES);
    tailMean = new Spread(this.replicates);
    variance = new Spread(this.replicates);
  }

  void add(double weight, double value, double centeredWeight, double[] counts) {
    if (center.isDefined()) {
      double scale = weight / meanWeight;
      tailMean.add(scale * center.tailMeanPart(value), centeredWeight, counts);
      variance.add(scale * center.variancePart(value), centeredWeight, counts);
    }
  }

  void settle() {
    tailMean.settle();
    variance.settle();
  }

  void merge(ReturnSpread later) {
    tailMean.merge(later.tailMean);
    variance.merge(later.variance);
  }

  Figure tailMean(WeightSpread weights, double episodes, double[] drawn, double level) {
    return figure(tailMean, ReturnCenter::tailMean, weights, episodes, drawn, level);
  }

  Figure variance(WeightSpread weights, double episodes, double[] drawn, double level) {
    return figure(variance, ReturnCenter::variance, weights, episodes, drawn, level);
  }

  private Figure figure(
      Spread spread,
      ToDoubleFunction<ReturnCenter> first,
      WeightSpread weights,
      double episodes,
      double[] drawn,
      double level) {
    double start = first.applyAsDouble(center);
    double value = start + spread.mean(episodes);
    double[] values = new double[replicates];
    for (int b = 0; b < replicates; b++) {
      values[b] = start + spread.mean(b, drawn) * meanWeight / (weights.excess(b, drawn) + 1);
    }
    return new Figure(
        value,
        episodes > 1
            ? spread.interval(value, values, weights, episodes, drawn, level)
            : Optional.empty());
  }
}
