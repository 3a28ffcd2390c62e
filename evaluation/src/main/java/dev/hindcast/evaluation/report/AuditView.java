package dev.hindcast.evaluation.report;

import dev.hindcast.core.report.EvaluationReport.ActionCheck;
import dev.hindcast.core.report.EvaluationReport.ActionShare;
import dev.hindcast.core.report.EvaluationReport.Audit;
import dev.hindcast.core.report.EvaluationReport.Calibration;
import dev.hindcast.core.report.EvaluationReport.CalibrationBin;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.evaluation.diagnostic.LogAudit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whether the log can be trusted, in words; public only for the page's templates. */
public final class AuditView {
  private static final int MOST_ACTION_ROWS = 50;

  private final ReportView view;

  AuditView(ReportView view) {
    this.view = view;
  }

  /** Whether anything could be checked. */
  public boolean isShown() {
    return view.report().audit().isPresent();
  }

  /** What was found, in one sentence. */
  public String lead() {
    return "If the "
        + what()
        + " are those that actions were drawn with, then for every action the mean over steps of 1/propensity where it was taken, and 0 elsewhere, is 1. "
        + (audit().remarks().stream()
                .anyMatch(remark -> remark.code().equals(LogAudit.PROPENSITIES_OFF))
            ? "That does not hold here, and no weighted figure is better than its propensities."
            : "Nothing here speaks against that.");
  }

  private String what() {
    if (audit().calibration().isPresent()) {
      return "probabilities of the policies named";
    }
    return audit().estimatedPropensities() ? "estimated propensities" : "logged propensities";
  }

  /** Whether policies are said to have made the log. */
  public boolean hasCalibration() {
    return audit().calibration().isPresent();
  }

  /** Who is said to have made the log, and what speaks for it. */
  public String calibrationLead() {
    Calibration found = calibration();
    String makers =
        found.policies().stream()
            .map(maker -> maker.policy() + maker.label().map(l -> " (" + l + ")").orElse(""))
            .collect(Collectors.joining(", "));
    return "Said to have made this log: "
        + makers
        + ". Probability and frequency of what could be done at each step lie "
        + view.checked(found.error(), 4)
        + " apart on average; near the line below they agree."
        + found
            .propensitiesThatDiffer()
            .filter(differing -> differing == 0)
            .map(none -> " Logged propensities are the same as theirs.")
            .orElse("");
  }

  /** Steps and actions by probability. */
  public List<CalibrationBin> bins() {
    return calibration().bins();
  }

  /** A probability with as many digits as it takes. */
  public String probability(double p) {
    return String.format(Locale.ROOT, "%.3g", p);
  }

  /** What stands over the tables of what was expected. */
  public String sharesSummary() {
    return "What was to be expected as tables"
        + (calibration().actions().size() > MOST_ACTION_ROWS
            ? ", of actions the " + MOST_ACTION_ROWS + " most striking"
            : "");
  }

  /** How often actions were expected and taken, those farthest apart first. */
  public List<ActionShare> shares() {
    return calibration().actions().stream()
        .sorted(Comparator.comparingDouble((ActionShare share) -> -Math.abs(share.z().orElse(0.0))))
        .limit(MOST_ACTION_ROWS)
        .toList();
  }

  private Calibration calibration() {
    return audit().calibration().orElseThrow();
  }

  /** What is wrong. */
  public List<Remark> remarks() {
    return audit().remarks();
  }

  /** What stands over the table of actions. */
  public String summary() {
    int actions = audit().actions().size();
    return actions > MOST_ACTION_ROWS
        ? "The "
            + MOST_ACTION_ROWS
            + " most striking of "
            + view.count(actions)
            + " actions as a table"
        : "All actions as a table";
  }

  /** The actions, those farthest from 1 first. */
  public List<ActionCheck> actions() {
    return audit().actions().stream()
        .sorted(Comparator.comparingDouble((ActionCheck check) -> -Math.abs(check.z().orElse(0.0))))
        .limit(MOST_ACTION_ROWS)
        .toList();
  }

  private Audit audit() {
    return view.report().audit().orElseThrow();
  }
}
