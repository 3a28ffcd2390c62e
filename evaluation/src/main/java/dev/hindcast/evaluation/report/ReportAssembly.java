package dev.hindcast.evaluation.report;

import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.AgainstTruth;
import dev.hindcast.core.report.EvaluationReport.Audit;
import dev.hindcast.core.report.EvaluationReport.BackTest;
import dev.hindcast.core.report.EvaluationReport.Behavior;
import dev.hindcast.core.report.EvaluationReport.Comparison;
import dev.hindcast.core.report.EvaluationReport.ComponentValue;
import dev.hindcast.core.report.EvaluationReport.DatasetPart;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.Diagnostics;
import dev.hindcast.core.report.EvaluationReport.Difference;
import dev.hindcast.core.report.EvaluationReport.PastPolicy;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Selection;
import dev.hindcast.core.report.EvaluationReport.Verdict;
import dev.hindcast.core.report.Segment;
import dev.hindcast.core.report.Tuning;
import dev.hindcast.evaluation.diagnostic.LogAudit;
import dev.hindcast.evaluation.diagnostic.SampleRatio;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.evaluation.fold.LogSums;
import dev.hindcast.evaluation.fold.Returns;
import dev.hindcast.evaluation.fold.Spreads;
import dev.hindcast.evaluation.fold.Totals;
import dev.hindcast.evaluation.interval.Interval;
import dev.hindcast.evaluation.plan.EvaluatedPart;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import dev.hindcast.evaluation.plan.Target;
import dev.hindcast.evaluation.survey.Survey;
import dev.hindcast.evaluation.verdict.BackTesting;
import dev.hindcast.evaluation.verdict.BestOfMany;
import dev.hindcast.evaluation.verdict.Evidence;
import dev.hindcast.evaluation.verdict.JointComparison;
import dev.hindcast.evaluation.verdict.Judge;
import dev.hindcast.evaluation.verdict.SelectionQuality;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From a plan and the sums of its one pass to the report. */
public final class ReportAssembly {
  private static final int LOG = 0; // the log itself is the first candidate of every task

  private final EvaluationPlan plan;
  private final Totals totals;
  private final Spreads spreads;
  private final Survey survey;
  private final Support support;
  private final List<PastPolicy> pastPolicies;
  private final Judge judge;
  private final ReturnsAssembly returns;
  private final List<Integer> candidates; // of targets
  private final Map<String, Primary> primaries = new HashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // a pair for a moment; never compared
  private record Primary(double value, double[] replicates) {}

  private ReportAssembly(
      EvaluationPlan plan,
      Totals totals,
      Spreads spreads,
      Survey survey,
      List<PastPolicy> pastPolicies) {
    this.pastPolicies = pastPolicies;
    this.plan = plan;
    candidates = plan.candidates();
    this.totals = totals;
    this.spreads = spreads;
    this.survey = survey;
    support = survey.support();
    this.judge = new Judge(plan.config().promoteIf());
    this.returns =
        new ReturnsAssembly(plan.config().returns(), plan.config().level(), totals, spreads);
  }

  /**
   * The report.
   *
   * @param survey the first look at the log
   * @param returns how each of the plan's past logs did, in their order
   */
  public static EvaluationReport of(
      EvaluationPlan plan, Totals totals, Spreads spreads, Survey survey, List<Returns> returns) {
    return new ReportAssembly(plan, totals, spreads, survey, pastPolicies(plan, returns)).report();
  }

  private static List<PastPolicy> pastPolicies(EvaluationPlan plan, List<Returns> returns) {
    List<PastPolicy> policies = new ArrayList<>();
    for (int i = 0; i < returns.size(); i++) {
      EvaluationPlan.PastLog log = plan.pastLogs().get(i);
      Returns found = returns.get(i);
      policies.add(
          new PastPolicy(
              log.policy(),
              log.dataset().manifest().name(),
              log.dataset().fingerprint(),
              found.episodes(),
              found.mean(),
              found.standardError(),
              found.deviation()));
    }
    return policies;
  }

