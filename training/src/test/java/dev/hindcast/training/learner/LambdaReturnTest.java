package dev.hindcast.training.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import org.junit.jupiter.api.Test;

class LambdaReturnTest {
  /** Three steps that pay 1, 2 and 4 and end; two that pay 1 and 2 and are cut off. */
  private static final Experience EXPERIENCE =
      new Experience(log(), 0.5, Experience.RewardScale.NONE);

  /** Of the five steps, then of what followed the one that was cut off. */
  private static final float[] VALUES = {10, 20, 30, 40, 50, 60};

  @Test
  void withoutTraceItIsOneStepAndAValue() {
    assertThat(LambdaReturn.of(EXPERIENCE, VALUES, 0)).containsExactly(11, 17, 4, 26, 32);
  }

  @Test
  void withFullTraceItIsWhatTheLogEarned() {
    float[] found = LambdaReturn.of(EXPERIENCE, VALUES, 1);
    assertThat(found).containsExactly(3, 4, 4, 17, 32);
    int[] steps = {0, 1, 2, 3, 4};
    ReturnToGo toGo = new ReturnToGo(EXPERIENCE);
    assertThat(toGo.of(steps, tails -> new float[] {0, 0, 0, 60, 60})).containsExactly(found);
  }

  @Test
  void advantageIsTheDecayedSumOfErrors() {
    // Schulman and others (2016), their equation 16: A = Σ (γλ)^l δ_{t+l}
    double decay = 0.5 * 0.8;
    double[] errors = {1 + 0.5 * 20 - 10, 2 + 0.5 * 30 - 20, 4 - 30};
    double expected = errors[0] + decay * errors[1] + decay * decay * errors[2];
    assertThat(LambdaReturn.of(EXPERIENCE, VALUES, 0.8)[0] - VALUES[0])
        .isCloseTo((float) expected, within(1e-5f));
  }

  @Test
  void stepAfterWhichNothingIsKnownIsWorthWhatItsObservationIs() {
    TransitionColumns.Builder builder = builder();
    builder.beginEpisode("e");
    step(builder, 1);
    step(builder, 2);
    builder.endEpisode(false);
    Experience open = new Experience(builder.build(), 0.5, Experience.RewardScale.NONE);
    assertThat(LambdaReturn.of(open, new float[] {10, 20}, 1)).containsExactly(11, 20);
  }

  private static TransitionColumns log() {
    TransitionColumns.Builder builder = builder();
    builder.beginEpisode("ended");
    step(builder, 1);
    step(builder, 2);
    step(builder, 4);
    builder.endEpisode(true);
    builder.beginEpisode("cut off");
    step(builder, 1);
    step(builder, 2);
    builder.endEpisodeWithFinalObservation(false, new float[1], new int[0], new boolean[0]);
    return builder.build();
  }

  private static TransitionColumns.Builder builder() {
    return new TransitionColumns.Builder(
        ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(2), false, false);
  }

  private static void step(TransitionColumns.Builder builder, double reward) {
    builder.addStep(new float[1], new int[0], new boolean[0], 0, reward, 1);
  }
}
