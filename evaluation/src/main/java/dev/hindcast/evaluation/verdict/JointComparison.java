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
 * all differences at once reach as far as the largest of all distances in a bootstrap replicate
 * does (the max-t bootstrap: Romano, Wolf 2005, Stepwise Multiple Testing as Formalized Data
 * Snooping, single step).
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
    List<Contender> apart = contenders.stream().filter(c -> c.alone().isPresent()).toList();
    double reach = apart.isEmpty() ? 0 : quantile(largest(apart), level);
    List<Standing> standings = new ArrayList<>();
    for (int i = 0; i < best.length; i++) {
      Contender contender = contenders.get(i);
      standings.add(
          new Standing(
              contender.name(),
              contender.value(),
              best[i],
              contender
                  .alone()
                  .map(alone -> stretched(alone, reach, quantile(contender.distances(), level)))));
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

  private static double[] largest(List<Contender> apart) {
    double[] largest = new double[apart.get(0).distances().length];
    Arrays.fill(largest, Double.NaN);
    for (Contender contender : apart) {
      for (int b = 0; b < largest.length; b++) {
        double distance = contender.distances()[b];
        if (!Double.isNaN(distance) && !(distance <= largest[b])) {
          largest[b] = distance;
        }
      }
    }
    return largest;
  }

  /** As much wider as the largest distance of all reaches farther than its own. */
  private static Difference stretched(Difference alone, double joint, double own) {
    double factor = own > 0 ? Math.max(1, joint / own) : 1;
    return new Difference(
        alone.value(),
        alone.value() - factor * (alone.value() - alone.lower()),
        alone.value() + factor * (alone.upper() - alone.value()));
  }

  private static double quantile(double[] distances, double level) {
    double[] sorted = Arrays.stream(distances).filter(d -> !Double.isNaN(d)).sorted().toArray();
    return sorted.length == 0 ? 0 : Interval.quantile(sorted, level);
  }
}
