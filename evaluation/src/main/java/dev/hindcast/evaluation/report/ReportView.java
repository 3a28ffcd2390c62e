package dev.hindcast.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.AgainstTruth;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.Diagnostics;
import dev.hindcast.core.report.EvaluationReport.LearningCurve;
import dev.hindcast.core.report.EvaluationReport.PastPolicy;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Source;
import dev.hindcast.core.report.EvaluationReport.Standing;
import dev.hindcast.core.report.EvaluationReport.Trial;
import dev.hindcast.core.report.EvaluationReport.WeightHistogram;
import dev.hindcast.evaluation.diagnostic.LogAudit;
import dev.hindcast.evaluation.estimator.Estimators;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A report in words and well-set numbers, for the page's templates; public only for them. */
public final class ReportView {
  private static final String NOTHING = "\u2013";
  private static final String MINUS = "\u2212";
  private static final int MOST_SERIES = 6;
  private static final int MOST_STEP_ROWS = 60;

  private final EvaluationReport report;
  private final int decimals;

  /** A view of a report. */
  public ReportView(EvaluationReport report) {
    this.report = report;
    this.decimals =
        decimals(report.policies().stream().flatMap(policy -> policy.primary().stream()));
  }

  /** One row of a small table. */
  public record Bar(String label, long count, String text) {}

  /** The learning curves of one algorithm, and which figures are drawn of them. */
  public record CurveGroup(String algorithm, List<String> series, List<LearningCurve> curves) {}

  /** The report itself. */
  public EvaluationReport report() {
    return report;
  }

  /** How returns are distributed under the policies. */
  public ReturnsView returns() {
    return new ReturnsView(this);
  }

  /** What the reward is made of. */
  public ComponentsView components() {
    return new ComponentsView(this);
  }

  /** What policies are worth by segment. */
  public SegmentsView segments() {
    return new SegmentsView(this);
  }

  /** Every policy but the incumbent; the incumbent too when there is no other. */
  public List<PolicyResult> judged() {
    List<PolicyResult> others =
        report.policies().stream()
            .filter(policy -> !policy.name().equals(report.incumbent()))
            .toList();
    return others.isEmpty() ? report.policies() : others;
  }

  /** The outcome in one sentence. */
  public String lead() {
    List<String> promoted = named(Decision.PROMOTE);
    if (!promoted.isEmpty()) {
      return "The evidence is good enough to promote " + String.join(", ", promoted) + ".";
    }
    if (named(Decision.NOT_EVALUABLE).size() == judged().size()) {
      return "This log cannot say what any of these policies is worth.";
    }
    boolean anyBetter =
        judged().stream()
            .filter(policy -> policy.verdict().decision() == Decision.HOLD)
            .filter(
                policy ->
                    policy.verdict().reasons().stream()
                        .noneMatch(reason -> reason.code().equals("not-better-than-incumbent")))
            .flatMap(policy -> policy.differenceToIncumbent().stream())
            .anyMatch(difference -> difference.lower() > 0);
    return anyBetter
        ? "No policy meets every condition for being promoted over " + report.incumbent() + "."
        : "No policy is shown to be better than "
            + report.incumbent()
            + " well enough to promote it.";
  }

  /** Whether the log can be trusted. */
  public AuditView audit() {
    return new AuditView(this);
  }

  /** A figure of a check with so many decimals. */
  public String checked(Optional<Double> figure, int digits) {
    return figure
        .map(f -> String.format(Locale.ROOT, "%." + digits + "f", f).replace("-", MINUS))
        .orElse(NOTHING);
  }

  /** How heavy the tail of the weights is. */
  public String tail(double shape) {
    String words =
        shape <= 0.5
            ? "averages settle quickly"
            : shape <= LogAudit.LARGEST_SHAPE ? "averages settle slowly" : "averages do not settle";
    return "Pareto shape "
        + String.format(Locale.ROOT, "%.2f", shape).replace("-", MINUS)
        + ": "
        + words;
  }

  private List<String> named(Decision decision) {
    return judged().stream()
        .filter(policy -> policy.verdict().decision() == decision)
        .map(PolicyResult::name)
        .toList();
  }

