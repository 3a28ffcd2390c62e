package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.learner.Experience;
import org.junit.jupiter.api.Test;

/** One decision among three: the first is usual and pays 0, the second 1, the third, rare, 2. */
class GreedyTreesTest {
  private static final FittedValues VALUES = new FittedValues(30, 3, Quick.growth(0.5, 3, 0));

  @Test
  void greedyActionIsOneThatTheLogMakesProbable() {
    assertThat(chosen(0)).isEqualTo(2);
    assertThat(chosen(0.3)).isEqualTo(1);
    assertThat(chosen(1)).isZero();
  }

  private static int chosen(double threshold) {
    FittedQTrees.Config config =
        new FittedQTrees.Config(
            threshold, new Imitation(40, 0, 1, Quick.growth(0.5, 3, 0)), VALUES);
    return best(
        Training.of(pulls(), 1, setting -> new FittedQTrees(setting, config), config.rounds()));
  }

  @Test
  void weightOfConservatismLeadsFromTheBestActionToTheUsualOne() {
    assertThat(best(conservative(0))).isEqualTo(2);
    Training cloned = conservative(20);
    assertThat(best(cloned)).isZero();
    assertThat(cloned.losses().get(99).values().get("conservative_loss"))
        .as("the entropy of the logged actions")
        .isCloseTo(
            -0.6 * Math.log(0.6) - 0.36 * Math.log(0.36) - 0.04 * Math.log(0.04), within(0.02));
  }

  private static Training conservative(double weight) {
    return Training.of(
        pulls(),
        1,
        setting ->
            new ConservativeTrees(
                setting, new ConservativeTrees.Config(weight, 100, Quick.growth(0.5, 3, 0))),
        100);
  }

  private static int best(Training found) {
    double[] probabilities = found.policy().categorical(pulls().decisions(0, 1)).probabilities();
    int best = 0;
    for (int action = 1; action < 3; action++) {
      best = probabilities[action] > probabilities[best] ? action : best;
    }
    return best;
  }

  @Test
  void targetsAreCutToWhatAReturnCanBe() {
    ValueBounds bounds = ValueBounds.of(new Experience(pulls(), 0.5, Experience.RewardScale.NONE));
    assertThat(bounds).isEqualTo(new ValueBounds(0, 4)); // 2 / (1 - 0.5)
    float[] targets = {-1, 3, 5, Float.NaN};
    assertThat(bounds.cut(targets)).isEqualTo(0.5);
    assertThat(targets).containsExactly(0, 3, 4, Float.NaN);
    Experience losses = new Experience(pulls(), 0.5, new Experience.RewardScale(1, -3));
    assertThat(ValueBounds.of(losses)).isEqualTo(new ValueBounds(-6, -1));
  }

  private static TransitionColumns pulls() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(3), false, false);
    for (int episode = 0; episode < 100; episode++) {
      int action = episode < 60 ? 0 : episode < 96 ? 1 : 2;
      builder.beginEpisode("e" + episode);
      builder.addStep(new float[1], new int[0], new boolean[0], action, action, 1);
      builder.endEpisode(true);
    }
    return builder.build();
  }
}
