package dev.hindcast.serving.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.evaluation.verdict.Evidence;
import dev.hindcast.evaluation.verdict.Judge;
import dev.hindcast.evaluation.verdict.PromoteIf;
import dev.hindcast.serving.registry.Justification.Evaluation;
import dev.hindcast.serving.registry.Objection.Raised;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a report and says what speaks against making a version champion. It fails closed: whatever
 * is missing, damaged or not a number speaks against it. The verdict is not taken on trust but
 * drawn again from the report's figures by the {@link Judge} that evaluation uses.
 */
final class PromotionGate {
  private final Version candidate;
  private final Optional<Version> champion;
  private final List<Generation> history;
  private final List<Raised> objections = new ArrayList<>();
  private Optional<Evaluation> evaluation = Optional.empty();

  /**
   * A gate for one promotion.
   *
   * @param champion in force now
   * @param history all generations, the first one first
   */
  PromotionGate(Version candidate, Optional<Version> champion, List<Generation> history) {
    this.candidate = candidate;
    this.champion = champion;
    this.history = history;
  }

  /** What speaks against it; empty when nothing does. */
  List<Raised> objections() {
    return List.copyOf(objections);
  }

  /** What the report said, as far as it could be read. */
  Optional<Evaluation> evaluation() {
    return evaluation;
  }

  /** Looks at the age of the data. */
  void compareWindows() {
    Optional<DataWindow> newest = champion.flatMap(Version::window);
    if (newest.isEmpty()) {
      return;
    }
    if (candidate.window().isEmpty()) {
      object(
          Objection.OLDER_WINDOW,
          "nothing says which time its data is from, while the champion's is from "
              + newest.get().inWords());
    } else if (candidate.window().get().isOlderThan(newest.get())) {
      object(
          Objection.OLDER_WINDOW,
          "its data is from "
              + candidate.window().get().inWords()
              + ", older than the champion's, from "
              + newest.get().inWords());
    }
  }

  /** Looks at the report. */
  void read(Optional<String> place, Optional<Fingerprint> dataset) {
    if (place.isEmpty()) {
      object(Objection.NO_REPORT, "no report was named");
      return;
    }
    String folder = Storage.absolute(place.get());
    if (!Storage.isFolder(folder) || !Storage.exists(Storage.below(folder, "manifest.json"))) {
      object(Objection.NO_REPORT, "there is no finished report at " + folder);
      return;
    }
    try {
      Fingerprint fingerprint = Storage.fingerprint(Storage.below(folder, "manifest.json"));
      judge(folder, fingerprint, report(folder), dataset);
    } catch (Unreadable e) {
      object(Objection.DAMAGED_REPORT, "the report at " + folder + " " + e.getMessage());
    } catch (RuntimeException e) {
      object(
          Objection.DAMAGED_REPORT,
          "the report at " + folder + " cannot be read (" + e.getMessage() + ")");
    }
  }

  private void judge(
      String folder,
      Fingerprint fingerprint,
      EvaluationReport report,
      Optional<Fingerprint> dataset) {
    Optional<PolicyResult> found =
        report.policies().stream()
            .filter(policy -> policy.fingerprint().equals(candidate.fingerprint()))
            .findFirst();
    if (found.isEmpty()) {
      object(
          Objection.OTHER_BUNDLE,
          report
              .policy(candidate.name())
              .map(
                  same ->
                      "the report judges a "
                          + same.name()
                          + " with other weights ("
                          + same.fingerprint().brief()
                          + ") than those registered ("
                          + candidate.fingerprint().brief()
                          + ")")
              .orElse(
                  "the report says nothing of a bundle with the fingerprint "
                      + candidate.fingerprint().brief()));
      return;
    }
    PolicyResult result = found.get();
    Optional<Estimate> primary = result.primary();
    evaluation =
        Optional.of(
            new Evaluation(
                folder,
                fingerprint,
                result.name(),
                result.verdict().decision().key(),
                report.incumbent(),
                report.dataset().fingerprint(),
                primary.map(Estimate::label),
                primary.flatMap(Estimate::value),
                primary.flatMap(Estimate::lower),
                primary.flatMap(Estimate::upper)));
    compareRuns(report, fingerprint, dataset);
    decide(report, result);
  }

  private void compareRuns(
      EvaluationReport report, Fingerprint fingerprint, Optional<Fingerprint> dataset) {
    if (dataset.isPresent() && !report.dataset().fingerprint().equals(dataset.get())) {
      object(
          Objection.OLDER_REPORT,
          "the report was made on the dataset "
              + report.dataset().fingerprint().brief()
              + ", not on "
              + dataset.get().brief());
    }
    report
        .policy(report.incumbent())
        .filter(incumbent -> incumbent.kind().equals("bundle"))
        .filter(
            incumbent ->
                champion.isEmpty() || !champion.get().fingerprint().equals(incumbent.fingerprint()))
        .ifPresent(
            incumbent ->
                object(
                    Objection.OLDER_REPORT,
                    "the report compares with "
                        + incumbent.name()
                        + " ("
                        + incumbent.fingerprint().brief()
                        + "), which is not the champion"));
    history.stream()
        .filter(
            generation ->
                generation
                    .justification()
                    .report()
                    .filter(used -> used.fingerprint().equals(fingerprint))
                    .isPresent())
        .filter(generation -> generation.version() == candidate.number())
        .findFirst()
        .ifPresent(
            generation ->
                object(
                    Objection.OLDER_REPORT,
                    "this very report made it champion in generation "
                        + generation.number()
                        + " already, and it was replaced since"));
  }