  /** The decision as a word on a label. */
  public String decision(PolicyResult policy) {
    return switch (policy.verdict().decision()) {
      case PROMOTE -> "Promote";
      case HOLD -> "Hold";
      case NOT_EVALUABLE -> "Not evaluable";
    };
  }

  /** How many reasons there are beyond the first. */
  public String moreReasons(PolicyResult policy) {
    int more = policy.verdict().reasons().size() - 1;
    return more == 1 ? "One more reason below." : more + " more reasons below.";
  }

  /** The primary estimate. */
  public String value(PolicyResult policy) {
    return number(policy.primary().flatMap(Estimate::value));
  }

  /** The interval of the primary estimate, with its estimator. */
  public String range(PolicyResult policy) {
    return policy
        .primary()
        .map(primary -> interval(primary) + " by " + primary.label())
        .orElse("no estimate");
  }

  /** An estimate's interval. */
  public String interval(Estimate estimate) {
    return estimate.hasInterval()
        ? number(estimate.lower()) + " to " + number(estimate.upper())
        : "no interval";
  }

  /** How much better than the incumbent. */
  public String difference(PolicyResult policy) {
    return policy.differenceToIncumbent().map(d -> signed(d.value())).orElse(NOTHING);
  }

  /** The interval of the difference. */
  public String differenceRange(PolicyResult policy) {
    return policy
        .differenceToIncumbent()
        .map(d -> signed(d.lower()) + " to " + signed(d.upper()))
        .orElse("");
  }

  /** A difference to the incumbent that is to hold together with all others. */
  public String jointRange(Standing standing) {
    return standing
        .jointDifference()
        .map(d -> signed(d.lower()) + " to " + signed(d.upper()))
        .orElse(NOTHING);
  }

  /** How the estimates would have chosen among policies whose values are known. */
  public String againstTruth() {
    AgainstTruth truth = report.againstTruth().orElseThrow();
    StringBuilder words = new StringBuilder();
    words
        .append("Of ")
        .append(count(truth.policies()))
        .append(" policies the value is known. Taking the one with the highest estimate costs ")
        .append(number(truth.regret().get(0)))
        .append(" against the best of them");
    truth
        .rankCorrelation()
        .ifPresent(
            rho ->
                words
                    .append("; the order by estimate and that by value correlate by ")
                    .append(minus(String.format(Locale.ROOT, "%.2f", rho)))
                    .append(" (Spearman)"));
    truth
        .falselyPreferred()
        .ifPresent(
            share ->
                words
                    .append("; of those worse than the incumbent ")
                    .append(shareText(share))
                    .append(" are estimated to be at least as good"));
    truth
        .falselyRejected()
        .ifPresent(
            share ->
                words
                    .append("; of the others ")
                    .append(shareText(share))
                    .append(" are estimated to be worse"));
    return words.append('.').toString();
  }

  /** What a policy's own log shows. */
  public String ownLog(PastPolicy policy) {
    return number(policy.value())
        + " \u00b1 "
        + number(policy.standardError())
        + " in "
        + count(policy.episodes())
        + " episodes of "
        + policy.dataset();
  }

  /** The trials of one policy. */
  public List<Trial> trials(PastPolicy policy) {
    return report.backTest().orElseThrow().trials().stream()
        .filter(trial -> trial.policy().equals(policy.name()))
        .toList();
  }

  /** By how much an estimate was too high, or with a minus too low. */
  public String error(Trial trial) {
    return signed(trial.error());
  }

  /** A value, with as many decimals as the intervals of this report deserve. */
  public String number(Optional<Double> figure) {
    return number(figure, decimals);
  }

  private String number(double figure) {
    return number(figure, decimals);
  }

  /** A value with so many decimals. */
  static String number(Optional<Double> figure, int decimals) {
    return figure.map(there -> number(there, decimals)).orElse(NOTHING);
  }

  private static String number(double figure, int decimals) {
    String format = Math.abs(figure) >= 1e6 ? "%.3e" : "%,." + decimals + "f";
    String text = String.format(Locale.ROOT, format, figure);
    return isZero(text) ? text.replace("-", "") : minus(text);
  }

