package dev.hindcast.evaluation.report;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.dataset.ArtefactWriter;
import java.nio.charset.StandardCharsets;

/** Publishes a report: as JSON, as a page, as Markdown, and the manifest last. */
public final class ReportWriter {
  private ReportWriter() {}

  /** Writes the three files and publishes. */
  public static Fingerprint publish(EvaluationReport report, ArtefactWriter writer) {
    writer.write("report.json", CanonicalJson.bytes(report));
    writer.write("report.html", HtmlReport.page(report).getBytes(StandardCharsets.UTF_8));
    writer.write("report.md", MarkdownReport.text(report).getBytes(StandardCharsets.UTF_8));
    return writer.publish(
        new ReportManifest(
            EvaluationReport.SPEC_VERSION,
            EvaluationReport.KIND,
            report.name(),
            writer.files(),
            report.provenance()));
  }
}
