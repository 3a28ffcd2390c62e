package dev.hindcast.evaluation.verdict;

import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.ComponentValue;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.Diagnostics;
import dev.hindcast.core.report.EvaluationReport.Difference;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Verdict;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.interval.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides. It fails closed: a policy is promoted only when every figure is there and every
 * condition holds.
 */
public final class Judge {
  /** Under so many effective episodes an estimate says nothing. */
  public static final double LEAST_EFFECTIVE_SAMPLE_SIZE = 10;

  /** A mean weight so many standard errors from 1 means wrong propensities or missing support. */
  public static final double LARGEST_Z = 4;

  /** Differences that are no larger, beside values of size 1, are rounding. */
  static final double ROUNDING = 1e-12;

  private final PromoteIf promoteIf;

  /** With these conditions. */
  public Judge(PromoteIf promoteIf) {
    this.promoteIf = promoteIf;
  }

  /** The verdict on one policy. */
  public Verdict decide(Evidence evidence) {
    if (evidence.isIncumbent()) {
      return new Verdict(
          Decision.HOLD,
          List.of(
              new Remark("is-incumbent", "It is the incumbent: the others are compared with it.")));
    }
    List<Remark> blind = blind(evidence);
    List<Remark> doubts = doubts(evidence);
    if (!blind.isEmpty()) {
      List<Remark> reasons = new ArrayList<>(blind);
      reasons.addAll(doubts);
      return new Verdict(Decision.NOT_EVALUABLE, reasons);
    }
    List<Remark> reasons = new ArrayList<>(notBetter(evidence));
    for (Constraint constraint : promoteIf.constraints()) {
      broken(constraint, evidence).ifPresent(reasons::add);
    }
    reasons.addAll(doubts);
    return reasons.isEmpty()
        ? new Verdict(Decision.PROMOTE, List.of(better(evidence)))
        : new Verdict(Decision.HOLD, reasons);
  }

  /** Why this log cannot say what the policy is worth. */
  private List<Remark> blind(Evidence evidence) {
    List<Remark> reasons = new ArrayList<>();
    Optional<Estimate> primary = evidence.primary();
    if (primary.isEmpty()) {
      reasons.add(
          new Remark(
              "no-estimate",
              "No estimator applies: the log has no propensities, or the chosen estimator needs a"
                  + " Q-function for this policy."));
      return reasons;
    }
    if (!primary.get().hasInterval()) {
      reasons.add(
          new Remark(
              "figure-missing",
              "The estimate or its interval could not be computed: "
                  + primary.get().absentBecause().orElse("a figure is not finite")
                  + "."));
    }
    if (evidence.basis() != Evidence.Basis.WEIGHTS) {
      return reasons;
    }
    Diagnostics diagnostics = evidence.weights();
    Optional<Double> size = diagnostics.effectiveSampleSize();
    if (size.isEmpty()) {
      reasons.add(
          new Remark(
              "no-weight",
              "The policy never does what the log shows, so no episode carries any weight."));
    } else if (size.get() < LEAST_EFFECTIVE_SAMPLE_SIZE) {
      reasons.add(
          new Remark(
              "effective-sample-size-too-small",
              "The evidence amounts to "
                  + plain(size.get())
                  + " effective episodes; under "
                  + plain(LEAST_EFFECTIVE_SAMPLE_SIZE)
                  + " an estimate says nothing."));
    }
    Optional<Double> mass = diagnostics.unsupportedMass();
    if (mass.isEmpty() || mass.get() > promoteIf.unsupportedMass()) {
      reasons.add(
          new Remark(
              "unsupported",
              mass.isEmpty()
                  ? "How much of the policy the log supports could not be computed."
                  : "It does things this log never shows: "
                      + percent(mass.get())
                      + " of its probability falls on "
                      + unlogged(diagnostics)
                      + " (at most "
                      + percent(promoteIf.unsupportedMass())
                      + " is allowed)."));
    }
    return reasons;
  }

  /** What unsupported mass falls on, in words. */
  public static String unlogged(Diagnostics diagnostics) {
    return diagnostics.strata().equals(Support.Strata.DENSITIES.key())
        ? "actions where the log has no density"
        : "actions never logged in a comparable situation";
  }