  /** A difference, with its sign. */
  String signed(Optional<Double> figure) {
    return signed(figure, decimals);
  }

  private String signed(double figure) {
    return signed(figure, decimals);
  }

  /** A difference with so many decimals. */
  static String signed(Optional<Double> figure, int decimals) {
    return figure.map(there -> signed(there, decimals)).orElse(NOTHING);
  }

  private static String signed(double figure, int decimals) {
    String text = number(figure, decimals);
    return figure > 0 && !isZero(text) ? "+" + text : text;
  }

  private static boolean isZero(String number) {
    return number.matches("-?0(\\.0+)?");
  }

  /** A number as short as it can be without loss for settings such as a discount. */
  public String plain(double figure) {
    return figure == Math.rint(figure) && Math.abs(figure) < 1e15
        ? Long.toString((long) figure)
        : minus(Double.toString(figure));
  }

  /** A whole number with separators. */
  public String count(long figure) {
    return String.format(Locale.ROOT, "%,d", figure);
  }

  /** An effective sample size or a length: one decimal when small. */
  public String size(Optional<Double> figure) {
    return figure
        .map(x -> String.format(Locale.ROOT, x < 100 ? "%.1f" : "%,.0f", x))
        .orElse(NOTHING);
  }

  /** How many discrete actions there are. */
  public String actions() {
    return report.behavior().actions().map(n -> count(n)).orElse(NOTHING);
  }

  /** A weight with three digits. */
  public String weight(Optional<Double> figure) {
    return figure.map(x -> String.format(Locale.ROOT, "%.3g", x)).orElse(NOTHING);
  }

  /** A share in percent, small ones with more digits. */
  public String share(Optional<Double> figure) {
    return figure.map(ReportView::shareText).orElse(NOTHING);
  }

  private static String shareText(double share) {
    double percent = 100 * share;
    if (percent == 0) {
      return "0 %";
    }
    return percent < 0.01
        ? "< 0.01 %"
        : String.format(Locale.ROOT, percent < 1 ? "%.2f %%" : "%.1f %%", percent);
  }

  /** A level such as 95 %. */
  public String percent(double share) {
    return plain(Math.round(share * 100_000) / 1000.0) + " %";
  }

  /** A row count's share of the rows read. */
  public String shareOfRows(long rows) {
    return report.rows().read() == 0 ? NOTHING : shareText((double) rows / report.rows().read());
  }

  /** Whether any policy comes with a known value. */
  public boolean hasKnownValues() {
    return report.policies().stream().anyMatch(policy -> policy.knownValue().isPresent());
  }

  /** Whether episodes can have more than one step. */
  public boolean isSequential() {
    return report.dataset().maxLength() > 1;
  }

  /** Whether there are weights to draw. */
  public boolean hasWeights(PolicyResult policy) {
    return policy.diagnostics().flatMap(Diagnostics::meanWeight).isPresent();
  }

  /** What a policy is, in a line. */
  public String describe(PolicyResult policy) {
    String kind =
        switch (policy.kind()) {
          case "logged" -> "The policy that made the log";
          case "uniform" -> "Every admissible action alike";
          case "constant" -> "One action always";
          case "table" -> "A table of action probabilities";
          case "bundle" -> "A trained bundle";
          default -> policy.kind();
        };
    return kind
        + ", "
        + policy.fingerprint().brief()
        + by("; Q-values by ", policy.qFunctions())
        + by("; visit ratios by ", policy.visitRatios())
        + ".";
  }

  private static String by(String words, List<Source> sources) {
    return sources.isEmpty()
        ? ""
        : words + sources.stream().map(Source::name).collect(Collectors.joining(", "));
  }

  /** Warnings that the verdict's reasons do not say already. */
  public List<Remark> otherWarnings(PolicyResult policy) {
    Set<String> said =
        policy.verdict().reasons().stream().map(Remark::code).collect(Collectors.toSet());
    return policy.warnings().stream().filter(warning -> !said.contains(warning.code())).toList();
  }