  private EvaluationReport report() {
    List<List<Estimate>> estimates = new ArrayList<>();
    for (int i = 0; i < plan.targets().size(); i++) {
      estimates.add(estimates(plan.targets().get(i), candidates.get(i)));
    }
    Optional<Audit> audit = audit();
    Optional<BackTest> backTest = backTest(estimates, audit);
    List<PolicyResult> results = new ArrayList<>();
    for (int i = 0; i < plan.targets().size(); i++) {
      results.add(result(plan.targets().get(i), candidates.get(i), estimates.get(i), backTest));
    }
    Optional<Selection> selection = selection(results);
    Optional<Comparison> comparison =
        JointComparison.of(contenders(results), plan.config().level());
    SegmentsAssembly bySegment =
        new SegmentsAssembly(spreads, candidates, plan.config().level(), plan.config().incumbent());
    List<Segment> segments = bySegment.of(results);
    List<Remark> warnings = warnings(selection, comparison, results);
    warnings.addAll(bySegment.drift(totals.value(LOG, 0)));
    for (int i = 0; i < results.size(); i++) {
      bySegment.weightsOff(results.get(i), candidates.get(i)).ifPresent(warnings::add);
    }
    results.forEach(
        result ->
            SegmentsAssembly.harm(result.name(), plan.config().incumbent(), segments)
                .ifPresent(warnings::add));
    return new EvaluationReport(
        EvaluationReport.SPEC_VERSION,
        EvaluationReport.KIND,
        plan.config().pipeline().name(),
        dataset(),
        behavior(),
        audit,
        plan.manifest().rows(),
        plan.config().pipeline().discount(),
        plan.config().level(),
        plan.config().replicates(),
        plan.config().incumbent(),
        results,
        segments,
        bySegment.pooled(results),
        plan.learningCurves(),
        selection,
        comparison,
        againstTruth(results),
        backTest,
        warnings,
        new Provenance(
            plan.inputs(),
            plan.config().settings(plan.rewardWeights()),
            plan.config().seed(),
            CodeVersion.current()));
  }

  private Optional<Selection> selection(List<PolicyResult> results) {
    List<BestOfMany.Entrant> entrants = new ArrayList<>();
    for (PolicyResult result : results) {
      Primary primary = primaries.get(result.name());
      if (result.kind().equals("bundle") && primary != null && Double.isFinite(primary.value())) {
        entrants.add(
            new BestOfMany.Entrant(
                result.name(),
                primary.value(),
                result.primary().flatMap(Estimate::lower),
                primary.replicates()));
      }
    }
    return BestOfMany.of(entrants);
  }