  /** Why an estimate, though computable, should not be trusted with a decision. */
  private List<Remark> doubts(Evidence evidence) {
    List<Remark> reasons = new ArrayList<>();
    if (evidence.basis() == Evidence.Basis.WEIGHTS) {
      Optional<Double> size = evidence.weights().effectiveSampleSize();
      if (size.isPresent()
          && size.get() >= LEAST_EFFECTIVE_SAMPLE_SIZE
          && size.get() < promoteIf.effectiveSampleSize()) {
        reasons.add(
            new Remark(
                "effective-sample-size-small",
                "The evidence amounts to "
                    + plain(size.get())
                    + " effective episodes; "
                    + plain(promoteIf.effectiveSampleSize())
                    + " are asked for."));
      }
      Optional<Double> share = evidence.weights().maxWeightShare();
      if (share.isEmpty() || evidence.weights().meanWeightZ().isEmpty()) {
        reasons.add(
            new Remark(
                "figure-missing",
                "The largest weight share or the mean weight's distance from 1 could not be"
                    + " computed."));
      }
      if (share.isPresent() && share.get() > promoteIf.maxWeightShare()) {
        reasons.add(
            new Remark(
                "one-episode-dominates",
                "One episode carries "
                    + percent(share.get())
                    + " of all weight (at most "
                    + percent(promoteIf.maxWeightShare())
                    + " is allowed)."));
      }
      Optional<Double> z = evidence.weights().meanWeightZ();
      if (z.isPresent() && Math.abs(z.get()) > LARGEST_Z) {
        reasons.add(
            new Remark(
                "mean-weight-off",
                "The mean weight lies "
                    + plain(Math.abs(z.get()))
                    + " standard errors from 1: propensities are wrong, the log lacks what the policy"
                    + " does, or its heaviest weights never came up."));
      }
    } else if (evidence.basis() == Evidence.Basis.MODEL && evidence.primary().isPresent()) {
      reasons.add(
          new Remark(
              "model-only",
              "The estimate rests on a Q-function alone, and its interval does not know the"
                  + " Q-function's own error."));
    }
    evidence.primary().ifPresent(primary -> reasons.addAll(disagreement(primary, evidence)));
    evidence
        .primary()
        .flatMap(primary -> evidence.backTest().flatMap(test -> BackTesting.doubt(test, primary)))
        .ifPresent(reasons::add);
    if (evidence.sawEvaluationData()) {
      reasons.add(
          new Remark(
              "evaluated-on-training-data",
              "It was trained on episodes that it is evaluated on, which flatters it."));
    }
    return reasons;
  }

  private static List<Remark> disagreement(Estimate primary, Evidence evidence) {
    if (!primary.hasInterval()) {
      return List.of();
    }
    List<String> others =
        evidence.estimates().stream()
            .filter(other -> !other.primary() && other.hasInterval())
            .filter(other -> interval(other).isDisjointFrom(interval(primary)))
            .map(Estimate::label)
            .toList();
    return others.isEmpty()
        ? List.of()
        : List.of(
            new Remark(
                "estimators-disagree",
                "The interval of "
                    + primary.label()
                    + " has no point in common with that of "
                    + String.join(", ", others)
                    + "."));
  }

  /** Why the policy cannot be said to be better. */
  private List<Remark> notBetter(Evidence evidence) {
    if (evidence.basis() == Evidence.Basis.WEIGHTS && hasNoSpread(evidence)) {
      return List.of(
          new Remark(
              "no-spread",
              "Every episode that counts has the same return, so the interval is a point and says"
                  + " nothing about luck."));
    }
    if (promoteIf.lowerBoundAbove().isPresent()) {
      double bound = promoteIf.lowerBoundAbove().get();
      double lower = evidence.primary().flatMap(Estimate::lower).orElse(Double.NaN);
      return lower > bound
          ? List.of()
          : List.of(
              new Remark(
                  "not-above-bound",
                  "The lower end of its interval, "
                      + number(lower)
                      + ", does not exceed "
                      + number(bound)
                      + "."));
    }
    if (evidence.difference().isEmpty()) {
      return List.of(
          new Remark(
              "no-difference",
              "The difference to " + evidence.incumbent() + " could not be computed."));
    }
    Difference difference = evidence.difference().get();
    if (isNothing(difference, evidence)) {
      return List.of(
          new Remark(
              "not-better-than-incumbent",
              "On this log it is worth exactly what "
                  + evidence.incumbent()
                  + " is: nothing sets them apart."));
    }
    if (difference.lower() > 0) {
      return List.of();
    }
    String found =
        difference.upper() < 0
            ? "It is worse than "
            : "The log does not show that it is better than ";
    return List.of(
        new Remark(
            difference.upper() < 0 ? "worse-than-incumbent" : "not-better-than-incumbent",
            found
                + evidence.incumbent()
                + ": the difference is "
                + signed(difference.value())
                + ", with an interval from "
                + signed(difference.lower())
                + " to "
                + signed(difference.upper())
                + "."));
  }

