package dev.hindcast.evaluation.report;

import dev.hindcast.core.report.EvaluationReport;

/** stub */
public final class HtmlReport {
  private HtmlReport() {}

  /** stub */
  public static String page(EvaluationReport report) {
    return report.name();
  }
}
