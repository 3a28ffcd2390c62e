package dev.hindcast.evaluation.report;

import dev.hindcast.core.report.EvaluationReport.ActionCheck;
import dev.hindcast.core.report.EvaluationReport.Audit;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.evaluation.diagnostic.LogAudit;
import java.util.Comparator;
import java.util.List;

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
    String what =
        audit().estimatedPropensities() ? "estimated propensities" : "logged propensities";
    return "If the "
        + what
        + " are those that actions were drawn with, then for every action the mean over steps of 1/propensity where it was taken, and 0 elsewhere, is 1. "
        + (audit().remarks().stream()
                .anyMatch(remark -> remark.code().equals(LogAudit.PROPENSITIES_OFF))
            ? "That does not hold here, and no weighted figure is better than its propensities."
            : "Nothing here speaks against that.");
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
