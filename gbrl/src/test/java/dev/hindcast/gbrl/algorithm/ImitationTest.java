package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.learner.Losses;
import org.junit.jupiter.api.Test;

class ImitationTest {
  private static final int STEPS = 20_000;
  private static final int OF_ONE_KIND = 200;

  @Test
  void actionThatIsRareButCommonSomewhereIsApproachedFromOneSide() {
    // Where the second action's probability is 0.005, a Newton step of a leaf in which half take
    // it is 100 / (200 * 2 * 0.005 + 1): 33, when 5 would do.
    Imitation quick = new Imitation(60, 0, 1, Imitation.GROWTH.withRate(0.5));
    Training training =
        Training.of(
            rareAction(), 1, setting -> new BehaviorCloningTrees(setting, quick), quick.rounds());
    double before = Double.POSITIVE_INFINITY;
    for (Losses losses : training.losses()) {
      double loss = losses.values().get("policy_loss");
      assertThat(loss).isLessThanOrEqualTo(before + 1e-7);
      before = loss;
    }
    double[] found =
        training.policy().categorical(rareAction().decisions(0, STEPS)).probabilities();
    assertThat(found[1]).as("half of them").isCloseTo(0.5, within(0.02));
    assertThat(found[2 * STEPS - 1]).as("nobody").isLessThan(1e-3);
  }

  /** The first 200 of 20,000 steps are of one kind, where half take the second action. */
  private static TransitionColumns rareAction() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(2), false, false);
    for (int step = 0; step < STEPS; step++) {
      boolean isRare = step < OF_ONE_KIND;
      builder.beginEpisode("e" + step);
      builder.addStep(
          new float[] {isRare ? 1 : 0}, new int[0], new boolean[0], isRare ? step % 2 : 0, 0, 0.5);
      builder.endEpisode(true);
    }
    return builder.build();
  }
}
