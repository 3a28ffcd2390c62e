package dev.hindcast.evaluation.report;

import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.Pooled;
import dev.hindcast.core.report.Ranged;
import dev.hindcast.core.report.Segment;
import dev.hindcast.core.report.Segment.Difference;
import dev.hindcast.core.report.Segment.PolicyValue;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.evaluation.fold.SegmentMoments;
import dev.hindcast.evaluation.fold.Spreads;
import dev.hindcast.evaluation.interval.FalseDiscoveries;
import dev.hindcast.evaluation.interval.Shrinkage;
import dev.hindcast.evaluation.survey.Segmentation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.hipparchus.distribution.continuous.ChiSquaredDistribution;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.hipparchus.distribution.continuous.TDistribution;

/** What each policy is worth in each segment, beside the incumbent. */
final class SegmentsAssembly {
  /** Under so many effective episodes nothing is said of a segment. */
  static final double LEAST = 30;

  private static final int MOST_NAMED = 3;
  private static final int LOG = 0; // the candidate
  private static final double RARE = 0.001; // so unlikely by chance that people are told

  private final List<Segmentation.Label> labels;
  private final Spreads spreads;
  private final List<Integer> candidates;
  private final double level;
  private final String incumbent;

  /**
   * Of the second pass over a log.
   *
   * @param candidates (results) which candidate each result is of
   */
  SegmentsAssembly(Spreads spreads, List<Integer> candidates, double level, String incumbent) {
    labels = spreads.segmentLabels();
    this.spreads = spreads;
    this.candidates = candidates;
    this.level = level;
    this.incumbent = incumbent;
  }

