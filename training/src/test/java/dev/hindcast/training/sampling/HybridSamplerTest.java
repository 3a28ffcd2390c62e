package dev.hindcast.training.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HybridSamplerTest {
  /** Sheet "hybrid and online", section 15, check 3. */
  @Test
  void halfOfEveryBatchAreDemonstrationsThoughThereAreTen() {
    Sampler sampler = sampler(10, 500, 0.5);
    boolean[] seen = new boolean[10];
    for (int update = 0; update < 20; update++) {
      MiniBatch batch = sampler.sample(update, 20, 256);
      assertThat(demonstrations(batch)).isEqualTo(128);
      for (int row : batch.observations()) {
        if (row < 10) {
          seen[row] = true;
        }
      }
    }
    assertThat(seen).containsOnly(true);
    assertThat(sampler.size()).isEqualTo(510);
    assertThat(sampler.leftOut()).isZero();
  }

  @Test
  void shareIsRoundedToWholeSteps() {
    assertThat(demonstrations(sampler(10, 20, 0.25).sample(0, 1, 10))).isEqualTo(3);
    assertThat(demonstrations(sampler(10, 20, 0).sample(0, 1, 10))).isZero();
    assertThat(demonstrations(sampler(10, 20, 1).sample(0, 1, 10))).isEqualTo(10);
  }

  @Test
  void anyBatchCanBeDrawnAgainAndIsTheSame() {
    Sampler first = sampler(10, 500, 0.5);
    first.sample(0, 9, 64);
    int[] rows = first.sample(7, 9, 64).observations();
    assertThat(sampler(10, 500, 0.5).sample(7, 9, 64).observations()).containsExactly(rows);
    assertThat(first.sample(8, 9, 64).observations()).isNotEqualTo(rows);
  }

  @Test
  void demonstrationsAloneAreDrawnAlike() {
    Sampler sampler = sampler(10, 0, 0.5);
    assertThat(sampler.size()).isEqualTo(10);
    assertThat(demonstrations(sampler.sample(0, 1, 64))).isEqualTo(64);
  }

  @Test
  void dataWithoutDemonstrationsAreRefusedInWords() {
    assertThatThrownBy(() -> sampler(0, 500, 0.5))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("learns from demonstrations")
        .hasMessageContaining("none of the 500 usable steps")
        .hasMessageContaining("ingest.demonstration");
  }

  @Test
  void halfOfEveryBatchAreFreshAsFarAsThereAreBoth() {
    assertThat(fresh(5, 5).sample(3, 9, 64).fresh()).containsOnly(true, false);
    assertThat(count(fresh(490, 10).sample(3, 9, 64).fresh())).isEqualTo(32);
    assertThat(count(fresh(0, 10).sample(3, 9, 64).fresh())).isEqualTo(64);
    assertThat(count(fresh(10, 0).sample(3, 9, 64).fresh())).isZero();
  }

  private static Sampler fresh(int logged, int fresh) {
    return HybridSampler.ofFresh(
        new Experience(
            log(0, logged + fresh),
            1,
            Experience.RewardScale.NONE,
            Optional.of(new Experience.Fresh(logged, 0))),
        Uses.STEPS_WITH_NEXT_OBSERVATION,
        row -> true,
        0.5,
        1);
  }

  private static int demonstrations(MiniBatch batch) {
    return count(batch.demonstrations());
  }

  private static int count(boolean[] flags) {
    int count = 0;
    for (boolean flag : flags) {
      count += flag ? 1 : 0;
    }
    return count;
  }

  private static Sampler sampler(int demonstrations, int others, double share) {
    return HybridSampler.ofDemonstrations(
        new Experience(log(demonstrations, others), 1, Experience.RewardScale.NONE),
        Uses.STEPS_WITH_NEXT_OBSERVATION,
        row -> true,
        share,
        1);
  }

  /** One-step episodes, demonstrations first. */
  private static TransitionColumns log(int demonstrations, int others) {
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(1), new ActionSpace.Discrete(2), false, false);
    for (int i = 0; i < demonstrations + others; i++) {
      log.beginEpisode("e" + i).addStep(new float[0], new int[] {1}, new boolean[0], 0, 0, 1);
      if (i < demonstrations) {
        log.asDemonstration();
      }
      log.endEpisode(true);
    }
    return log.build();
  }
}
