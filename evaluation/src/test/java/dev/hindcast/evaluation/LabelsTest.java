package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.Pooled;
import dev.hindcast.core.report.Segment;
import dev.hindcast.core.report.Segment.PolicyValue;
import dev.hindcast.core.world.ChainMdp;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Episodes put together by what policies do not see: days of a log of two actions. */
class LabelsTest {
  private static final int DAYS = 5;
  private static final double SECOND = 0.3; // how often the logger takes the second action
  private static final String YAML =
      """
      name: days
      evaluate: {policies: [logged, uniform], replicates: 200, segments: [day]}
      """;

  @TempDir Path folder;

  /** What may go wrong with a log from its fourth day on. */
  private enum Trouble {
    NONE,
    /** Rewards rise. */
    DRIFT,
    /** Half of the propensity is logged. */
    PROPENSITIES
  }

  private static String day(int episode) {
    return String.format(Locale.ROOT, "2026-11-%02d", 8 + episode % DAYS);
  }

  private static TransitionColumns log(int episodes, Trouble trouble, IntFunction<String> day) {
    SplittableRandom random = new SplittableRandom(3);
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(
                ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(2), false, true)
            .withLabels(List.of("market", "day"));
    for (int e = 0; e < episodes; e++) {
      boolean isLate = e % DAYS >= 3;
      int action = random.nextDouble() < SECOND ? 1 : 0;
      double chance = value(action, trouble == Trouble.DRIFT && isLate);
      double propensity = action == 1 ? SECOND : 1 - SECOND;
      builder.beginEpisode("e" + e).labelled("all", day.apply(e));
      builder.addStep(
          new float[1],
          new int[0],
          new boolean[0],
          action,
          random.nextDouble() < chance ? 1 : 0,
          trouble == Trouble.PROPENSITIES && isLate ? propensity / 2 : propensity);
      builder.endEpisode(true);
    }
    return builder.build();
  }

  private static double value(double second, boolean drifts) {
    return 0.2 + 0.3 * second + (drifts ? 0.3 : 0);
  }

  private EvaluationReport report(
      String yaml, int episodes, Trouble trouble, IntFunction<String> day) {
    return Fixture.of(
            folder.resolve(trouble + "-" + episodes),
            ChainMdp.deterministic(2),
            log(episodes, trouble, day))
        .evaluate(yaml, List.of());
  }

  private static List<String> warnings(EvaluationReport report, String code) {
    return report.warnings().stream()
        .filter(warning -> warning.code().equals(code))
        .map(Remark::words)
        .toList();
  }

  @Test
  void valuesOfDaysStandInTheirOrder() {
    EvaluationReport report = report(YAML, 10_000, Trouble.DRIFT, LabelsTest::day);
    assertThat(report.segments()).extracting(Segment::column).containsOnly("day");
    assertThat(report.segments()).extracting(Segment::kind).containsOnly("label");
    assertThat(report.segments())
        .extracting(Segment::name)
        .containsExactly("2026-11-08", "2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12");
    for (int d = 0; d < DAYS; d++) {
      for (PolicyValue found : report.segments().get(d).policies()) {
        double truth = value(found.policy().equals("uniform") ? 0.5 : SECOND, d >= 3);
        var value = found.value().orElseThrow();
        assertThat(value.value())
            .isCloseTo(truth, within(1.5 * (value.upper().orElseThrow() - value.value())));
        assertThat(value.upper().orElseThrow() - value.value()).isLessThan(0.04);
      }
    }
  }

  @Test
  void aLogThatDriftsSaysSo() {
    List<String> words = warnings(report(YAML, 10_000, Trouble.DRIFT, LabelsTest::day), "drift");
    assertThat(words).hasSize(1);
    assertThat(words.get(0))
        .startsWith(
            "The log's own returns differ by day more than chance explains: their mean runs")
        .containsPattern(
            "from 0\\.2\\d+ \\(2026-11-(08|09|10)\\) to 0\\.(5|6)\\d+ \\(2026-11-1[12]\\)");
    EvaluationReport calm = report(YAML, 10_000, Trouble.NONE, LabelsTest::day);
    assertThat(warnings(calm, "drift")).isEmpty();
    assertThat(warnings(calm, "weights-off-in-segments")).isEmpty();
  }

  @Test
  void propensitiesThatAreWrongOnSomeDaysAreFoundThere() {
    List<String> words =
        warnings(
            report(YAML, 10_000, Trouble.PROPENSITIES, LabelsTest::day), "weights-off-in-segments");
    assertThat(words).hasSize(1);
    assertThat(words.get(0))
        .startsWith(
            "uniform: weights should average 1 among all episodes that begin alike, and average")
        .contains("for day 2026-11-11", "for day 2026-11-12")
        .doesNotContain("2026-11-08", "2026-11-09", "2026-11-10");
  }

  @Test
  void ofManyLabelsTheRareOnesAreTogether() {
    EvaluationReport report =
        report(
            YAML,
            20_000,
            Trouble.NONE,
            e -> e % 100 < 61 ? "common " + (10 + e % 100) : "rare " + e % 900);
    assertThat(report.segments()).hasSize(62);
    Segment others = report.segments().get(61);
    assertThat(others.kind()).isEqualTo("other");
    assertThat(others.name()).endsWith(" others together");
    assertThat(others.episodes()).isEqualTo(39L * 200);
    assertThat(report.segments().get(0).name()).isEqualTo("common 10");
  }

