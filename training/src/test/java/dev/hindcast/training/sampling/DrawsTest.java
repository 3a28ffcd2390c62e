package dev.hindcast.training.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.learner.Experience;
import org.junit.jupiter.api.Test;

class DrawsTest {
  @Test
  void allGivesEveryUsableStepOnceInEveryUpdate() {
    Sampler sampler = sampler(Draws.ALL);
    assertThat(sampler.size()).isEqualTo(4);
    assertThat(sampler.leftOut()).isEqualTo(2);
    assertThat(sampler.sample(0, 9, 1).rows()).containsExactly(0, 2, 3, 4);
    assertThat(sampler.sample(7, 9, 1_000).rows()).containsExactly(0, 2, 3, 4);
    assertThat(sampler.sample(7, 9, 1).update()).isEqualTo(7);
  }

  @Test
  void uniformDrawsGiveAsManyStepsAsAreAskedFor() {
    assertThat(sampler(Draws.UNIFORMLY).sample(0, 9, 50).rows())
        .hasSize(50)
        .containsOnly(0, 2, 3, 4);
  }

  /** Six steps, of which the second is not wanted and the last is followed by nothing known. */
  private static Sampler sampler(Draws draws) {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(1), new ActionSpace.Discrete(1), false, false);
    builder.beginEpisode("e");
    for (int step = 0; step < 6; step++) {
      builder.addStep(new float[0], new int[] {1}, new boolean[0], 0, 1, 1);
    }
    Experience experience =
        new Experience(builder.endEpisode(false).build(), 1, Experience.RewardScale.NONE);
    return draws.sampler(experience, Uses.STEPS_WITH_NEXT_OBSERVATION, row -> row != 1, 0.5, 1);
  }
}
