package dev.hindcast.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DataTest {
  @Test
  void splitDependsOnNothingButTheEpisode() {
    Split half = new Split(0.5, "hindcast");
    long heldOut =
        java.util.stream.IntStream.range(0, 20_000)
            .filter(i -> half.of("episode-" + i) == Split.Part.HELD_OUT)
            .count();
    assertThat(heldOut).isBetween(9_700L, 10_300L); // four standard deviations
    assertThat(new Split(1, "x").of("any")).isEqualTo(Split.Part.HELD_OUT);
    assertThat(new Split(0, "x").of("any")).isEqualTo(Split.Part.TRAINING);
    assertThatThrownBy(() -> new Split(1.5, "x"))
        .hasMessage("held-out is 1.5, but must lie in [0, 1].");
  }

  @Test
  void growingTheHeldOutShareNeverMovesAnEpisodeBack() {
    for (int i = 0; i < 1000; i++) {
      if (new Split(0.3, "s").of("e" + i) == Split.Part.HELD_OUT) {
        assertThat(new Split(0.6, "s").of("e" + i)).isEqualTo(Split.Part.HELD_OUT);
      }
    }
  }

  @Test
  void normalizedFieldsHaveMeanZeroAndDeviationOne() {
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(2), new ActionSpace.Discrete(1), false, false);
    log.beginEpisode("a");
    for (float x : new float[] {1, 2, 3, 4}) {
      log.addStep(new float[] {x, 7}, new int[0], new boolean[0], 0, 0, 1);
    }
    TransitionColumns columns = log.endEpisode(true).build();
    float[] normalized = Normalizer.fit(columns).apply(columns.numeric());
    // deviation of 1, 2, 3, 4 with divisor n is sqrt(1.25); 1e-3 is added to it
    assertThat((double) normalized[0]).isCloseTo(-1.5 / (Math.sqrt(1.25) + 1e-3), within(1e-6));
    assertThat(normalized[1]).isZero(); // a constant field stays finite
    assertThat(normalized[0] + normalized[2] + normalized[4] + normalized[6])
        .isCloseTo(0, within(1e-6f));
  }

  @Test
  void returnsAreDiscountedFromTheFirstStep() {
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(1), false, false);
    log.beginEpisode("a");
    for (double reward : new double[] {1, 2, 4}) {
      log.addStep(new float[1], new int[0], new boolean[0], 0, reward, 1);
    }
    assertThat(Returns.of(log.endEpisode(true).build(), 0, 0.5))
        .isCloseTo(1 + 1 + 1, within(1e-12));
  }

  @Test
  void stepsThatLastLongerAreDiscountedMore() {
    TransitionColumns columns = twoEpisodes(true);
    assertThat(columns.hasDurations()).isTrue();
    assertThat(columns.duration(0)).isEqualTo(1); // said of another step, not of this one
    assertThat(columns.duration(1)).isEqualTo(2);
    assertThat(columns.discount(1, 0.5)).isEqualTo(0.25);
    // 1 + 0.5 * 2 + 0.5^3 * 4
    assertThat(Returns.of(columns, 0, 0.5)).isCloseTo(2.5, within(1e-12));
    assertThat(Returns.toGo(columns, 0.5))
        .containsExactly(new double[] {2.5, 3, 4, 12, 8}, within(1e-12));
    assertThat(twoEpisodes(false).discount(1, 0.5)).isEqualTo(0.5);
    assertThat(twoEpisodes(false).hasDurations()).isFalse();
  }

  @Test
  void whatFollowsATruncatedEpisodeCountsAndATerminatedOneDoesNot() {
    TransitionColumns columns = twoEpisodes(true);
    double[] toGo = Returns.toGo(columns, 0.5, new double[] {100, 100});
    assertThat(toGo).containsExactly(new double[] {2.5, 3, 4, 37, 58}, within(1e-12));
    assertThat(toGo[0]).isEqualTo(Returns.of(columns, 0, 0.5));
  }

  @Test
  void nextActionIsTheOneTheLogTook() {
    TransitionColumns columns = twoEpisodes(false);
    assertThat(columns.nextActionRow(0)).isEqualTo(1);
    assertThat(columns.nextActionRow(1)).isEqualTo(2);
    assertThat(columns.nextActionRow(2)).isEqualTo(TransitionColumns.UNKNOWN);
    assertThat(columns.nextActionRow(3)).isEqualTo(4);
    // its final observation is known, but no action was taken there
    assertThat(columns.next(4)).isEqualTo(5);
    assertThat(columns.nextActionRow(4)).isEqualTo(TransitionColumns.UNKNOWN);
  }

  @Test
  void demonstrationsAreMarkedStepByStep() {
    TransitionColumns columns = twoEpisodes(true);
    assertThat(columns.hasDemonstrations()).isTrue();
    assertThat(columns.isDemonstration(0)).isFalse();
    assertThat(columns.isDemonstration(3)).isTrue();
    assertThat(columns.isDemonstration(4)).isFalse();
    assertThat(twoEpisodes(false).hasDemonstrations()).isFalse();
    assertThat(twoEpisodes(false).isDemonstration(3)).isFalse();
  }

  @Test
  void whatIsSaidOfAStepSurvivesTheGrowthOfTheArrays() {
    TransitionColumns.Builder log = oneNumber();
    log.beginEpisode("long");
    for (int i = 0; i < 2000; i++) {
      log.addStep(new float[1], new int[0], new boolean[0], 0, 0, 1);
      if (i % 100 == 7) {
        log.lasting(i).asDemonstration();
      }
    }
    TransitionColumns columns = log.endEpisode(true).build();
    for (int i = 0; i < 2000; i++) {
      assertThat(columns.duration(i)).isEqualTo(i % 100 == 7 ? i : 1);
      assertThat(columns.isDemonstration(i)).isEqualTo(i % 100 == 7);
    }
  }

  @Test
  void negativeDurationsAreRefused() {
    TransitionColumns.Builder log = oneNumber().beginEpisode("a");
    log.addStep(new float[1], new int[0], new boolean[0], 0, 0, 1);
    assertThatThrownBy(() -> log.lasting(-1)).hasMessage("duration is -1, but must be 0 or more.");
  }

  /** A terminated episode with the rewards 1, 2, 4 and a truncated one with 8, 8. */
  @SuppressWarnings("BooleanParameter")
  private static TransitionColumns twoEpisodes(boolean withMore) {
    TransitionColumns.Builder log = oneNumber();
    double[] rewards = {1, 2, 4, 8, 8};
    for (int i = 0; i < 5; i++) {
      if (i == 0 || i == 3) {
        log.beginEpisode(i == 0 ? "ends" : "goes on");
      }
      log.addStep(new float[1], new int[0], new boolean[0], 0, rewards[i], 1);
      if (withMore && i == 1) {
        log.lasting(2);
      }
      if (withMore && i == 3) {
        log.asDemonstration();
      }
      if (i == 2) {
        log.endEpisode(true);
      }
    }
    return log.endEpisodeWithFinalObservation(false, new float[1], new int[0], new boolean[0])
        .build();
  }

  private static TransitionColumns.Builder oneNumber() {
    return new TransitionColumns.Builder(
        ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(1), false, false);
  }

  @Test
  void boxesAndObservationSpacesRefuseNonsense() {
    assertThatThrownBy(() -> new ActionSpace.Box(List.of(1f), List.of(0f)))
        .hasMessageContaining("the ends 1.0 and 0.0");
    assertThatThrownBy(() -> new ActionSpace.Discrete(0)).hasMessageContaining("at least 1 action");
    assertThatThrownBy(() -> new ObservationSpace(List.of("a", "a"), List.of()))
        .hasMessageContaining("'a' stands twice");
    assertThatThrownBy(() -> new ObservationSpace(List.of(), List.of()))
        .hasMessageContaining("at least one field");
  }
}