  @Test
  void whatPutsNothingTogetherIsRefused() {
    assertThatThrownBy(() -> report(YAML, 10_001, Trouble.NONE, e -> "visit " + e))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "Cannot evaluate by segments of day: it has more than 10000 different values, such as")
        .hasMessageContaining("Name a column that puts episodes together");
    assertThatThrownBy(
            () -> report(YAML.replace("[day]", "[dai]"), 10, Trouble.NONE, LabelsTest::day))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("dataset world keeps no such column. Did you mean day?")
        .hasMessageContaining("if ingest.labels names them");
  }

  /** Half of the episodes are those of a logger that hardly ever takes the second action. */
  private static TransitionColumns twoLoggers(double drift) {
    SplittableRandom random = new SplittableRandom(5);
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(
                ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(2), false, true)
            .withLabels(List.of("market", "day"));
    for (int e = 0; e < 20_000; e++) {
      double second = e % 2 == 0 ? 0.5 : 0.01;
      int action = random.nextDouble() < second ? 1 : 0;
      double chance = value(action, false) + (e % 2 == 0 ? 0 : drift);
      builder.beginEpisode("e" + e).labelled("all", e % 2 == 0 ? "near" : "far");
      builder.addStep(
          new float[1],
          new int[0],
          new boolean[0],
          action,
          random.nextDouble() < chance ? 1 : 0,
          action == 1 ? second : 1 - second);
      builder.endEpisode(true);
    }
    return builder.build();
  }

  private EvaluationReport ofTwoLoggers(double drift) {
    return Fixture.of(folder.resolve("two-" + drift), ChainMdp.deterministic(2), twoLoggers(drift))
        .evaluate(YAML, List.of());
  }

  @Test
  void theLoggerThatSaysMoreSpeaksLouder() {
    EvaluationReport report = ofTwoLoggers(0);
    Pooled pooled =
        report.pooled().stream()
            .filter(p -> p.policy().equals("uniform"))
            .findFirst()
            .orElseThrow();
    double truth = value(0.5, false);
    assertThat(pooled.segments()).isEqualTo(2);
    assertThat(pooled.value()).isCloseTo(truth, within(3 * pooled.standardError()));
    assertThat(pooled.lower()).isLessThan(truth);
    assertThat(pooled.upper()).isGreaterThan(truth);
    assertThat(pooled.equalP()).isGreaterThan(0.001);
    double whole =
        report
            .policy("uniform")
            .orElseThrow()
            .primary()
            .orElseThrow()
            .standardError()
            .orElseThrow();
    // the near logger alone: 10,000 outcomes of a chance of 0.35, at weight 1
    assertThat(pooled.standardError()).isCloseTo(Math.sqrt(0.35 * 0.65 / 10_000), within(0.0005));
    assertThat(pooled.standardError()).isLessThan(0.4 * whole);
    assertThat(report.pooled()).extracting(Pooled::label).containsOnly("day");
  }

  @Test
  void loggersOfDifferentWorldsAreToldApart() {
    assertThat(ofTwoLoggers(0.3).pooled())
        .filteredOn(pooled -> pooled.policy().equals("logged"))
        .singleElement()
        .satisfies(pooled -> assertThat(pooled.equalP()).isLessThan(0.001));
  }

  @Test
  void anEpisodeWithoutALabelStandsApart() {
    EvaluationReport report = report(YAML, 2000, Trouble.NONE, e -> e % 4 == 0 ? "" : day(e));
    assertThat(report.segments().get(0).kind()).isEqualTo("missing");
    assertThat(report.segments().get(0).episodes()).isEqualTo(500);
    assertThat(
            IntStream.range(0, DAYS + 1).mapToLong(s -> report.segments().get(s).episodes()).sum())
        .isEqualTo(2000);
  }

  private List<String> unplanned(String shares, int episodes) {
    String yaml = YAML.replace("segments: [day]", "planned-shares: {" + shares + "}");
    return warnings(report(yaml, episodes, Trouble.NONE, LabelsTest::day), "sample-ratio");
  }

  @Test
  void sharesThatWereNotPlannedAreNamed() {
    String others = "2026-11-09: 1, 2026-11-10: 1, 2026-11-11: 1, 2026-11-12: 1";
    assertThat(unplanned("day: {2026-11-08: 1, " + others + "}", 1000)).isEmpty();
    assertThat(unplanned("day: {2026-11-08: 2, " + others + "}", 1200))
        .singleElement()
        .asString()
        .startsWith(
            "The shares of day are not as planned: 2026-11-08 240 instead of 400, 2026-11-09 240 instead of 200,")
        .contains("Something decides which episodes come to be in this log");
    assertThat(unplanned("day: {2026-11-08: 1, 2026-11-09: 1}", 1100))
        .singleElement()
        .asString()
        .contains("2026-11-10 220 instead of 0", "an arm that nobody planned");
    assertThatThrownBy(() -> unplanned("dya: {a: 1, b: 1}", 1300))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "Cannot compare the shares of dya with evaluate.planned-shares: dataset world has no such label. Did you mean day?");
    assertThatThrownBy(() -> unplanned("day: {a: 0}", 1400))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is 0.0, but a share must be above 0")
        .hasMessageContaining("names fewer than two values");
  }
}