  /** The incumbent and all of whom the log can say something. */
  private List<JointComparison.Contender> contenders(List<PolicyResult> results) {
    List<JointComparison.Contender> contenders = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      PolicyResult result = results.get(i);
      Primary primary = primaries.get(result.name());
      boolean speaks =
          result.verdict().decision() != Decision.NOT_EVALUABLE
              && (result.differenceToIncumbent().isPresent()
                  || result.name().equals(plan.config().incumbent()));
      if (speaks && primary != null && Double.isFinite(primary.value())) {
        contenders.add(
            new JointComparison.Contender(
                result.name(),
                primary.value(),
                primary.replicates(),
                result.differenceToIncumbent(),
                distances(candidates.get(i), result)));
      }
    }
    return contenders;
  }

  private double[] distances(int candidate, PolicyResult result) {
    return result
        .differenceToIncumbent()
        .map(
            difference ->
                spreads.differenceDistances(
                    candidate, difference.value(), differences(result.name()), totals))
        .orElse(new double[0]);
  }

  private Optional<AgainstTruth> againstTruth(List<PolicyResult> results) {
    List<SelectionQuality.Known> known = new ArrayList<>();
    for (PolicyResult result : results) {
      Optional<Double> estimate = result.primary().flatMap(Estimate::value);
      if (result.knownValue().isPresent() && estimate.isPresent()) {
        known.add(
            new SelectionQuality.Known(result.name(), result.knownValue().get(), estimate.get()));
      }
    }
    return SelectionQuality.of(
        known, Optional.ofNullable(plan.config().knownValues().get(plan.config().incumbent())));
  }

  private DatasetPart dataset() {
    LogSums log = totals.log();
    return new DatasetPart(
        plan.manifest().name(),
        plan.dataset(),
        plan.config().part().key(),
        log.episodes(),
        log.transitions(),
        log.terminated(),
        log.truncated(),
        log.withoutFinalObservation(),
        log.maxLength(),
        Estimate.finite((double) log.transitions() / log.episodes()),
        plan.manifest().actionSpace());
  }

  private Behavior behavior() {
    LogSums log = totals.log();
    boolean has = plan.hasPropensity();
    Estimators.Entry entry = Estimators.named(Estimators.ON_POLICY).orElseThrow();
    return new Behavior(
        estimate(entry, LOG, 0, false),
        plan.propensities(),
        has ? Estimate.finite(log.minPropensity()) : Optional.empty(),
        has ? Estimate.finite(log.meanInversePropensity()) : Optional.empty(),
        plan.manifest().actionSpace() instanceof ActionSpace.Discrete discrete
            ? Optional.of(discrete.size())
            : Optional.empty(),
        log.loggedOutsideMask());
  }

  private Optional<Audit> audit() {
    LogSums log = totals.log();
    return LogAudit.of(
        log.propensities(),
        plan.propensities().equals("estimated"),
        log.calibrating().calibration(plan.makers()));
  }

  private Optional<BackTest> backTest(List<List<Estimate>> estimates, Optional<Audit> audit) {
    Map<String, List<Estimate>> byPolicy = new HashMap<>();
    for (int i = 0; i < estimates.size(); i++) {
      byPolicy.put(plan.targets().get(i).name(), estimates.get(i));
    }
    boolean off =
        audit.stream()
            .flatMap(found -> found.remarks().stream())
            .map(Remark::code)
            .anyMatch(Set.of(LogAudit.PROPENSITIES_OFF, LogAudit.BEHAVIOR_OFF)::contains);
    return BackTesting.of(pastPolicies, byPolicy, off);
  }

  private List<Estimate> estimates(Target target, int candidate) {
    List<Estimate> estimates = new ArrayList<>();
    int index = 0;
    for (Target.Line line : target.lines()) {
      if (line.estimator().isEmpty()) {
        estimates.add(absent(line));
        continue;
      }
      estimates.add(estimate(line.entry(), candidate, index, line.primary()));
      if (line.primary()) {
        primaries.put(
            target.name(),
            new Primary(totals.value(candidate, index), totals.replicateValues(candidate, index)));
      }
      index++;
    }
    return estimates;
  }

  private Estimate absent(Target.Line line) {
    return new Estimate(
        line.entry().name(),
        line.entry().label(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        plan.config().level(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        line.primary(),
        line.absentBecause());
  }

  private Estimate estimate(Estimators.Entry entry, int candidate, int index, boolean primary) {
    return estimate(
        entry,
        candidate,
        totals.value(candidate, index),
        spreads.interval(candidate, index, totals, plan.config().level()),
        spreads.error(candidate, index, totals),
        totals.tuning(candidate, index),
        primary);
  }

  private Estimate componentEstimate(Estimators.Entry entry, int candidate, int component) {
    return estimate(
        entry,
        candidate,
        totals.componentValue(candidate, component),
        spreads.componentInterval(candidate, component, totals, plan.config().level()),
        spreads.componentError(candidate, component, totals),
        totals.componentTuning(candidate, component),
        false);
  }

  private Estimate estimate(
      Estimators.Entry entry,
      int candidate,
      double value,
      Optional<Interval> interval,
      double error,
      Optional<Tuning> tuning,
      boolean primary) {
    double size =
        entry.isWeighted()
            ? totals.weights(candidate).effectiveSampleSize(tuning)
            : totals.log().episodes();
    double share =
        entry.isWeighted()
            ? totals.weights(candidate).maxWeightShare(tuning)
            : 1.0 / totals.log().episodes();
    return new Estimate(
        entry.name(),
        entry.label(),
        Estimate.finite(value),
        interval.map(Interval::lower),
        interval.map(Interval::upper),
        plan.config().level(),
        interval.flatMap(i -> Estimate.finite(error)),
        Estimate.finite(size),
        Estimate.finite(share),
        tuning,
        primary,
        reason(entry, value, size, interval));
  }

  private Optional<String> reason(
      Estimators.Entry entry, double value, double size, Optional<Interval> interval) {
    if (entry.needs().contains(Estimators.Need.STATES) && !Double.isFinite(value)) {
      return Optional.of(
          "by the counts of the log's states an episode may never end, which needs a discount below 1");
    }
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Optional.of(
          Double.isNaN(size)
              ? "every weight is zero or too large for a number"
              : "the weights are too large, or some step has none");
    }
    if (interval.isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        totals.log().episodes() > 1
            ? "too many bootstrap replicates are undefined, since few episodes carry any weight"
            : "one episode alone has no spread");
  }

  private PolicyResult result(
      Target target, int candidate, List<Estimate> estimates, Optional<BackTest> backTest) {
    Diagnostics diagnostics =
        totals.weights(candidate).diagnostics(support, Optional.of(plan.manifest().hasMask()));
    Optional<Difference> difference = difference(target, candidate);
    List<ComponentValue> components = components(target, candidate);
    Evidence evidence =
        new Evidence(
            target.name(),
            plan.config().incumbent(),
            estimates,
            basis(target),
            diagnostics,
            difference,
            sawEvaluationData(target),
            components,
            backTest);
    Verdict verdict = judge.decide(evidence);
    return new PolicyResult(
        target.name(),
        target.policy().kind(),
        target.policy().fingerprint(),
        target.qFunctions(),
        target.visitRatios(),
        estimates,
        Optional.of(diagnostics).filter(d -> !target.candidate().isLogged()),
        difference,
        Optional.ofNullable(plan.config().knownValues().get(target.name())),
        Optional.of(returns.of(candidate, verdict)),
        components,
        remarks(target, diagnostics),
        verdict);
  }

  private List<ComponentValue> components(Target target, int candidate) {
    if (target.byComponent().isEmpty()) {
      return List.of();
    }
    Target.Line line = target.byComponent().get();
    List<ComponentValue> values = new ArrayList<>();
    for (int k = 0; k < plan.components().size(); k++) {
      values.add(
          new ComponentValue(
              plan.components().get(k),
              line.estimator().isPresent()
                  ? componentEstimate(line.entry(), candidate, k)
                  : absent(line),
              line.estimator().isPresent() ? componentDifference(candidate, k) : Optional.empty()));
    }
    return values;
  }

  private Optional<Difference> componentDifference(int candidate, int component) {
    int incumbent = plan.incumbentCandidate();
    if (candidate == incumbent || plan.incumbent().byComponent().get().estimator().isEmpty()) {
      return Optional.empty();
    }
    double value =
        totals.componentValue(candidate, component) - totals.componentValue(incumbent, component);
    double[] differences =
        differences(
            totals.componentReplicates(candidate, component),
            totals.componentReplicates(incumbent, component));
    return spreads
        .componentDifferenceInterval(
            candidate, component, value, differences, totals, plan.config().level())
        .map(interval -> new Difference(value, interval.lower(), interval.upper()));
  }

  private static List<String> promoted(List<PolicyResult> results) {
    return results.stream()
        .filter(result -> result.verdict().decision() == Decision.PROMOTE)
        .map(PolicyResult::name)
        .toList();
  }

  private static Evidence.Basis basis(Target target) {
    if (target.candidate().isLogged()) {
      return Evidence.Basis.LOG;
    }
    return target.primary().map(line -> line.entry().isWeighted()).orElse(false)
        ? Evidence.Basis.WEIGHTS
        : Evidence.Basis.MODEL;
  }

  private boolean sawEvaluationData(Target target) {
    boolean learned =
        target.policy().kind().equals("bundle")
            || target
                .primary()
                .map(line -> line.entry().needs().contains(Estimators.Need.Q_FUNCTION))
                .orElse(false);
    return plan.config().part() != EvaluatedPart.HELD_OUT && learned;
  }

  /** Paired: replicate by replicate, on the same draws of the same episodes. */
  private Optional<Difference> difference(Target target, int candidate) {
    Primary own = primaries.get(target.name());
    Primary incumbent = primaries.get(plan.config().incumbent());
    if (own == null || incumbent == null || target.name().equals(plan.config().incumbent())) {
      return Optional.empty();
    }
    double value = own.value() - incumbent.value();
    double[] differences = differences(target.name());
    return spreads
        .differenceInterval(candidate, value, differences, totals, plan.config().level())
        .map(interval -> new Difference(value, interval.lower(), interval.upper()));
  }

  /** (replicates) How much more a policy is worth than the incumbent. */
  private double[] differences(String policy) {
    return differences(
        primaries.get(policy).replicates(), primaries.get(plan.config().incumbent()).replicates());
  }

  private static double[] differences(double[] own, double[] incumbent) {
    double[] differences = new double[own.length];
    for (int b = 0; b < differences.length; b++) {
      differences[b] = own[b] - incumbent[b];
    }
    return differences;
  }

  private List<Remark> remarks(Target target, Diagnostics diagnostics) {
    List<Remark> remarks = new ArrayList<>(target.warnings());
    if (target.candidate().isLogged()) {
      return remarks;
    }
    diagnostics
        .meanWeightZ()
        .filter(z -> Math.abs(z) > Judge.LARGEST_Z)
        .ifPresent(
            z ->
                remarks.add(
                    new Remark(
                        "mean-weight-off",
                        String.format(
                            Locale.ROOT,
                            "Weights should average 1 and average %.3g, %.1f standard errors away.",
                            diagnostics.meanWeight().orElse(Double.NaN),
                            Math.abs(z)))));
    diagnostics
        .paretoShape()
        .filter(shape -> shape > LogAudit.LARGEST_SHAPE)
        .ifPresent(
            shape ->
                remarks.add(
                    new Remark(
                        "heavy-tail",
                        String.format(
                            Locale.ROOT,
                            "Its weights have so heavy a tail (Pareto shape %.2f, over %.1f) that their averages do not settle: a longer log may well give another estimate than its interval says.",
                            shape,
                            LogAudit.LARGEST_SHAPE))));
    diagnostics
        .unsupportedMass()
        .filter(mass -> mass > 0.01)
        .ifPresent(
            mass ->
                remarks.add(
                    new Remark(
                        "unsupported",
                        String.format(
                            Locale.ROOT,
                            "%.1f%% of its probability falls on %s.",
                            100 * mass,
                            Judge.unlogged(diagnostics)))));
    diagnostics
        .massOutsideMask()
        .filter(mass -> mass > 0.001)
        .ifPresent(
            mass ->
                remarks.add(
                    new Remark(
                        "outside-mask",
                        String.format(
                            Locale.ROOT,
                            "%.1f%% of its probability falls on actions that masks rule out.",
                            100 * mass))));
    return remarks;
  }

  private List<Remark> warnings(
      Optional<Selection> selection, Optional<Comparison> comparison, List<PolicyResult> results) {
    List<Remark> warnings = new ArrayList<>(plan.warnings());
    plan.config()
        .plannedShares()
        .forEach(
            (label, planned) ->
                SampleRatio.mismatch(label, planned, survey.episodesBy(label))
                    .ifPresent(warnings::add));
    survey.repeatedEpisodes().ifPresent(warnings::add);
    selection.ifPresent(
        choice -> warnings.add(new Remark("best-of-many", BestOfMany.words(choice))));
    comparison
        .flatMap(joint -> JointComparison.doubt(joint, promoted(results)))
        .ifPresent(warnings::add);
    LogSums log = totals.log();
    if (log.truncated() > 0) {
      warnings.add(
          new Remark(
              "truncated-episodes",
              String.format(
                  Locale.ROOT,
                  "%,d of %,d episodes were cut off before their end. Importance sampling counts the rewards up to there; the doubly robust estimators add what the Q-function expects afterwards, which %,d of them lack the final observation for.",
                  log.truncated(),
                  log.episodes(),
                  log.withoutFinalObservation())));
    }
    return warnings;
  }
}