  private void decide(EvaluationReport report, PolicyResult result) {
    Decision decision = result.verdict().decision();
    if (decision != Decision.PROMOTE) {
      object(
          Objection.VERDICT,
          "the verdict is "
              + decision.key()
              + result.verdict().reasons().stream()
                  .findFirst()
                  .map(reason -> " (" + reason.words() + ")")
                  .orElse(""));
      return;
    }
    List<Remark> doubts = doubts(report, result);
    if (!doubts.isEmpty()) {
      object(
          Objection.UNFOUNDED_VERDICT,
          "the verdict is promote, which its own figures do not bear out ("
              + doubts.get(0).words()
              + ")");
    }
  }

  /** Draws the verdict again. */
  private static List<Remark> doubts(EvaluationReport report, PolicyResult result) {
    if (result.diagnostics().isEmpty()) {
      return List.of(new Remark("figure-missing", "There are no diagnostics."));
    }
    List<Remark> reasons = new ArrayList<>();
    result
        .primary()
        .filter(Estimate::hasInterval)
        .filter(e -> !(e.lower().get() <= e.value().get() && e.value().get() <= e.upper().get()))
        .ifPresent(
            e ->
                reasons.add(
                    new Remark("figures-out-of-order", "The estimate lies outside its interval.")));
    JsonNode conditions = report.provenance().config().path("promote_if");
    if (conditions.isMissingNode()) {
      reasons.add(new Remark("figure-missing", "It does not say what a policy had to show."));
      return reasons;
    }
    boolean weighted =
        result
            .primary()
            .flatMap(primary -> Estimators.named(primary.estimator()))
            .map(Estimators.Entry::isWeighted)
            .orElse(false);
    Evidence evidence =
        new Evidence(
            result.name(),
            report.incumbent(),
            result.estimates(),
            weighted ? Evidence.Basis.WEIGHTS : Evidence.Basis.MODEL,
            result.diagnostics().get(),
            result.differenceToIncumbent(),
            !report.dataset().split().equals("held_out"),
            result.components(),
            report.backTest());
    Judge judge = new Judge(CanonicalJson.read(CanonicalJson.bytes(conditions), PromoteIf.class));
    EvaluationReport.Verdict drawn = judge.decide(evidence);
    if (drawn.decision() != Decision.PROMOTE) {
      reasons.addAll(drawn.reasons());
    }
    return reasons;
  }

  /** The report of a finished folder, whole, of this spec version, and without any no-number. */
  private static EvaluationReport report(String folder) throws Unreadable {
    JsonNode manifest = ArtefactFolder.manifest(folder).orElseThrow();
    if (!manifest.path("kind").asText().equals(EvaluationReport.KIND)) {
      throw new Unreadable("is no report but a " + manifest.path("kind").asText("thing unnamed"));
    }
    requireVersion(manifest);
    byte[] json = Storage.read(Storage.below(folder, "report.json"));
    String hash = Fingerprint.of(json).value();
    Set<String> listed = new HashSet<>();
    manifest
        .path("files")
        .forEach(
            file -> {
              if (file.path("path").asText().equals("report.json")) {
                listed.add(file.path("sha256").asText());
              }
            });
    if (!listed.equals(Set.of(hash))) {
      throw new Unreadable("is not the one that was published: the hash of report.json differs");
    }
    requireVersion(CanonicalJson.tree(json));
    EvaluationReport report = CanonicalJson.read(json, EvaluationReport.class);
    requireNumbers(CanonicalJson.tree(report));
    return report;
  }

  private static void requireVersion(JsonNode tree) throws Unreadable {
    int version = tree.path("spec_version").asInt(-1);
    if (version != EvaluationReport.SPEC_VERSION) {
      throw new Unreadable(
          "says spec version "
              + version
              + ", and this build reads "
              + EvaluationReport.SPEC_VERSION);
    }
  }

  private static void requireNumbers(JsonNode node) throws Unreadable {
    if (node.isNumber() && !Double.isFinite(node.doubleValue())) {
      throw new Unreadable("holds a figure that is not a finite number");
    }
    for (JsonNode inner : node) {
      requireNumbers(inner);
    }
  }

  private void object(Objection objection, String words) {
    objections.add(new Raised(objection, words));
  }

  /** What is wrong with a report, as the end of a sentence that begins with it. */
  private static final class Unreadable extends Exception {
    Unreadable(String words) {
      super(words);
    }
  }
}