  /** The mean weight and what to make of it. */
  public String meanWeight(PolicyResult policy) {
    Diagnostics d = policy.diagnostics().orElseThrow();
    if (d.meanWeight().isEmpty()) {
      return "no weights";
    }
    return String.format(Locale.ROOT, "%.4g", d.meanWeight().get())
        + d.meanWeightZ()
            .map(z -> minus(String.format(Locale.ROOT, " (expected 1; z = %.1f)", z)))
            .orElse(" (expected 1)");
  }

  /** The unsupported mass and what it was measured by. */
  public String support(PolicyResult policy) {
    Diagnostics d = policy.diagnostics().orElseThrow();
    String by =
        switch (d.strata()) {
          case "observation" -> "by " + count(d.strataCount()) + " distinct observations";
          case "categories" -> "by " + count(d.strataCount()) + " distinct sets of categories";
          case "densities" -> "by how far the mean ratio of densities is under 1";
          default -> "over the whole log, whose observations are too varied to compare";
        };
    return share(d.unsupportedMass()) + ", " + by;
  }

  /** The weight histogram as rows; empty bins at both ends are left out. */
  public List<Bar> bars(PolicyResult policy) {
    WeightHistogram h = policy.diagnostics().orElseThrow().weightHistogram();
    List<Bar> bars = new ArrayList<>();
    bars.add(bar("exactly 0", h.zero()));
    if (h.below() > 0) {
      bars.add(bar("under " + power(h.lowest()), h.below()));
    }
    int first = 0;
    int last = h.counts().size() - 1;
    while (first <= last && h.counts().get(first) == 0) {
      first++;
    }
    while (last >= first && h.counts().get(last) == 0) {
      last--;
    }
    for (int i = first; i <= last; i++) {
      double from = h.lowest() + i * h.width();
      bars.add(bar(power(from) + " to " + power(from + h.width()), h.counts().get(i)));
    }
    if (h.above() > 0) {
      bars.add(bar("over " + power(h.lowest() + h.counts().size() * h.width()), h.above()));
    }
    return bars;
  }

