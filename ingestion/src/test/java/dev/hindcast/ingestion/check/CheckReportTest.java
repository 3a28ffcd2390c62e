package dev.hindcast.ingestion.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.check.Treatments.Treat;
import dev.hindcast.ingestion.check.Treatments.Treatment;
import dev.hindcast.ingestion.mapping.FieldMapping.Ending;
import dev.hindcast.ingestion.mapping.Sessionizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckReportTest {
  @Test
  void beyondTheAllowedShareTheRunStopsWithCountsAndExamples() {
    CheckReport report = broken(5, Map.of());
    assertThatThrownBy(
            () -> report.enforce(new Treatments(Map.of()), "ingest x.parquet", 100, "p.yaml"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot ingest x.parquet: more rows broke a rule than is allowed")
        .hasMessageContaining("invalid-propensity: 5 of 100 rows (5%), allowed 1%")
        .hasMessageContaining("First: episode e0 step 1 (propensity is 0.0); episode e1 step 1")
        .hasMessageContaining("invalid-propensity: {at-most: 100%}")
        .hasMessageNotContaining("e3")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.DATA);
  }

  @Test
  void companionsNeverStopTheRunAndTheLimitItselfIsAllowed() {
    Treatments treatments =
        new Treatments(Map.of("invalid-propensity", new Treatment(Treat.QUARANTINE, 0.05)));
    assertThatCode(() -> broken(5, Map.of()).enforce(treatments, "x", 100, "p.yaml"))
        .doesNotThrowAnyException();
  }

  @Test
  void partsMergeInAnyOrderToTheSame() {
    CheckReport a = broken(3, Map.of());
    CheckReport b = broken(7, Map.of());
    CheckReport ab = new CheckReport();
    ab.merge(a);
    ab.merge(b);
    assertThat(ab.quarantined())
        .containsEntry("invalid-propensity", 10L)
        .containsEntry(Checks.COMPANION, 10L);
  }

  @Test
  void treatmentsAreReadWithTheirDefaults() {
    Treatments treatments =
        read(
            "action-outside-mask: {treat: keep}\ninvalid-propensity: {at-most: 0.1%}\n"
                + "gap-in-steps: {treat: stop}\nempty-mask: {at-most: 100%}");
    assertThat(treatments.of("action-outside-mask")).isEqualTo(new Treatment(Treat.KEEP, 1));
    assertThat(treatments.of("invalid-propensity"))
        .isEqualTo(new Treatment(Treat.QUARANTINE, 0.001));
    assertThat(treatments.of("gap-in-steps")).isEqualTo(new Treatment(Treat.STOP, 0));
    assertThat(treatments.of("empty-mask").atMost()).isEqualTo(1);
    assertThat(treatments.of("missing-value")).isEqualTo(new Treatment(Treat.QUARANTINE, 0.01));
    assertThat(treatments.of(Checks.COMPANION).atMost()).isEqualTo(1);
  }

  @Test
  void wrongTreatmentsAreToldAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    "invalid-propensty: {at-most: 1%}\nmissing-value: {treat: keep}\n"
                        + "empty-mask: {at-most: 110%}"))
        .hasMessageContaining("is no rule. Did you mean invalid-propensity?")
        .hasMessageContaining("rows that break missing-value cannot be used")
        .hasMessageContaining("is 1.1, but must lie in [0%, 100%]");
  }

  private static Treatments read(String yaml) {
    ConfigDocument document = ConfigDocument.parse("p.yaml", Path.of("/"), yaml, List.of());
    Treatments treatments = Treatments.from(document.root());
    document.finish();
    return treatments;
  }

  private static CheckReport broken(int episodes, Map<String, Treatment> treatments) {
    EpisodeScreening screening =
        new EpisodeScreening(
            new Sessionizer(Sessionizer.Ordering.STEP, 0, Ending.TRUNCATED, false),
            new ActionSpace.Discrete(3),
            new Treatments(treatments));
    CheckReport report = new CheckReport();
    for (int e = episodes - 1; e >= 0; e--) {
      report.add(
          screening.screen(
              List.of(Events.sound("e" + e, 0), Events.withPropensity("e" + e, 1, 0))));
    }
    return report;
  }
}
