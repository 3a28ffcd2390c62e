package dev.hindcast.evaluation.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.report.EvaluationReport.AgainstTruth;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SelectionQualityTest {
  private static final List<SelectionQuality.Known> SHEET =
      List.of(
          new SelectionQuality.Known("1", 5, 3),
          new SelectionQuality.Known("2", 4, 5),
          new SelectionQuality.Known("3", 3, 4),
          new SelectionQuality.Known("4", 1, 0));

  @Test
  void agreesWithTheSheetsExample() {
    // sheet section 15.8
    AgainstTruth found = SelectionQuality.of(SHEET, Optional.of(3.5)).orElseThrow();
    assertThat(found.regret()).containsExactly(1.0, 1.0, 0.0, 0.0);
    assertThat(found.rankCorrelation().orElseThrow()).isCloseTo(0.4, within(1e-12));
    assertThat(found.sharpeRatio().get(0)).isCloseTo(1, within(1e-12));
    assertThat(found.falselyPreferred()).contains(0.5); // of 3 and 4, the third
    assertThat(found.falselyRejected()).contains(0.5); // of 1 and 2, the first
  }

  @Test
  void withoutTheIncumbentsValueOnlyTheOrderIsJudged() {
    AgainstTruth found = SelectionQuality.of(SHEET, Optional.empty()).orElseThrow();
    assertThat(found.sharpeRatio()).isEmpty();
    assertThat(found.falselyPreferred()).isEmpty();
    assertThat(found.falselyRejected()).isEmpty();
    assertThat(found.regret()).hasSize(4);
  }

  @Test
  void choiceAmongEqualsHasNoRatioBeyondBounds() {
    AgainstTruth found =
        SelectionQuality.of(
                List.of(
                    new SelectionQuality.Known("a", 2, 1), new SelectionQuality.Known("b", 2, 1)),
                Optional.of(1.0))
            .orElseThrow();
    assertThat(found.sharpeRatio()).containsExactly(100.0);
    assertThat(found.rankCorrelation()).isEmpty();
    assertThat(found.falselyPreferred()).isEmpty();
  }

  @Test
  void oneAloneIsNoChoice() {
    assertThat(SelectionQuality.of(SHEET.subList(0, 1), Optional.empty())).isEmpty();
  }
}
