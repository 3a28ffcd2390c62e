package dev.hindcast.evaluation.diagnostic;

import dev.hindcast.core.report.EvaluationReport.ActionCheck;
import dev.hindcast.core.report.EvaluationReport.ActionShare;
import dev.hindcast.core.report.EvaluationReport.Audit;
import dev.hindcast.core.report.EvaluationReport.Calibration;
import dev.hindcast.core.report.EvaluationReport.Maker;
import dev.hindcast.core.report.EvaluationReport.Remark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What to think of the log before anybody is judged on it. */
public final class LogAudit {
  /** An action's mean so many standard errors from 1 means that its propensities are wrong. */
  public static final double LARGEST_Z = 4;

  /** Averages of weights do not settle when the shape of their tail is over this. */
  public static final double LARGEST_SHAPE = 0.7;

  /** The code of the remark that propensities do not fit the log. */
  public static final String PROPENSITIES_OFF = "propensities-off";

  /** The code of the remark that the named policies did not act. */
  public static final String BEHAVIOR_OFF = "behavior-off";

  /** How many steps of an action the normal approximation behind the test needs. */
  private static final long FEWEST = 30;

  private LogAudit() {}

  /**
   * The audit of a log with propensities of discrete actions; empty for any other.
   *
   * @param estimated whether propensities are estimates
   * @param calibration of the policies that are said to have acted
   */
  public static Optional<Audit> of(
      PropensityChecks checks, boolean estimated, Optional<Calibration> calibration) {
    List<ActionCheck> lines = checks.lines();
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    List<Remark> remarks = new ArrayList<>();
    List<ActionCheck> off =
        lines.stream()
            .filter(line -> line.count() >= FEWEST)
            .filter(line -> line.z().filter(z -> Math.abs(z) > LARGEST_Z).isPresent())
            .sorted(
                Comparator.comparingDouble((ActionCheck line) -> -Math.abs(line.z().orElseThrow())))
            .toList();
    if (!off.isEmpty()) {
      ActionCheck worst = off.get(0);
      remarks.add(
          new Remark(
              PROPENSITIES_OFF,
              String.format(
                  Locale.ROOT,
                  "For %d of %d actions 1/propensity does not average what it should: for action %d it averages %.3g where 1 is right, %.1f standard errors away. "
                      + "%s",
                  off.size(),
                  lines.size(),
                  worst.action(),
                  worst.meanInverse().orElse(Double.NaN),
                  Math.abs(worst.z().orElseThrow()),
                  estimated
                      ? "The estimated propensities do not fit the log."
                      : "Either the logged propensities are not those the action was drawn with, or the action could not be drawn everywhere.")));
    }
    long never = lines.stream().filter(line -> line.count() == 0 && line.admissible() > 0).count();
    if (never > 0) {
      remarks.add(
          new Remark(
              "actions-never-logged",
              String.format(
                  Locale.ROOT,
                  "%d of %d actions were never taken: nothing can be said of policies that take them.",
                  never,
                  lines.size())));
    }
    calibration.ifPresent(found -> remarks.addAll(doubts(found)));
    return Optional.of(new Audit(estimated, lines, calibration, remarks));
  }

  /** What speaks against the policies that are said to have acted. */
  private static List<Remark> doubts(Calibration calibration) {
    List<Remark> doubts = new ArrayList<>();
    List<ActionShare> off =
        calibration.actions().stream()
            .filter(action -> action.expected() >= FEWEST || action.count() >= FEWEST)
            .filter(action -> action.z().filter(z -> Math.abs(z) > LARGEST_Z).isPresent())
            .sorted(
                Comparator.comparingDouble((ActionShare line) -> -Math.abs(line.z().orElseThrow())))
            .toList();
    if (!off.isEmpty()) {
      ActionShare worst = off.get(0);
      doubts.add(
          new Remark(
              BEHAVIOR_OFF,
              String.format(
                  Locale.ROOT,
                  "%s did not make this log, or not as they are now: action %d was taken %,d times where %,.0f were to be expected (%.1f standard errors), and %d of %d actions are as far off. Every weighted figure is wrong by as much.",
                  names(calibration),
                  worst.action(),
                  worst.count(),
                  worst.expected(),
                  Math.abs(worst.z().orElseThrow()),
                  off.size(),
                  calibration.actions().size())));
    }
    calibration
        .propensitiesThatDiffer()
        .filter(differing -> differing > 0)
        .ifPresent(
            differing ->
                doubts.add(
                    new Remark(
                        "propensities-differ",
                        String.format(
                            Locale.ROOT,
                            "In %,d of %,d steps the logged propensity is not the probability that %s gives, by up to %.3g: one of the two is not what acted. Weights are made with the policies'.",
                            differing,
                            calibration.rows(),
                            names(calibration),
                            calibration.largestDifference().orElse(Double.NaN)))));
    return doubts;
  }

  private static String names(Calibration calibration) {
    return calibration.policies().stream().map(Maker::policy).collect(Collectors.joining(", "));
  }
}
