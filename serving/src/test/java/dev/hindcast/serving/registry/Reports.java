package dev.hindcast.serving.registry;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.artefact.RowAccount;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.Diagnostics;
import dev.hindcast.core.report.EvaluationReport.Difference;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Verdict;
import dev.hindcast.core.report.EvaluationReport.WeightHistogram;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.evaluation.verdict.PromoteIf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reports on one bundle beside the logged policy: sound ones, and ones to be spoiled by tests. */
public final class Reports {
  private Reports() {}

  /** One that lets the bundle pass. */
  public static EvaluationReport good(String policy, Fingerprint bundle) {
    return of(
        policy,
        bundle,
        diagnostics(1000, 0.01),
        Optional.of(new Difference(0.1, 0.05, 0.15)),
        new Verdict(
            Decision.PROMOTE, List.of(new Remark("better-than-incumbent", "It is better."))));
  }

  static EvaluationReport of(
      String policy,
      Fingerprint bundle,
      Diagnostics diagnostics,
      Optional<Difference> difference,
      Verdict verdict) {
    PolicyResult logged =
        result(
            "logged",
            "logged",
            Fingerprint.ofJson("logged"),
            Optional.empty(),
            Optional.empty(),
            new Verdict(Decision.HOLD, List.of(new Remark("is-incumbent", "It acted."))));
    return new EvaluationReport(
        EvaluationReport.SPEC_VERSION,
        EvaluationReport.KIND,
        "shop",
        new EvaluationReport.DatasetPart(
            "shop",
            Fingerprint.ofJson("shop"),
            "held_out",
            1000,
            1000,
            1000,
            0,
            0,
            1,
            Optional.of(1.0),
            new ActionSpace.Discrete(2)),
        new EvaluationReport.Behavior(
            estimate(0.7), "exact", Optional.of(0.1), Optional.of(2.0), Optional.of(2), 0),
        Optional.empty(),
        new RowAccount(1000, 1000, Map.of()),
        1,
        0.95,
        1000,
        "logged",
        List.of(
            logged,
            result(policy, "bundle", bundle, Optional.of(diagnostics), difference, verdict)),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        new Provenance(
            List.of(),
            CanonicalJson.tree(Map.of("promote_if", CanonicalJson.tree(PromoteIf.DEFAULT))),
            0,
            CodeVersion.current()));
  }

  static Diagnostics diagnostics(double effectiveSampleSize, double unsupportedMass) {
    return new Diagnostics(
        Optional.of(effectiveSampleSize),
        Optional.of(0.01),
        Optional.of(3.0),
        Optional.of(1.0),
        Optional.of(0.5),
        Optional.empty(),
        Optional.of(unsupportedMass),
        "observation",
        4,
        Optional.empty(),
        new WeightHistogram(0, 0, -6, 0.5, List.of(), 0),
        List.of(),
        List.of());
  }

  private static Estimate estimate(double value) {
    return new Estimate(
        "self-normalized-inverse-propensity",
        "SNIPS",
        Optional.of(value),
        Optional.of(value - 0.05),
        Optional.of(value + 0.05),
        0.95,
        Optional.of(0.02),
        Optional.of(1000.0),
        Optional.of(0.01),
        Optional.empty(),
        true,
        Optional.empty());
  }

  private static PolicyResult result(
      String name,
      String kind,
      Fingerprint fingerprint,
      Optional<Diagnostics> diagnostics,
      Optional<Difference> difference,
      Verdict verdict) {
    return new PolicyResult(
        name,
        kind,
        fingerprint,
        List.of(),
        List.of(),
        List.of(estimate(0.8)),
        diagnostics,
        difference,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        verdict);
  }

  /** Publishes one as evaluation does. */
  public static Path publish(Path folder, EvaluationReport report) {
    return publish(folder, CanonicalJson.text(report));
  }

  /** Any text as a report, under a manifest that fits it. */
  static Path publish(Path folder, String json) {
    try (ArtefactWriter writer =
        ArtefactWriter.begin(folder.toString(), ArtefactWriter.Existing.REPLACE)) {
      writer.write("report.json", json.getBytes(StandardCharsets.UTF_8));
      writer.publish(
          Map.of("spec_version", 1, "kind", "report", "name", "shop", "files", writer.files()));
    }
    return folder;
  }
}
