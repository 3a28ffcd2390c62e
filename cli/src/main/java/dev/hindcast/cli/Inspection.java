package dev.hindcast.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.artefact.RowAccount;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.evaluation.scoring.DecisionsManifest;
import dev.hindcast.gbrl.explanation.Drivers;
import dev.hindcast.training.spark.TrainJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Artefacts in a few lines of text. */
final class Inspection {
  /** How many of the fields that a bundle looks at are named. */
  private static final int DRIVERS = 6;

  private Inspection() {}

  /** Whatever stands at a path, by the kind its manifest names. */
  static String of(String path, JsonNode manifest) {
    byte[] json = CanonicalJson.text(manifest).getBytes(StandardCharsets.UTF_8);
    return switch (manifest.path("kind").asText()) {
      case DatasetManifest.KIND -> dataset(CanonicalJson.read(json, DatasetManifest.class));
      case BundleManifest.POLICY, BundleManifest.Q_FUNCTION, BundleManifest.VISIT_RATIOS ->
          bundle(CanonicalJson.read(json, BundleManifest.class), drivers(path));
      case EvaluationReport.KIND -> report(readReport(path));
      case DecisionsManifest.KIND -> decisions(CanonicalJson.read(json, DecisionsManifest.class));
      default ->
          "An artefact of kind '"
              + manifest.path("kind").asText()
              + "', which this build does not know.";
    };
  }

  /** Scored decisions: who decided, how, and how often. */
  static String decisions(DecisionsManifest manifest) {
    Lines lines = new Lines();
    lines.add(
        "Decisions of policy %s, version %s", manifest.policy(), manifest.policyVersion().brief());
    lines.add("  rows       %,d, %,d with an action", manifest.rows(), manifest.scored());
    lines.add(
        "  chosen     %s from %s",
        manifest.acting().equals("greedy") ? "for certain" : "by chance",
        manifest.actionSpace().inWords());
    lines.add(
        "  values     %s",
        manifest.qFunctions().isEmpty()
            ? "none: no Q-function was given"
            : "of " + String.join(", ", manifest.qFunctions()));
    madeBy(lines, manifest.provenance());
    return lines.text();
  }

  /** A dataset: where its rows went, what is on each side, what made it. */
  static String dataset(DatasetManifest manifest) {
    Lines lines = new Lines();
    lines.add("Dataset %s, fingerprint %s", manifest.name(), manifest.fingerprint().brief());
    RowAccount rows = manifest.rows();
    lines.add(
        "  rows       %,d read, %,d kept, %,d quarantined",
        rows.read(), rows.kept(), rows.read() - rows.kept());
    rows.quarantined().forEach((rule, count) -> lines.add("             %,d by %s", count, rule));
    manifest
        .warnings()
        .forEach((rule, count) -> lines.add("             %,d kept although %s", count, rule));
    for (Split.Part part : Split.Part.values()) {
      DatasetManifest.PartSummary side = manifest.part(part);
      lines.add(
          "  %-10s %,d episodes, %,d steps, longest %d; mean return %.4f; rewards %.4g to %.4g; %,d terminated, %,d truncated",
          part.key().replace('_', '-'),
          side.episodes(),
          side.transitions(),
          side.maxEpisodeLength(),
          side.meanReturn(),
          side.minReward(),
          side.maxReward(),
          side.terminated(),
          side.truncated());
    }
    lines.add(
        "  observes   %d numeric and %d categorical fields",
        manifest.observationSpace().numeric().size(),
        manifest.observationSpace().categorical().size());
    lines.add(
        "  acts       %s%s",
        manifest.actionSpace().inWords(), manifest.hasMask() ? ", with masks" : "");
    lines.add(
        "  propensity %s",
        !manifest.hasPropensity()
            ? "none: importance sampling is not possible"
            : manifest.propensityEstimated() ? "estimated" : "exact");
    if (!manifest.rewardComponents().isEmpty()) {
      lines.add(
          "  rewards    %s",
          String.join(
              " + ",
              manifest.rewardComponents().stream()
                  .map(component -> component.weight() + " " + component.name())
                  .toList()));
    }
    if (!manifest.labels().isEmpty()) {
      lines.add("  labels     %s", String.join(", ", manifest.labels()));
    }
    if (manifest.hasDuration() || manifest.hasDemonstration()) {
      lines.add(
          "  steps      %s",
          !manifest.hasDemonstration()
              ? "say how long they took"
              : manifest.hasDuration()
                  ? "say how long they took and whether they are demonstrations"
                  : "say whether they are demonstrations");
    }
    madeBy(lines, manifest.provenance());
    return lines.text();
  }

