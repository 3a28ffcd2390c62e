package dev.hindcast.evaluation.diagnostic;

import dev.hindcast.core.report.EvaluationReport.ActionCheck;
import dev.hindcast.core.report.EvaluationReport.Audit;
import dev.hindcast.core.report.EvaluationReport.Remark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What to think of the log before anybody is judged on it. */
public final class LogAudit {
  /** An action's mean so many standard errors from 1 means that its propensities are wrong. */
  public static final double LARGEST_Z = 4;

  /** Averages of weights do not settle when the shape of their tail is over this. */
  public static final double LARGEST_SHAPE = 0.7;

  /** The code of the remark that propensities do not fit the log. */
  public static final String PROPENSITIES_OFF = "propensities-off";

  /** How many steps of an action the normal approximation behind the test needs. */
  private static final long FEWEST = 30;

  private LogAudit() {}

  /**
   * The audit of a log with propensities of discrete actions; empty for any other.
   *
   * @param estimated whether propensities are estimates
   */
  public static Optional<Audit> of(PropensityChecks checks, boolean estimated) {
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
    return Optional.of(new Audit(estimated, lines, remarks));
  }
}