  /** The segments that have episodes. */
  List<Segment> of(List<PolicyResult> results) {
    List<Integer> present = new ArrayList<>();
    for (int s = 0; s < labels.size(); s++) {
      if (spreads.segment(0, s).episodes() > 0) {
        present.add(s);
      }
    }
    Optional<Other> other = other(results);
    List<List<PolicyValue>> byPolicy = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      byPolicy.add(values(results.get(i), candidates.get(i), present, other));
    }
    List<Segment> segments = new ArrayList<>();
    for (int at = 0; at < present.size(); at++) {
      int place = at;
      Segmentation.Label label = labels.get(present.get(at));
      segments.add(
          new Segment(
              label.column(),
              label.name(),
              label.kind().key(),
              spreads.segment(0, present.get(at)).episodes(),
              byPolicy.stream().map(values -> values.get(place)).toList()));
    }
    return segments;
  }

  /** What to say of a policy that is worse than the incumbent somewhere. */
  static Optional<Remark> harm(String policy, String incumbent, List<Segment> segments) {
    List<String> places =
        segments.stream()
            .filter(
                segment ->
                    segment.policies().stream()
                        .filter(value -> value.policy().equals(policy))
                        .flatMap(value -> value.difference().stream())
                        .flatMap(difference -> difference.standsOut().stream())
                        .anyMatch("worse"::equals))
            .map(segment -> segment.column() + " " + segment.name())
            .toList();
    if (places.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Remark(
            "worse-in-segments",
            policy
                + ": where episodes begin with "
                + named(places)
                + ", it is worse than "
                + incumbent
                + ", more clearly than chance among so many segments explains."));
  }

  /**
   * Whether the log's own returns differ between labels: what holds for all of it may then not hold
   * for the latest day, or for one market (test of homogeneity: Cochran 1954).
   */
  List<Remark> drift(double meanReturn) {
    List<Remark> remarks = new ArrayList<>();
    byLabel(LOG, s -> (double) spreads.segment(LOG, s).episodes())
        .forEach((column, segments) -> drift(column, segments, meanReturn).ifPresent(remarks::add));
    return remarks;
  }

  /** What each policy is worth by the segments of each label together. */
  List<Pooled> pooled(List<PolicyResult> results) {
    List<Pooled> pooled = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      PolicyResult result = results.get(i);
      if (never(result).isPresent()) {
        continue;
      }
      int candidate = candidates.get(i);
      byLabel(candidate, s -> size(result, spreads.segment(candidate, s)))
          .forEach(
              (column, segments) -> {
                Pool pool = Pool.of(candidate, segments, spreads);
                double value = primaryValue(result) + pool.mean();
                double reach = normal((1 + level) / 2) * pool.error();
                pooled.add(
                    new Pooled(
                        column,
                        result.name(),
                        segments.size(),
                        value,
                        pool.error(),
                        value - reach,
                        value + reach,
                        pool.equalP()));
              });
    }
    return pooled;
  }

  /** The segments of each label that say enough of a candidate, where there are two or more. */
  private Map<String, List<Integer>> byLabel(int candidate, IntToDoubleFunction size) {
    Map<String, List<Integer>> byLabel = new LinkedHashMap<>();
    for (int s = 0; s < labels.size(); s++) {
      if (labels.get(s).kind() == Segmentation.Kind.LABEL
          && size.applyAsDouble(s) >= LEAST
          && spreads.segment(candidate, s).error() > 0) {
        byLabel.computeIfAbsent(labels.get(s).column(), c -> new ArrayList<>()).add(s);
      }
    }
    byLabel.values().removeIf(segments -> segments.size() < 2);
    return byLabel;
  }

  /**
   * Segments weighted by their precision.
   *
   * @param mean of how far values there lie from that of the whole
   * @param error the standard error of that mean
   * @param equalP the probability of such differences where there are none (Cochran 1954)
   */
  private record Pool(double mean, double error, double equalP) {
    static Pool of(int candidate, List<Integer> segments, Spreads spreads) {
      double precision = 0;
      double mean = 0;
      for (int s : segments) {
        double weight = 1 / square(spreads.segment(candidate, s).error());
        precision += weight;
        mean += weight * (spreads.segment(candidate, s).shift() - mean) / precision;
      }
      double distance = 0;
      for (int s : segments) {
        SegmentMoments moments = spreads.segment(candidate, s);
        distance += square((moments.shift() - mean) / moments.error());
      }
      double below =
          new ChiSquaredDistribution(segments.size() - 1.0).cumulativeProbability(distance);
      return new Pool(mean, 1 / Math.sqrt(precision), 1 - below);
    }
  }

  private Optional<Remark> drift(String column, List<Integer> segments, double meanReturn) {
    if (Pool.of(LOG, segments, spreads).equalP() > RARE) {
      return Optional.empty();
    }
    int lowest = segments.get(0);
    int highest = lowest;
    for (int s : segments) {
      double shift = spreads.segment(LOG, s).shift();
      lowest = shift < spreads.segment(LOG, lowest).shift() ? s : lowest;
      highest = shift > spreads.segment(LOG, highest).shift() ? s : highest;
    }
    return Optional.of(
        new Remark(
            "drift",
            String.format(
                Locale.ROOT,
                "The log's own returns differ by %s more than chance explains: their mean runs from %.3g (%s) to %.3g (%s). What holds for the whole log may not hold for each part of it.",
                column,
                meanReturn + spreads.segment(LOG, lowest).shift(),
                labels.get(lowest).name(),
                meanReturn + spreads.segment(LOG, highest).shift(),
                labels.get(highest).name())));
  }

  private static double square(double x) {
    return x * x;
  }

  /** Where a policy's weights do not average 1, as they do wherever propensities are right. */
  Optional<Remark> weightsOff(PolicyResult result, int candidate) {
    List<Integer> heavy = new ArrayList<>();
    for (int s = 0; s < labels.size(); s++) {
      SegmentMoments moments = spreads.segment(candidate, s);
      if (moments.effectiveSampleSize() >= LEAST && moments.meanWeightError() > 0) {
        heavy.add(s);
      }
    }
    double[] chances = new double[heavy.size()];
    for (int i = 0; i < chances.length; i++) {
      SegmentMoments moments = spreads.segment(candidate, heavy.get(i));
      double t = Math.abs(moments.meanWeight() - 1) / moments.meanWeightError();
      chances[i] = 2 * students(moments.effectiveSampleSize()).cumulativeProbability(-t);
    }
    double[] adjusted = FalseDiscoveries.adjusted(chances);
    List<String> places = new ArrayList<>();
    for (int i = 0; i < adjusted.length; i++) {
      if (adjusted[i] <= RARE) {
        Segmentation.Label label = labels.get(heavy.get(i));
        double mean = spreads.segment(candidate, heavy.get(i)).meanWeight();
        places.add(
            String.format(Locale.ROOT, "%.3g for %s %s", mean, label.column(), label.name()));
      }
    }
    return places.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Remark(
                "weights-off-in-segments",
                result.name()
                    + ": weights should average 1 among all episodes that begin alike, and average "
                    + named(places)
                    + ". Propensities are wrong there, or the log lacks what the policy does."));
  }

  private static String named(List<String> places) {
    String more =
        places.size() > MOST_NAMED ? " and " + (places.size() - MOST_NAMED) + " more" : "";
    return String.join(", ", places.subList(0, Math.min(MOST_NAMED, places.size()))) + more;
  }

  /** The incumbent, where it has values to compare with. */
  private record Other(PolicyResult result, int candidate) {}

  private Optional<Other> other(List<PolicyResult> results) {
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i).name().equals(incumbent) && never(results.get(i)).isEmpty()) {
        return Optional.of(new Other(results.get(i), candidates.get(i)));
      }
    }
    return Optional.empty();
  }

  private boolean isKnown(Other other, int segment) {
    SegmentMoments moments = spreads.segment(other.candidate(), segment);
    return tooLittle(moments, size(other.result(), moments)).isEmpty();
  }

  private List<PolicyValue> values(
      PolicyResult result, int candidate, List<Integer> present, Optional<Other> other) {
    Optional<String> never = never(result);
    List<PolicyValue> values = new ArrayList<>();
    Map<Integer, SegmentMoments> compared = new LinkedHashMap<>();
    for (int s : present) {
      SegmentMoments moments = spreads.segment(candidate, s);
      double size = size(result, moments);
      Optional<String> because = never.or(() -> tooLittle(moments, size));
      if (because.isEmpty()
          && !result.name().equals(incumbent)
          && other.filter(incumbents -> isKnown(incumbents, s)).isPresent()
          && moments.differenceError() > 0) {
        compared.put(values.size(), moments);
      }
      values.add(
          new PolicyValue(
              result.name(),
              never.isPresent() ? Optional.empty() : Estimate.finite(size),
              because.isPresent()
                  ? Optional.empty()
                  : Optional.of(
                      around(primaryValue(result) + moments.shift(), moments.error(), size)),
              Optional.empty(),
              because));
    }
    if (!compared.isEmpty()) {
      compare(
          compared,
          values,
          primaryValue(result) - primaryValue(other.orElseThrow().result()),
          present);
    }
    return values;
  }

  /** Adds the differences to values, given how far each lies from that of the whole. */
  private void compare(
      Map<Integer, SegmentMoments> compared,
      List<PolicyValue> values,
      double whole,
      List<Integer> present) {
    List<Integer> places = List.copyOf(compared.keySet());
    double[] chances = new double[places.size()];
    for (int i = 0; i < chances.length; i++) {
      SegmentMoments moments = compared.get(places.get(i));
      double t = Math.abs(whole + moments.difference()) / moments.differenceError();
      chances[i] = 2 * students(size(values, places.get(i))).cumulativeProbability(-t);
    }
    double[] adjusted = FalseDiscoveries.adjusted(chances);
    Map<Integer, Shrinkage.Shrunk> shrunk = shrunk(compared, whole, present);
    for (int i = 0; i < chances.length; i++) {
      PolicyValue value = values.get(places.get(i));
      SegmentMoments moments = compared.get(places.get(i));
      double difference = whole + moments.difference();
      Ranged plain = around(difference, moments.differenceError(), size(values, places.get(i)));
      Shrinkage.Shrunk drawn = shrunk.get(places.get(i));
      double reach = normal((1 + level) / 2) * drawn.error();
      Optional<String> standsOut =
          adjusted[i] <= 1 - level
              ? Optional.of(difference > 0 ? "better" : "worse")
              : Optional.empty();
      values.set(
          places.get(i),
          new PolicyValue(
              value.policy(),
              value.effectiveSampleSize(),
              value.value(),
              Optional.of(
                  new Difference(
                      difference,
                      plain.lower().orElseThrow(),
                      plain.upper().orElseThrow(),
                      new Ranged(
                          drawn.value(),
                          Optional.of(drawn.value() - reach),
                          Optional.of(drawn.value() + reach)),
                      adjusted[i],
                      standsOut)),
              Optional.empty()));
    }
  }

  /** Each column's segments are drawn towards one another. */
  private Map<Integer, Shrinkage.Shrunk> shrunk(
      Map<Integer, SegmentMoments> compared, double whole, List<Integer> present) {
    Map<String, List<Integer>> byColumn = new LinkedHashMap<>();
    for (int place : compared.keySet()) {
      String column = labels.get(present.get(place)).column();
      byColumn.computeIfAbsent(column, c -> new ArrayList<>()).add(place);
    }
    Map<Integer, Shrinkage.Shrunk> shrunk = new LinkedHashMap<>();
    for (List<Integer> places : byColumn.values()) {
      double[] differences = new double[places.size()];
      double[] errors = new double[places.size()];
      Arrays.setAll(differences, i -> whole + compared.get(places.get(i)).difference());
      Arrays.setAll(errors, i -> compared.get(places.get(i)).differenceError());
      List<Shrinkage.Shrunk> drawn = Shrinkage.of(differences, errors);
      for (int i = 0; i < places.size(); i++) {
        shrunk.put(places.get(i), drawn.get(i));
      }
    }
    return shrunk;
  }

  /** Why a policy has no value in any segment. */
  private static Optional<String> never(PolicyResult result) {
    if (result.verdict().decision() == Decision.NOT_EVALUABLE) {
      return Optional.of("the log cannot say what the policy is worth");
    }
    Optional<Estimate> primary = result.primary();
    if (primary.flatMap(Estimate::value).isEmpty()) {
      return Optional.of("there is no estimate");
    }
    Estimators.Entry entry = Estimators.named(primary.get().estimator()).orElseThrow();
    return entry.followsEpisodes()
        ? Optional.empty()
        : Optional.of(entry.label() + " follows visits of states, not episodes");
  }

  private static Optional<String> tooLittle(SegmentMoments moments, double size) {
    if (!(size >= LEAST)) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "too few: %.1f effective episodes, of %.0f that it takes",
              Double.isNaN(size) ? 0 : size,
              LEAST));
    }
    return Double.isFinite(moments.shift()) && Double.isFinite(moments.error())
        ? Optional.empty()
        : Optional.of("its weights are too large for a number");
  }

  private static double size(PolicyResult result, SegmentMoments moments) {
    return result
        .primary()
        .flatMap(primary -> Estimators.named(primary.estimator()))
        .filter(Estimators.Entry::isWeighted)
        .map(entry -> moments.effectiveSampleSize())
        .orElse((double) moments.episodes());
  }

  private static double primaryValue(PolicyResult result) {
    return result.primary().flatMap(Estimate::value).orElse(Double.NaN);
  }

  private static double size(List<PolicyValue> values, int place) {
    return values.get(place).effectiveSampleSize().orElseThrow();
  }

  private Ranged around(double value, double error, double size) {
    double reach = students(size).inverseCumulativeProbability((1 + level) / 2) * error;
    return new Ranged(value, Optional.of(value - reach), Optional.of(value + reach));
  }

  private static TDistribution students(double size) {
    return new TDistribution(size - 1);
  }

  private static double normal(double share) {
    return new NormalDistribution().inverseCumulativeProbability(share);
  }
}
