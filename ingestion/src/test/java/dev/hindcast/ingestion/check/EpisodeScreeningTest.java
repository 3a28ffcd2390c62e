package dev.hindcast.ingestion.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.columns.QuarantineFile;
import dev.hindcast.ingestion.check.EpisodeScreening.Decision;
import dev.hindcast.ingestion.check.Treatments.Treat;
import dev.hindcast.ingestion.check.Treatments.Treatment;
import dev.hindcast.ingestion.mapping.Event;
import dev.hindcast.ingestion.mapping.FieldMapping.Ending;
import dev.hindcast.ingestion.mapping.MappedRow;
import dev.hindcast.ingestion.mapping.Sessionizer;
import dev.hindcast.ingestion.mapping.Sessionizer.Ordering;
import dev.hindcast.ingestion.mapping.UnmappedRow;
import dev.hindcast.ingestion.mapping.UnmappedRow.Trouble;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EpisodeScreeningTest {
  private static final ActionSpace THREE = new ActionSpace.Discrete(3);
  private static final boolean[] MASK = {true, true, false};

  private final EpisodeScreening screening = screening(Ordering.STEP, Map.of());

  @Test
  void soundEpisodeIsKeptInOrder() {
    Decision decision =
        screening.screen(List.of(Events.last("e", 2), Events.sound("e", 0), Events.sound("e", 1)));
    assertThat(decision.kept()).extracting(e -> e.order().getAsLong()).containsExactly(0L, 1L, 2L);
    assertThat(decision.quarantined()).isEmpty();
  }

  @Test
  void everyRuleCatchesItsFaultAndTakesTheEpisodeAlong() {
    assertBroken("missing-number", "field 0 is empty", Events.withNumber("e", 1, Float.NaN));
    assertBroken(
        "non-finite-value", "Infinity", Events.withNumber("e", 1, Float.NEGATIVE_INFINITY));
    assertBroken("invalid-propensity", "propensity is 0.0", Events.withPropensity("e", 1, 0));
    assertBroken("invalid-propensity", "1.0000001", Events.withPropensity("e", 1, 1.0000001));
    assertBroken("invalid-propensity", "NaN", Events.withPropensity("e", 1, Double.NaN));
    assertBroken(
        "action-out-of-range", "action is 3, but must be 0 to 2", Events.withAction("e", 1, 3));
    assertBroken("action-out-of-range", "action is -1", Events.withAction("e", 1, -1));
    assertBroken("action-outside-mask", "action 2 is not admissible", Events.withAction("e", 1, 2));
    assertBroken(
        "empty-mask", "no action", Events.of("e", 1, 1, 0, 0.5, new boolean[3], false, false));
    assertBroken(
        "both-terminated-and-truncated",
        "both flags",
        Events.of("e", 1, 1, 0, 0.5, MASK, true, true));
    for (Trouble trouble : Trouble.values()) {
      assertBroken(
          Checks.name(trouble), "why", new UnmappedRow("e", OptionalLong.of(1), trouble, "why"));
    }
  }

  /** And so it is with what followed the last step. */
  @Test
  void missingNumbersAreKeptWhereAConfigSaysSo() {
    Event last = Events.withNumber("e", 1, Float.NaN);
    Event followed = Events.followedBy(Events.sound("e", 1), last.seen());
    Decision refused = screening.screen(List.of(Events.sound("e", 0), followed));
    assertThat(refused.kept()).hasSize(2);
    assertThat(refused.kept().get(1).next()).isEmpty();

    EpisodeScreening keeping =
        screening(Ordering.STEP, Map.of("missing-number", new Treatment(Treat.KEEP, 1)));
    Decision kept = keeping.screen(List.of(Events.sound("e", 0), last));
    assertThat(kept.kept().get(1).seen().numbers()[0]).isNaN();
    assertThat(kept.warnings()).containsOnlyKeys("missing-number");
    Decision known = keeping.screen(List.of(Events.sound("e", 0), followed));
    assertThat(known.kept().get(1).next().orElseThrow().numbers()[0]).isNaN();
    assertThat(known.warnings()).isEmpty();
  }

  @Test
  void rowsThatAreDoubledAreAllSetAside() {
    Decision decision =
        screening.screen(List.of(Events.sound("e", 0), Events.sound("e", 1), Events.sound("e", 1)));
    assertRules(decision, "duplicate-step", "duplicate-step", Checks.COMPANION);
  }

  @Test
  void gapsAndRowsAfterTheEndAreFound() {
    assertRules(
        screening.screen(List.of(Events.sound("e", 0), Events.sound("e", 2))),
        Checks.COMPANION,
        "gap-in-steps");
    assertRules(
        screening.screen(List.of(Events.sound("e", 1), Events.sound("e", 2))),
        Checks.COMPANION,
        "gap-in-steps");
    assertRules(
        screening.screen(List.of(Events.sound("e", 0), Events.last("e", 1), Events.sound("e", 2))),
        Checks.COMPANION,
        Checks.COMPANION,
        "rows-after-end");
  }

  @Test
  void orderedByAColumnGapsAreNoFaultButTiesAre() {
    EpisodeScreening byTime = screening(Ordering.COLUMN, Map.of());
    assertThat(byTime.screen(List.of(Events.sound("e", 900), Events.sound("e", 5))).kept())
        .hasSize(2);
    assertRules(
        byTime.screen(List.of(Events.sound("e", 5), Events.sound("e", 5))),
        "duplicate-step",
        "duplicate-step");
  }

  @Test
  void withoutAnOrderAnEpisodeHasOneRow() {
    EpisodeScreening single = screening(Ordering.NONE, Map.of());
    assertThat(single.screen(List.of(Events.sound("e", 0))).kept()).hasSize(1);
    Decision decision = single.screen(List.of(Events.sound("e", 0), Events.sound("e", 0)));
    assertThat(decision.quarantined())
        .allMatch(row -> row.detail().contains("no step or order-by is mapped"));
  }

  @Test
  void keptRowsAreCountedAndNotSetAside() {
    EpisodeScreening keeping =
        screening(Ordering.STEP, Map.of("action-outside-mask", new Treatment(Treat.KEEP, 1)));
    Decision decision = keeping.screen(List.of(Events.withAction("e", 0, 2), Events.sound("e", 1)));
    assertThat(decision.kept()).hasSize(2);
    assertThat(decision.warnings().get("action-outside-mask")).hasSize(1);
    assertThat(
            keeping
                .screen(List.of(Events.withAction("e", 0, 2), Events.withNumber("e", 1, Float.NaN)))
                .warnings())
        .as("rows that are not kept are no warning")
        .isEmpty();
  }

  @Test
  void everyRowEndsUnderExactlyOneHeadingWhateverIsWrongAndInAnyOrder() {
    SplittableRandom random = new SplittableRandom(7);
    for (int trial = 0; trial < 500; trial++) {
      List<MappedRow> rows = new ArrayList<>();
      int length = 1 + random.nextInt(8);
      for (int step = 0; step < length; step++) {
        rows.add(spoilt(random, step));
      }
      Decision decision = screening.screen(rows);
      assertThat(decision.kept().size() + decision.quarantined().size()).isEqualTo(length);
      assertThat(decision.kept().isEmpty()).isEqualTo(!decision.quarantined().isEmpty());
      List<MappedRow> shuffled = new ArrayList<>(rows);
      Collections.shuffle(shuffled, new Random(trial));
      Decision again = screening.screen(shuffled);
      assertThat(again.quarantined().stream().sorted().toList())
          .isEqualTo(decision.quarantined().stream().sorted().toList());
    }
  }

  @Test
  void lastRowMeansWhatItSaysElseWhatTheConfigSays() {
    assertThat(ending(Ending.TRUNCATED, Events.last("e", 0)).terminated(0)).isTrue();
    assertThat(ending(Ending.TRUNCATED, Events.sound("e", 0)).truncated(0)).isTrue();
    assertThat(ending(Ending.TERMINATED, Events.sound("e", 0)).terminated(0)).isTrue();
    Event cut = Events.of("e", 0, 1, 0, 0.5, MASK, false, true);
    assertThat(ending(Ending.TERMINATED, cut).truncated(0)).isTrue();
    Event both = Events.of("e", 0, 1, 0, 0.5, MASK, true, true);
    assertThat(ending(Ending.TRUNCATED, both).terminated(0)).isTrue();
    assertThat(ending(Ending.TRUNCATED, both).truncated(0)).isFalse();
  }

  @Test
  void catalogueIsFitForConfigsAndHelp() {
    assertThat(Checks.all()).extracting(Check::name).doesNotHaveDuplicates();
    assertThat(Checks.all())
        .allMatch(check -> check.name().matches("[a-z]+(-[a-z]+)*"))
        .noneMatch(check -> check.description().isBlank());
    assertThat(Checks.all()).filteredOn(Check::canBeKept).hasSize(4);
  }

  private static MappedRow spoilt(SplittableRandom random, int step) {
    return switch (random.nextInt(12)) {
      case 0 -> Events.withNumber("e", step, Float.NaN);
      case 1 -> Events.withAction("e", step, 9);
      case 2 -> Events.withPropensity("e", step, 2);
      case 3 -> Events.sound("e", Math.max(0, step - 1));
      case 4 -> new UnmappedRow("e", OptionalLong.empty(), Trouble.MISSING_VALUE, "t is empty");
      case 5 -> Events.last("e", step);
      default -> Events.sound("e", step);
    };
  }

  private static TransitionColumns ending(Ending ends, Event event) {
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(ObservationSpace.ofNumbers(1), THREE, true, true);
    new Sessionizer(Ordering.STEP, 0, ends, false).append(List.of(event), builder);
    return builder.build();
  }

  private void assertBroken(String rule, String words, MappedRow row) {
    Decision decision = screening.screen(List.of(Events.sound("e", 0), row, Events.last("e", 2)));
    assertThat(decision.kept()).isEmpty();
    assertThat(decision.quarantined()).hasSize(3);
    assertThat(decision.quarantined())
        .filteredOn(aside -> aside.rule().equals(rule))
        .singleElement()
        .satisfies(
            aside -> {
              assertThat(aside.step()).isEqualTo(1);
              assertThat(aside.detail()).contains(words);
            });
    assertThat(decision.quarantined())
        .filteredOn(aside -> aside.rule().equals(Checks.COMPANION))
        .hasSize(2)
        .allMatch(aside -> aside.detail().equals(rule));
  }

  private static void assertRules(Decision decision, String... rules) {
    assertThat(decision.quarantined().stream().sorted().map(QuarantineFile.Row::rule).toList())
        .containsExactlyInAnyOrderElementsOf(Arrays.asList(rules));
  }

  private static EpisodeScreening screening(Ordering ordering, Map<String, Treatment> treatments) {
    return new EpisodeScreening(
        new Sessionizer(ordering, 0, Ending.TRUNCATED, false), THREE, new Treatments(treatments));
  }
}