  /** Why a constraint cannot be said to be kept. */
  private static Optional<Remark> broken(Constraint constraint, Evidence evidence) {
    Optional<ComponentValue> value = evidence.component(constraint.component());
    Optional<Difference> found =
        constraint.isRelative()
            ? value.flatMap(ComponentValue::differenceToIncumbent)
            : value
                .map(ComponentValue::estimate)
                .filter(Estimate::hasInterval)
                .map(e -> new Difference(e.value().get(), e.lower().get(), e.upper().get()));
    if (found.isEmpty()) {
      return Optional.of(
          new Remark(
              "constraint-unknown",
              "Whether it keeps to "
                  + allowed(constraint, evidence)
                  + " could not be computed"
                  + value
                      .flatMap(there -> there.estimate().absentBecause())
                      .map(why -> ": " + why)
                      .orElse("")
                  + "."));
    }
    boolean isUpper = constraint.side() == Constraint.Side.AT_MOST;
    double sign = isUpper ? 1 : -1;
    double bound = constraint.bound().orElse(sign * constraint.margin());
    double near = sign * ((isUpper ? found.get().lower() : found.get().upper()) - bound);
    double far = sign * ((isUpper ? found.get().upper() : found.get().lower()) - bound);
    if (far <= 0) {
      return Optional.empty();
    }
    String figures =
        constraint.isRelative()
            ? "the difference is "
                + signed(found.get().value())
                + ", with an interval from "
                + signed(found.get().lower())
                + " to "
                + signed(found.get().upper())
            : "the estimate is "
                + number(found.get().value())
                + ", with an interval from "
                + number(found.get().lower())
                + " to "
                + number(found.get().upper());
    return Optional.of(
        near > 0
            ? new Remark(
                "constraint-broken",
                "It does not keep to " + allowed(constraint, evidence) + ": " + figures + ".")
            : new Remark(
                "constraint-not-shown",
                "The log does not show that it keeps to "
                    + allowed(constraint, evidence)
                    + ": "
                    + figures
                    + "."));
  }

  private static String allowed(Constraint constraint, Evidence evidence) {
    return constraint.component()
        + (constraint.margin() > 0 ? " " : " of ")
        + constraint.allowed(evidence.incumbent(), Judge::number);
  }

  /** Whether a difference is no more than rounding. */
  private static boolean isNothing(Difference difference, Evidence evidence) {
    double size = Math.abs(evidence.primary().flatMap(Estimate::value).orElse(0.0));
    double most = Math.max(Math.abs(difference.lower()), Math.abs(difference.upper()));
    return most <= ROUNDING * Math.max(1, size);
  }

  private Remark better(Evidence evidence) {
    if (promoteIf.lowerBoundAbove().isPresent()) {
      return new Remark(
          "above-bound",
          "The lower end of its interval, "
              + number(evidence.primary().flatMap(Estimate::lower).orElseThrow())
              + ", exceeds "
              + number(promoteIf.lowerBoundAbove().get())
              + ", and the evidence meets every condition.");
    }
    Difference difference = evidence.difference().orElseThrow();
    return new Remark(
        "better-than-incumbent",
        "It is better than "
            + evidence.incumbent()
            + " by "
            + number(difference.value())
            + " (interval from "
            + signed(difference.lower())
            + " to "
            + signed(difference.upper())
            + "), and the evidence meets every condition.");
  }

  private static boolean hasNoSpread(Evidence evidence) {
    return evidence
        .primary()
        .filter(Estimate::hasInterval)
        .map(primary -> primary.lower().equals(primary.upper()))
        .orElse(false);
  }

  private static Interval interval(Estimate estimate) {
    return new Interval(estimate.lower().orElseThrow(), estimate.upper().orElseThrow());
  }

  private static String plain(double figure) {
    return String.format(Locale.ROOT, figure < 100 ? "%.1f" : "%,.0f", figure)
        .replaceFirst("\\.0$", "");
  }

  private static String number(double figure) {
    return String.format(Locale.ROOT, "%.3g", figure);
  }

  private static String signed(double figure) {
    return String.format(Locale.ROOT, "%+.3g", figure).replace('-', '\u2212');
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}
