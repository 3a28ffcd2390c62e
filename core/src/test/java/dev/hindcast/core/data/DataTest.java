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
