package dev.hindcast.evaluation.report;

import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.Pooled;
import dev.hindcast.core.report.Ranged;
import dev.hindcast.core.report.Segment;
import dev.hindcast.core.report.Segment.Difference;
import dev.hindcast.core.report.Segment.PolicyValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Values by segment in words and well-set numbers; public only for the page's templates. */
public final class SegmentsView {
  private static final int MOST_POLICIES = 8;
  private static final int MOST_PLACES = 5; // in one line

  private final ReportView view;

  SegmentsView(ReportView view) {
    this.view = view;
  }

  /** Whether the report looks at segments. */
  public boolean isShown() {
    return !view.report().segments().isEmpty();
  }

  /** The first policies beside the incumbent, or the incumbent where it is alone. */
  public List<PolicyResult> policies() {
    return view.judged().stream().limit(MOST_POLICIES).toList();
  }

  /** How many policies are in {@code report.json} only. */
  public int more() {
    return view.judged().size() - policies().size();
  }

  /** Whether a policy is compared with the incumbent anywhere. */
  public boolean isCompared(PolicyResult policy) {
    return view.report().segments().stream()
        .anyMatch(segment -> of(segment, policy).difference().isPresent());
  }

  /** What policies are worth by the segments of a label together. */
  public List<Pooled> pooled() {
    return view.report().pooled();
  }

  /** A pooled value. */
  public String value(Pooled pooled) {
    return view.number(Optional.of(pooled.value()));
  }

  /** Its interval. */
  public String range(Pooled pooled) {
    return range(pooled.lower(), pooled.upper());
  }

  /** How likely chance alone makes its segments differ so much. */
  public String equal(Pooled pooled) {
    return probability(pooled.equalP());
  }

  /** Where a policy stands in the report. */
  public int index(PolicyResult policy) {
    return view.report().policies().indexOf(policy);
  }

  /** The size of one policy's weights in a segment. */
  public String size(Segment segment, PolicyResult policy) {
    return view.size(of(segment, policy).effectiveSampleSize());
  }

  /** What a policy is worth in a segment. */
  public String value(Segment segment, PolicyResult policy) {
    return view.number(of(segment, policy).value().map(Ranged::value));
  }

  /** Its interval, or why there is none. */
  public String range(Segment segment, PolicyResult policy) {
    PolicyValue value = of(segment, policy);
    return value.value().map(this::range).or(value::absentBecause).orElse("");
  }

  /** What the incumbent is worth there. */
  public String incumbent(Segment segment) {
    return view.report()
        .policy(view.report().incumbent())
        .map(policy -> value(segment, policy))
        .orElse("");
  }

  /** The difference by itself. */
  public String difference(Segment segment, PolicyResult policy) {
    return view.signed(of(segment, policy).difference().map(Difference::value));
  }

  /** Its interval. */
  public String differenceRange(Segment segment, PolicyResult policy) {
    return of(segment, policy).difference().map(d -> range(d.lower(), d.upper())).orElse("");
  }

  /** The difference drawn towards those of other segments. */
  public String shrunk(Segment segment, PolicyResult policy) {
    return view.signed(of(segment, policy).difference().map(d -> d.shrunk().value()));
  }

  /** Its interval. */
  public String shrunkRange(Segment segment, PolicyResult policy) {
    return of(segment, policy)
        .difference()
        .map(d -> range(d.shrunk().lower().orElseThrow(), d.shrunk().upper().orElseThrow()))
        .orElse("");
  }

  /** How likely chance alone is, and what follows. */
  public String chance(Segment segment, PolicyResult policy) {
    Optional<Difference> difference = of(segment, policy).difference();
    String stands = difference.flatMap(Difference::standsOut).map(how -> ", " + how).orElse("");
    return difference.map(d -> probability(d.adjustedP()) + stands).orElse("");
  }

  /** Where a policy stands out, in one line without its name; empty where it does nowhere. */
  public Optional<String> words(PolicyResult policy) {
    String better = places(policy, "better");
    String worse = places(policy, "worse");
    if (better.isEmpty() && worse.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        (better.isEmpty() ? "" : "better for " + better)
            + (better.isEmpty() || worse.isEmpty() ? "" : "; ")
            + (worse.isEmpty() ? "" : "worse for " + worse)
            + ".");
  }

  private String places(PolicyResult policy, String how) {
    List<String> all =
        view.report().segments().stream()
            .filter(
                segment ->
                    of(segment, policy)
                        .difference()
                        .flatMap(Difference::standsOut)
                        .filter(how::equals)
                        .isPresent())
            .map(segment -> segment.column() + " " + segment.name())
            .toList();
    List<String> first = all.subList(0, Math.min(MOST_PLACES, all.size()));
    return String.join(", ", first)
        + (all.size() > first.size() ? " and " + (all.size() - first.size()) + " more" : "");
  }

  private static PolicyValue of(Segment segment, PolicyResult policy) {
    return segment.policies().stream()
        .filter(value -> value.policy().equals(policy.name()))
        .findFirst()
        .orElse(
            new PolicyValue(
                policy.name(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  private static String probability(double p) {
    return p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p);
  }

  private String range(Ranged figure) {
    return range(figure.lower().orElseThrow(), figure.upper().orElseThrow());
  }

  private String range(double lower, double upper) {
    return view.number(Optional.of(lower)) + " to " + view.number(Optional.of(upper));
  }
}
