package dev.hindcast.evaluation.report;

import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.Verdict;
import dev.hindcast.core.report.Ranged;
import dev.hindcast.core.report.ReturnDistribution;
import dev.hindcast.core.report.ReturnDistribution.Point;
import dev.hindcast.core.report.ReturnDistribution.Quantile;
import dev.hindcast.evaluation.fold.Spreads;
import dev.hindcast.evaluation.fold.Totals;
import dev.hindcast.evaluation.interval.Figure;
import dev.hindcast.evaluation.interval.Interval;
import dev.hindcast.evaluation.plan.ReturnsConfig;
import dev.hindcast.evaluation.returns.ReturnGrid;
import dev.hindcast.evaluation.returns.WeightedReturns;
import dev.hindcast.evaluation.verdict.Judge;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** How returns are distributed under each policy, where the log can tell. */
final class ReturnsAssembly {
  private final ReturnsConfig config;
  private final double level;
  private final Totals totals;
  private final Spreads spreads;

  ReturnsAssembly(ReturnsConfig config, double level, Totals totals, Spreads spreads) {
    this.config = config;
    this.level = level;
    this.totals = totals;
    this.spreads = spreads;
  }

  /** The distribution under a candidate, on which this verdict was passed. */
  ReturnDistribution of(int candidate, Verdict verdict) {
    if (verdict.decision() == Decision.NOT_EVALUABLE) {
      return absent("this log cannot say what the policy is worth, let alone how returns spread");
    }
    Optional<WeightedReturns> returns = totals.returns(candidate);
    if (returns.isEmpty()) {
      return absent(
          "no episode has a weight under this policy, as in a log without propensities, or weights are too large for a number");
    }
    double size = totals.weights(candidate).effectiveSampleSize(Optional.empty());
    if (!(size >= Judge.LEAST_EFFECTIVE_SAMPLE_SIZE)) {
      return absent(
          String.format(
              Locale.ROOT,
              "its weights amount to %.1f effective episodes, under %.0f of which nothing is said",
              size,
              Judge.LEAST_EFFECTIVE_SAMPLE_SIZE));
    }
    return of(returns.get(), candidate);
  }

  private ReturnDistribution absent(String because) {
    return ReturnDistribution.absent(config.tail(), because);
  }

  private ReturnDistribution of(WeightedReturns returns, int candidate) {
    ReturnGrid grid = totals.returnGrid();
    List<Interval> band = totals.returnBand(candidate, level);
    List<Point> points = new ArrayList<>();
    for (int k = 0; k < band.size(); k++) {
      points.add(
          new Point(grid.threshold(k), returns.share(k), band.get(k).lower(), band.get(k).upper()));
    }
    return new ReturnDistribution(
        grid.isExact(),
        Estimate.finite(returns.mean()),
        ranged(spreads.variance(candidate, totals, level)).map(ReturnsAssembly::atLeastZero),
        config.tail(),
        ranged(spreads.tailMean(candidate, totals, level)),
        config.quantiles().stream().map(share -> quantile(share, returns, points)).toList(),
        points,
        Optional.empty());
  }

  private static Optional<Ranged> ranged(Figure figure) {
    return Estimate.finite(figure.value())
        .map(
            value ->
                new Ranged(
                    value,
                    figure.interval().map(Interval::lower),
                    figure.interval().map(Interval::upper)));
  }

  private static Ranged atLeastZero(Ranged variance) {
    return new Ranged(
        Math.max(0, variance.value()),
        variance.lower().map(lower -> Math.max(0, lower)),
        variance.upper());
  }

  /** Read off the band: a return is in the interval unless too many or too few lie below it. */
  private static Quantile quantile(double share, WeightedReturns returns, List<Point> points) {
    double value = returns.quantile(share);
    double lower = first(points, point -> point.upper() >= share);
    double upper = first(points, point -> point.lower() >= share);
    return new Quantile(share, value, Math.min(lower, value), Math.max(upper, value));
  }

  private static double first(List<Point> points, Predicate<Point> reaches) {
    return points.stream()
        .filter(reaches)
        .findFirst()
        .orElse(points.get(points.size() - 1)) // whose share is 1
        .at();
  }
}
