package dev.hindcast.evaluation.verdict;

import dev.hindcast.core.report.EvaluationReport.Comparison;
import dev.hindcast.core.report.EvaluationReport.Difference;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Standing;
import dev.hindcast.evaluation.interval.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Several policies on one log, looked at together. An interval of its own holds each difference to
 * the incumbent most of the time; of ten such intervals one may well be wrong. Intervals that hold
 * all differences at once are intervals of a higher level, the same for each: the one that, in a
 * bootstrap replicate, the least likely of all distances stays within as often as all are to hold.
 * So each of them is as likely as the others to be the one that fails, and a policy with a few
 * heavy weights widens its own interval, not everybody's (Beran 1988, Balanced Simultaneous
 * Confidence Sets).
 */
public final class JointComparison {
  private JointComparison() {}

  /**
   * One policy among several.
   *
   * @param name its name
   * @param value its primary estimate
   * @param replicates the same in every bootstrap replicate; the replicates are common to all
   * @param alone its difference to the incumbent with an interval of its own; absent for the
   *     incumbent
   * @param distances (replicates) how many of a replicate's standard errors the difference lies
   *     from {@code alone} there; not a number where undefined; empty for the incumbent
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once; never compared
  public record Contender(
      String name,
      double value,
      double[] replicates,
      Optional<Difference> alone,
      double[] distances) {}

  /**
   * The comparison; none among fewer than two.
   *
   * @param level the share of logs in which all joint intervals are to hold
   */
  public static Optional<Comparison> of(List<Contender> contenders, double level) {
    if (contenders.size() < 2) {
      return Optional.empty();
    }
    double[] best = bestShares(contenders);
    double each = levelOfEach(contenders, level);
    List<Standing> standings = new ArrayList<>();
    for (int i = 0; i < best.length; i++) {
      Contender contender = contenders.get(i);
      standings.add(
          new Standing(
              contender.name(), contender.value(), best[i], stretched(contender, level, each)));
    }
    standings.sort(Comparator.comparingDouble(Standing::value).reversed());
    return Optional.of(new Comparison(standings));
  }

  /** What to say when policies to be promoted are not surely better all at once. */
  public static Optional<Remark> doubt(Comparison comparison, List<String> promoted) {
    List<String> unsure =
        comparison.standings().stream()
            .filter(standing -> promoted.contains(standing.name()))
            .filter(standing -> standing.jointDifference().map(d -> !(d.lower() > 0)).orElse(true))
            .map(Standing::name)
            .toList();
    return unsure.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Remark(
                "not-better-together",
                String.format(
                    Locale.ROOT,
                    "%d policies are compared with the incumbent at once, and one of so many may look better by luck: an interval that holds for all of them together does not show that %s is better. Decide which one to try before looking, or judge it on fresh episodes.",
                    comparison.standings().size() - 1,
                    String.join(", ", unsure))));
  }

  /** Ties share a replicate. */
  private static double[] bestShares(List<Contender> contenders) {
    double[] shares = new double[contenders.size()];
    int counted = 0;
    for (int b = 0; b < contenders.get(0).replicates().length; b++) {
      double most = Double.NEGATIVE_INFINITY;
      int holders = 0;
      for (Contender contender : contenders) {
        double value = contender.replicates()[b];
        if (value > most) { // never true of what is undefined in this replicate
          most = value;
          holders = 0;
        }
        holders += value == most ? 1 : 0;
      }
      if (holders == 0) {
        continue;
      }
      counted++;
      for (int i = 0; i < shares.length; i++) {
        shares[i] += contenders.get(i).replicates()[b] == most ? 1.0 / holders : 0;
      }
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] = counted == 0 ? 0 : shares[i] / counted;
    }
    return shares;
  }

  /** The level that each interval needs for all of them to hold at the level. */
  private static double levelOfEach(List<Contender> contenders, double level) {
    List<Contender> apart = contenders.stream().filter(JointComparison::isApart).toList();
    if (apart.size() < 2) {
      return level;
    }
    double[] largest = new double[apart.get(0).distances().length];
    for (Contender contender : apart) {
      double[] sorted = sorted(contender.distances());
      for (int b = 0; b < largest.length; b++) {
        largest[b] = Math.max(largest[b], share(sorted, contender.distances()[b]));
      }
    }
    return Math.max(level, Interval.quantile(sorted(largest), level));
  }

  /** How many of the distances are less, as a share; 0 of what is undefined. */
  private static double share(double[] sorted, double distance) {
    int at = Double.isNaN(distance) ? 0 : Arrays.binarySearch(sorted, distance);
    return (double) at / Math.max(1, sorted.length - 1);
  }

  /** Whether there is a difference to be wrong about, and not rounding alone. */
  private static boolean isApart(Contender contender) {
    double least = Judge.ROUNDING * Math.max(1, Math.abs(contender.value()));
    return contender.alone().map(d -> d.upper() - d.lower() > least).orElse(false);
  }

  private static Optional<Difference> stretched(Contender contender, double level, double each) {
    if (each == level || !isApart(contender)) {
      return contender.alone();
    }
    double[] sorted = sorted(contender.distances());
    double own = Interval.quantile(sorted, level);
    double factor = own > 0 ? Interval.quantile(sorted, each) / own : 1;
    return contender
        .alone()
        .map(
            alone ->
                new Difference(
                    alone.value(),
                    alone.value() - factor * (alone.value() - alone.lower()),
                    alone.value() + factor * (alone.upper() - alone.value())));
  }

  private static double[] sorted(double[] numbers) {
    return Arrays.stream(numbers).filter(number -> !Double.isNaN(number)).sorted().toArray();
  }
}
