package dev.hindcast.gbrl.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeaturesTest {
  private static final ObservationSpace SPACE =
      new ObservationSpace(
          List.of("age", "weight"),
          List.of(new ObservationSpace.CategoricalField("ward", List.of("a", "b"))));
  private static final Decisions TWO =
      new Decisions(
          2,
          new float[] {1, Float.NaN, 3, 4},
          new int[] {0, 2},
          new boolean[0],
          new String[2],
          new int[2]);

  @Test
  void numbersComeRawThenCodesThenTheAction() {
    float nan = Float.NaN;
    assertThat(Features.of(SPACE).rows(TWO)).containsExactly(1, nan, 0, 3, 4, 2);
    Features chosen = Features.withAction(SPACE, new ActionSpace.Discrete(3));
    assertThat(chosen.names()).containsExactly("age", "weight", "ward", "action");
    assertThat(chosen.isCategorical(3)).isTrue();
    assertThat(chosen.rows(TWO, new int[] {2, 0})).containsExactly(1, nan, 0, 2, 3, 4, 2, 0);
    Features pointed =
        Features.withAction(SPACE, new ActionSpace.Box(List.of(0f, 0f), List.of(9f, 9f)));
    assertThat(pointed.names()).containsExactly("age", "weight", "ward", "action_0", "action_1");
    assertThat(pointed.isCategorical(4)).isFalse();
    assertThat(pointed.rows(TWO, new float[] {5, 6, 7, 8}))
        .containsExactly(1, nan, 0, 5, 6, 3, 4, 2, 7, 8);
  }

  @Test
  void rowsOfADatasetAreThoseOfItsDecisions() {
    TransitionColumns data =
        new TransitionColumns.Builder(SPACE, new ActionSpace.Discrete(2), false, false)
            .beginEpisode("e")
            .addStep(new float[] {1, 2}, new int[] {1}, null, 0, 0, 1)
            .addStep(new float[] {3, 4}, new int[] {2}, null, 0, 0, 1)
            .endEpisodeWithFinalObservation(false, new float[] {5, 6}, new int[] {0}, null)
            .build();
    assertThat(Features.of(SPACE).rows(data, new int[] {2, 0})).containsExactly(5, 6, 0, 1, 2, 1);
    assertThat(Features.of(SPACE).rows(data.decisions()))
        .containsExactly(1, 2, 1, 3, 4, 2, 5, 6, 0);
  }

  @Test
  void anActionGivesWayToAFieldOfItsName() {
    ObservationSpace lagged = new ObservationSpace(List.of("action"), List.of());
    assertThat(Features.withAction(lagged, new ActionSpace.Discrete(2)).names())
        .containsExactly("action", "action_taken");
  }

  @Test
  void valuesAreSpokenOfInTheWordsOfTheLog() {
    Features features = Features.of(SPACE);
    assertThat(features.inWords(0, 3)).isEqualTo("3");
    assertThat(features.inWords(0, 3.5f)).isEqualTo("3.5");
    assertThat(features.inWords(1, Float.NaN)).isEqualTo("missing");
    assertThat(features.inWords(2, 0)).isEqualTo("any other value");
    assertThat(features.inWords(2, 2)).isEqualTo("b");
  }

  @Test
  void dictionariesInAnotherOrderAreOtherFeatures() {
    ObservationSpace swapped =
        new ObservationSpace(
            SPACE.numeric(),
            List.of(new ObservationSpace.CategoricalField("ward", List.of("b", "a"))));
    assertThat(Features.of(swapped).fingerprint()).isNotEqualTo(Features.of(SPACE).fingerprint());
  }

  @Test
  void infiniteNumbersAndRowsOfAnotherShapeAreRefused() {
    Decisions infinite =
        new Decisions(
            1,
            new float[] {1, Float.POSITIVE_INFINITY},
            new int[1],
            new boolean[0],
            new String[1],
            new int[1]);
    assertThatThrownBy(() -> Features.of(SPACE).rows(infinite))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot show field weight to trees: it is Infinity in a row. Leave it empty where it is"
                + " not known, or cut it to a finite number.");
    assertThatThrownBy(() -> Features.withAction(SPACE, new ActionSpace.Discrete(2)).rows(TWO))
        .hasMessageStartingWith("Decisions with 6 inputs in 2 rows do not fit the features");
  }
}
