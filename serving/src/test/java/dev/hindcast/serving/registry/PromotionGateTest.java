package dev.hindcast.serving.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.Difference;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Verdict;
import dev.hindcast.serving.Bundles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Crafted reports: the gate stays closed in every case but the sound one. */
class PromotionGateTest {
  private static final Verdict PROMOTE =
      new Verdict(Decision.PROMOTE, List.of(new Remark("better-than-incumbent", "It is better.")));
  private static final Difference BETTER = new Difference(0.1, 0.05, 0.15);

  @TempDir private Path folder;
  private RegisteredPolicy shop;
  private Version version;
  private String good;

  @BeforeEach
  void register() {
    shop = Registry.at(folder.resolve("registry").toString()).policy("shop");
    version =
        shop.register(
            Bundles.write(folder.resolve("bundle"), 1, Optional.empty()).toString(),
            Optional.empty(),
            "ann");
    good = CanonicalJson.text(Reports.good(version.name(), version.fingerprint()));
  }

  private void refused(UserError.Kind kind, String words) {
    assertThatThrownBy(
            () ->
                shop.promote(
                    Promotion.by("ann", version.number(), folder.resolve("report").toString())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(words)
        .extracting(error -> ((UserError) error).kind())
        .isEqualTo(kind);
    assertThat(shop.history()).isEmpty();
  }

  private void published(String json) {
    Reports.publish(folder.resolve("report"), json);
  }

  private void published(EvaluationReport report) {
    Reports.publish(folder.resolve("report"), report);
  }

  @Test
  void soundReportOpensIt() {
    published(good);
    shop.promote(Promotion.by("ann", version.number(), folder.resolve("report").toString()));
    assertThat(shop.version(Alias.CHAMPION)).contains(version);
  }

  /** The condition stands in the report, the figure that keeps to it does not. */
  @Test
  void constraintsAreHeldAgain() {
    String constraint =
        "{\"component\": \"cost\", \"side\": \"at-most\", \"bound\": 2.0, \"margin\": 0.0}";
    published(
        good.replace(
            "\"promote_if\" : {", "\"promote_if\" : { \"constraints\": [" + constraint + "],"));
    refused(UserError.Kind.DATA, "Whether it keeps to cost of at most 2.00 could not be computed");
  }

  @Test
  void missing() {
    refused(UserError.Kind.INPUT_MISSING, "there is no finished report at");
  }

  @Test
  void unfinished() throws IOException {
    Files.createDirectories(folder.resolve("report"));
    Files.writeString(folder.resolve("report/report.json"), good);
    refused(UserError.Kind.INPUT_MISSING, "there is no finished report at");
  }

  @Test
  void empty() {
    published("");
    refused(UserError.Kind.DATA, "damaged-report");
    published("{}");
    refused(UserError.Kind.DATA, "says spec version -1");
    published("{\"spec_version\": 1}");
    refused(UserError.Kind.DATA, "damaged-report");
    published("{\"spec_version\": 1, \"kind\": \"report\", \"policies\": []}");
    refused(UserError.Kind.DATA, "damaged-report");
  }

  @Test
  void noVerdict() {
    published(good.replaceAll("(?s)\"verdict\" : \\{.*?\\]\\s*\\}", "\"verdict\" : null"));
    refused(UserError.Kind.DATA, "damaged-report");
  }

  @Test
  void notANumber() {
    published(good.replace("\"value\" : 0.8", "\"value\" : NaN"));
    refused(UserError.Kind.DATA, "cannot be read");
    published(good.replace("\"value\" : 0.8", "\"value\" : \"NaN\""));
    refused(UserError.Kind.DATA, "holds a figure that is not a finite number");
    published(good.replace("\"lower\" : 0.75", "\"lower\" : \"Infinity\""));
    refused(UserError.Kind.DATA, "holds a figure that is not a finite number");
  }

  @Test
  void missingFigures() {
    published(good.replaceAll("\"lower\" : 0.75,\\s*", ""));
    refused(UserError.Kind.DATA, "which its own figures do not bear out");
    published(good.replaceAll("(?s)\"difference_to_incumbent\" : \\{.*?\\},", ""));
    refused(UserError.Kind.DATA, "The difference to logged could not be computed");
    published(good.replaceAll("\"effective_sample_size\" : 1000.0,\\s*", ""));
    refused(UserError.Kind.DATA, "which its own figures do not bear out");
    published(good.replaceAll("(?s)\"promote_if\" : \\{.*?\\}", ""));
    refused(UserError.Kind.DATA, "does not say what a policy had to show");
  }

  @Test
  void estimateOutsideItsInterval() {
    published(good.replace("\"value\" : 0.8", "\"value\" : 0.9"));
    refused(UserError.Kind.DATA, "The estimate lies outside its interval");
  }

  @Test
  void wrongVersion() {
    published(good.replaceFirst("\"spec_version\" : 1", "\"spec_version\" : 2"));
    refused(UserError.Kind.DATA, "says spec version 2, and this build reads 1");
  }

  @Test
  void alteredAfterItWasPublished() throws IOException {
    published(good.replace("\"promote\"", "\"hold\""));
    Path report = folder.resolve("report/report.json");
    Files.writeString(report, Files.readString(report).replace("\"hold\"", "\"promote\""));
    refused(UserError.Kind.DATA, "the hash of report.json differs");
  }

  @Test
  void aDatasetInItsPlace() throws IOException {
    published(good);
    Path manifest = folder.resolve("report/manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace("\"report\"", "\"dataset\""));
    refused(UserError.Kind.DATA, "is no report but a dataset");
  }

  @Test
  void otherWeightsUnderTheSameName() {
    published(Reports.good(version.name(), Fingerprint.ofJson("yesterday")));
    refused(UserError.Kind.GATE, "the report judges a bundle with other weights");
    published(Reports.good("another", Fingerprint.ofJson("yesterday")));
    refused(UserError.Kind.GATE, "the report says nothing of a bundle with the fingerprint");
  }

  @Test
  void verdictThatIsNotPromote() {
    published(
        Reports.of(
            version.name(),
            version.fingerprint(),
            Reports.diagnostics(50, 0.01),
            Optional.of(BETTER),
            new Verdict(
                Decision.HOLD,
                List.of(new Remark("effective-sample-size-small", "Fifty are few.")))));
    refused(UserError.Kind.GATE, "the verdict is hold (Fifty are few.)");
  }

  @Test
  void positiveBoundWithBadSupport() {
    published(
        Reports.of(
            version.name(),
            version.fingerprint(),
            Reports.diagnostics(1000, 0.4),
            Optional.of(BETTER),
            PROMOTE));
    refused(UserError.Kind.DATA, "It does things this log never shows");
    published(
        Reports.of(
            version.name(),
            version.fingerprint(),
            Reports.diagnostics(5, 0.01),
            Optional.of(BETTER),
            PROMOTE));
    refused(UserError.Kind.DATA, "The evidence amounts to 5 effective episodes");
  }

  @Test
  void differenceThatIncludesZero() {
    published(
        Reports.of(
            version.name(),
            version.fingerprint(),
            Reports.diagnostics(1000, 0.01),
            Optional.of(new Difference(0.1, -0.01, 0.15)),
            PROMOTE));
    refused(UserError.Kind.DATA, "The log does not show that it is better than logged");
  }

  @Test
  void evaluatedOnWhatItWasTrainedOn() {
    published(good.replace("\"held_out\"", "\"all\""));
    refused(UserError.Kind.DATA, "It was trained on episodes that it is evaluated on");
  }

  @Test
  void olderRun() {
    published(good);
    Promotion promotion =
        new Promotion(
            version.number(),
            Optional.of(folder.resolve("report").toString()),
            Optional.of(Fingerprint.ofJson("today")),
            Set.of(),
            "",
            "ann",
            Optional.empty());
    assertThatThrownBy(() -> shop.promote(promotion))
        .hasMessageContaining("the report was made on the dataset")
        .hasMessageContaining("--force older-report");
    published(good.replace("\"kind\" : \"logged\"", "\"kind\" : \"bundle\""));
    refused(UserError.Kind.GATE, "the report compares with logged (");
  }
}
