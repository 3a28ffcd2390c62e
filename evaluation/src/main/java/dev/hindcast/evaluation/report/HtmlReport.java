package dev.hindcast.evaluation.report;

import dev.hindcast.core.report.EvaluationReport;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;

/**
 * The report as one page that needs nothing else: styles, scripts and data are inside, nothing is
 * fetched. Scripts run only by their hashes; every name from the data is shown as text.
 */
public final class HtmlReport {
  private static final String TEMPLATES = "dev.hindcast.evaluation.report.template";

  private HtmlReport() {}

  /** The page. */
  public static String page(EvaluationReport report) {
    TemplateEngine engine =
        TemplateEngine.createPrecompiled(
            null, ContentType.Html, HtmlReport.class.getClassLoader(), TEMPLATES);
    StringOutput output = new StringOutput(1 << 21);
    engine.render("report.jte", new ReportView(report), output);
    return output.toString();
  }
}