  /** Effective sample sizes by step; of long episodes, evenly spaced steps. */
  public List<Bar> steps(PolicyResult policy) {
    List<Double> sizes = policy.diagnostics().orElseThrow().effectiveSampleSizeByStep();
    int every = (sizes.size() + MOST_STEP_ROWS - 1) / MOST_STEP_ROWS;
    List<Bar> bars = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i += Math.max(1, every)) {
      bars.add(new Bar(Integer.toString(i + 1), 0, size(Optional.of(sizes.get(i)))));
    }
    return bars;
  }

  private static Bar bar(String label, long count) {
    return new Bar(label, count, "");
  }

  private static String power(double exponent) {
    // One digit: bins are half a power of ten wide, and 3 says 3.16 well enough.
    return minus(
        new java.math.BigDecimal(Math.pow(10, exponent))
            .round(new java.math.MathContext(1))
            .stripTrailingZeros()
            .toPlainString());
  }

  /** The learning curves by algorithm. */
  public List<CurveGroup> curveGroups() {
    Map<String, List<LearningCurve>> byAlgorithm = new LinkedHashMap<>();
    report
        .learningCurves()
        .forEach(
            curve ->
                byAlgorithm.computeIfAbsent(curve.algorithm(), a -> new ArrayList<>()).add(curve));
    return byAlgorithm.entrySet().stream()
        .map(
            entry ->
                new CurveGroup(
                    entry.getKey(),
                    entry.getValue().stream()
                        .flatMap(curve -> curve.series().keySet().stream())
                        .distinct()
                        .limit(MOST_SERIES)
                        .toList(),
                    entry.getValue()))
        .toList();
  }

  /** The last figure of a curve. */
  public String last(LearningCurve curve, String series) {
    List<Double> figures = curve.series().getOrDefault(series, List.of());
    return figures.isEmpty()
        ? NOTHING
        : minus(String.format(Locale.ROOT, "%.4g", figures.get(figures.size() - 1)));
  }

  /** Which episodes were evaluated. */
  public String part() {
    return switch (report.dataset().split()) {
      case "held_out" -> "held out: learners have not seen these episodes";
      case "training" -> "training: learners have seen these episodes";
      default -> "all episodes, those that learners have seen included";
    };
  }

  /** How the log did. */
  public String behaviorReturn() {
    Estimate mean = report.behavior().meanReturn();
    return number(mean.value()) + " (" + interval(mean) + ")";
  }

  /** What is known of propensities. */
  public String propensities() {
    String minimum =
        report
            .behavior()
            .minPropensity()
            .map(p -> String.format(Locale.ROOT, ", the least is %.3g", p))
            .orElse("");
    String inverse =
        report
            .behavior()
            .meanInversePropensity()
            .map(m -> String.format(Locale.ROOT, "; 1/p averages %.3g", m))
            .orElse("");
    return report.behavior().propensities() + minimum + inverse;
  }

  /** The settings in force, in words. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    report
        .provenance()
        .config()
        .fields()
        .forEachRemaining(
            field -> settings.put(field.getKey().replace('_', ' '), text(field.getValue())));
    return settings;
  }

  private static String text(JsonNode node) {
    if (node.isArray()) {
      List<String> items = new ArrayList<>();
      node.forEach(item -> items.add(text(item)));
      return items.isEmpty() ? NOTHING : String.join(", ", items);
    }
    if (node.isObject()) {
      List<String> items = new ArrayList<>();
      node.fields()
          .forEachRemaining(
              field -> items.add(field.getKey().replace('_', ' ') + " " + text(field.getValue())));
      return items.isEmpty() ? NOTHING : String.join(", ", items);
    }
    return node.asText();
  }

  /** The command that makes the same report again, with names in place of places. */
  public String command() {
    StringBuilder command =
        new StringBuilder("hindcast evaluate --config CONFIG --dataset DATASET");
    Set<String> notBundles =
        report.policies().stream()
            .filter(policy -> !policy.kind().equals("bundle"))
            .map(PolicyResult::name)
            .collect(Collectors.toSet());
    String bundles =
        report.provenance().inputs().stream()
            .filter(input -> !input.role().equals("dataset"))
            .map(Provenance.Input::name)
            .filter(name -> !notBundles.contains(name))
            .map(ReportView::shellWord)
            .distinct()
            .collect(Collectors.joining(" "));
    if (!bundles.isEmpty()) {
      command.append(" --bundle ").append(bundles);
    }
    return command.append(" --output REPORT").toString();
  }

  private static String shellWord(String name) {
    return name.matches("[A-Za-z0-9._/+-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
  }

  /** What the intervals are. */
  public String intervalNote() {
    return "Aims to hold the true value "
        + percent(report.level())
        + " of the time, from "
        + count(report.replicates())
        + " bootstrap replicates of whole episodes. It knows the luck of the draw; it does not know"
        + " wrong propensities, missing support, or the error of a Q-function.";
  }

  /** The estimators that occur, for the legend. */
  public List<Estimators.Entry> estimatorsShown() {
    Set<String> shown = new LinkedHashSet<>();
    report
        .policies()
        .forEach(policy -> policy.estimates().forEach(estimate -> shown.add(estimate.estimator())));
    return Estimators.all().stream().filter(entry -> shown.contains(entry.name())).toList();
  }

  /** The page's styles. */
  public String css() {
    return PageParts.css();
  }

  /** The page's own script. */
  public String script() {
    return PageParts.script("report.js");
  }

  /** The chart library. */
  public String echarts() {
    return PageParts.echarts();
  }

  /** The report as JSON that can stand inside a script element, whatever names it holds. */
  public String data() {
    return PageParts.data(report);
  }

  /** Nothing may be fetched, and no script may run but these two. */
  public String contentSecurityPolicy() {
    return PageParts.contentSecurityPolicy(script());
  }

  /** Two digits of the narrowest interval are shown, and no more than six decimals. */
  static int decimals(Stream<Estimate> estimates) {
    double width =
        estimates
            .filter(Estimate::hasInterval)
            .mapToDouble(e -> e.upper().orElseThrow() - e.lower().orElseThrow())
            .filter(w -> w > 0)
            .min()
            .orElse(0.01);
    return (int) Math.max(0, Math.min(6, 1 - Math.floor(Math.log10(width))));
  }

  private static String minus(String number) {
    return number.replace("-", MINUS);
  }
}