  /**
   * What the bundle at a path looks at; empty where it does not say so.
   *
   * @throws UserError (data) when the file that says so is damaged
   */
  static Optional<Drivers> drivers(String path) {
    String file = Storage.below(path, Drivers.FILE);
    if (!Storage.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Drivers.read(Storage.read(file)));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          UserError.Kind.DATA,
          "Cannot say what the bundle looks at: " + file + " is damaged (" + e.getMessage() + ").",
          e);
    }
  }

  /** A bundle: what it is, what it looks at and what made it. */
  static String bundle(BundleManifest manifest, Optional<Drivers> drivers) {
    Lines lines = new Lines();
    lines.add(
        "%s %s, fingerprint %s",
        switch (manifest.kind()) {
          case BundleManifest.POLICY -> "Policy";
          case BundleManifest.VISIT_RATIOS -> "Ratios of visits";
          default -> "Q-function";
        },
        manifest.name(),
        manifest.fingerprint().brief());
    lines.add(
        "  algorithm  %s, %,d updates, discount %s, seed %d",
        manifest.algorithm(),
        manifest.updates(),
        manifest.discount(),
        manifest.provenance().seed());
    manifest
        .evaluates()
        .ifPresent(
            of ->
                lines.add("  values     the policy %s (%s)", of.name(), of.fingerprint().brief()));
    lines.add(
        "  acts       %s%s",
        manifest.actionSpace().inWords(), manifest.usesMask() ? ", with masks" : "");
    drivers.ifPresent(found -> lines.add("  looks at   for %s", found.inWords(DRIVERS)));
    manifest.metrics().forEach((name, value) -> lines.add("  %-10s %.6g", name, value));
    manifest
        .onnx()
        .ifPresent(
            onnx ->
                lines.add(
                    "  onnx       %s, opset %d, within %.0e on %,d rows",
                    onnx.file(), onnx.opset(), onnx.maxDifference(), onnx.rowsChecked()));
    madeBy(lines, manifest.provenance());
    return lines.text();
  }

  /** The bundles of one training run, a line each. */
  static String trained(List<TrainJob.Trained> bundles) {
    int width = bundles.stream().mapToInt(b -> b.manifest().name().length()).max().orElse(4);
    Lines lines = new Lines();
    for (TrainJob.Trained bundle : bundles) {
      lines.add(
          "%-" + width + "s  %s  %,7d updates  %s%s",
          bundle.manifest().name(),
          bundle.manifest().fingerprint().brief(),
          bundle.manifest().updates(),
          bundle.folder(),
          bundle.alreadyThere() ? "  (already there)" : "");
    }
    return lines.text();
  }

  /** A report: for each policy its primary estimate, its evidence and the verdict. */
  static String report(EvaluationReport report) {
    Lines lines = new Lines();
    lines.add(
        "Report on %s: %,d %s episodes, discount %s, %.0f %% intervals, incumbent %s",
        report.name(),
        report.dataset().episodes(),
        report.dataset().split().replace('_', '-'),
        report.discount(),
        report.level() * 100,
        report.incumbent());
    int width =
        Math.max(
            6,
            report.policies().stream().mapToInt(policy -> policy.name().length()).max().orElse(0));
    lines.add(
        "  %-" + width + "s  %-9s  %-19s  %9s  %9s  %s",
        "policy",
        "estimate",
        "interval",
        "ESS",
        "exact",
        "verdict");
    for (PolicyResult policy : report.policies()) {
      Optional<Estimate> primary = policy.primary();
      lines.add(
          "  %-" + width + "s  %-9s  %-19s  %9s  %9s  %s",
          policy.name(),
          figure(primary.flatMap(Estimate::value), "%.4f"),
          primary
              .filter(Estimate::hasInterval)
              .map(
                  e ->
                      String.format(
                          Locale.ROOT,
                          "[%.4f, %.4f]",
                          e.lower().orElseThrow(),
                          e.upper().orElseThrow()))
              .orElse("-"),
          figure(
              policy.diagnostics().flatMap(EvaluationReport.Diagnostics::effectiveSampleSize),
              "%,.1f"),
          figure(policy.knownValue(), "%.4f"),
          policy.verdict().decision().key());
    }
    report
        .policies()
        .forEach(
            policy ->
                policy.verdict().reasons().stream()
                    .limit(1)
                    .forEach(reason -> lines.add("  %s: %s", policy.name(), reason.words())));
    report.selection().ifPresent(selection -> ranking(lines, selection));
    report.warnings().forEach(warning -> lines.add("%s", warning.words()));
    return lines.text();
  }

  private static void ranking(Lines lines, EvaluationReport.Selection selection) {
    lines.add("By lower bound, with the share of bootstrap replicates in which each comes first:");
    int place = 0;
    for (EvaluationReport.Ranked ranked : selection.ranking()) {
      place++;
      lines.add(
          "  %3d  %-9s  %4.0f %%  %s",
          place, figure(ranked.lower(), "%.4f"), 100 * ranked.chosenShare(), ranked.name());
    }
  }

  private static String figure(Optional<Double> value, String format) {
    return value.map(number -> String.format(Locale.ROOT, format, number)).orElse("-");
  }

  private static EvaluationReport readReport(String path) {
    try {
      return CanonicalJson.read(
          Files.readAllBytes(ArtefactFolder.local(path).resolve("report.json")),
          EvaluationReport.class);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the report in " + path + ".", e);
    }
  }

  private static void madeBy(Lines lines, Provenance provenance) {
    List<String> inputs = new ArrayList<>();
    provenance
        .inputs()
        .forEach(
            input ->
                inputs.add(
                    input.role() + " " + input.name() + " (" + input.fingerprint().brief() + ")"));
    lines.add("  made from  %s", inputs.isEmpty() ? "nothing" : String.join(", ", inputs));
    lines.add(
        "  made by    hindcast %s, commit %s",
        provenance.code().version(), provenance.code().commit());
  }

  private static final class Lines {
    private final StringBuilder text = new StringBuilder();

    void add(String format, Object... arguments) {
      text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    String text() {
      return text.toString().stripTrailing();
    }
  }
}
