package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.UniformPolicy;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.training.contract.Course;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FittedQEvaluationTreesTest {
  @Test
  void everyIterationIsOneStepOfDiscounting() {
    // Check 5 of the sheet on boosted trees, section 11: constant reward 1, no end, γ = 0.9, one
    // leaf, rate 1, no penalty: 10 (1 - 0.9^k) after k iterations. Values start at what the log
    // earned, one reward, which is the first of them.
    Growth leaf = new Growth(1, 1, 0, 0, 0, 0, 0, 2, 1, 1, 4, 64, List.of(), List.of(), List.of());
    Training found =
        Training.of(
            endless(),
            0.9,
            Optional.of(new UniformPolicy(1)),
            setting -> new FittedQEvaluationTrees(setting, new FittedValues(9, 1, leaf)),
            9);
    assertThat(found.qFunction().values(endless().decisions(0, 1))[0])
        .isCloseTo(6.513216, within(1e-5));
  }

  @Test
  void chainIsValuedAsLinearAlgebraValuesIt() {
    TabularMdp world = ChainMdp.slippery(4, 0.1);
    TabularPolicy target = TabularPolicy.of(new double[] {.2, .8, .2, .8, .2, .8, .2, .8, 1, 0}, 2);
    TransitionColumns log = world.log(TabularPolicy.uniform(world), 1000, 30, 1);
    Training found =
        Training.of(
            log,
            0.9,
            Optional.of(target),
            setting ->
                new FittedQEvaluationTrees(
                    setting, new FittedValues(120, 4, Quick.growth(0.5, 5, 1))),
            120);
    double[] exact = world.actionValues(target, 0.9);
    int[] states = new int[4];
    for (int row = 0; row < log.rows(); row++) {
      states[log.categories()[row] - 1] = row;
    }
    double[] values = found.qFunction().values(log.decisionsAt(states));
    for (int i = 0; i < 8; i++) {
      assertThat(values[i])
          .as("state %d, action %d", i / 2, i % 2)
          .isCloseTo(exact[i], within(0.04));
    }
  }

  @Test
  void pointIsValuedUnderDrawsOfItsPolicy() {
    PointMass world = new PointMass(1, 20);
    LinearPolicy target = LinearPolicy.of(new double[][] {{-0.6}}).withNoise(0.3);
    TransitionColumns log = world.log(world.clumsy(), 300, 2);
    Training found =
        Training.of(
            log,
            0.8,
            Optional.of(normal(world.actionSpace(), -0.6f, (float) Math.sqrt(target.variance(0)))),
            setting ->
                new FittedQEvaluationTrees(
                    setting, new FittedValues(100, 4, Quick.growth(0.3, 5, 5))),
            100);
    int[] starts = IntStream.range(0, 100).map(log::start).toArray();
    double mean = 0;
    double exact = 0;
    for (int row : starts) {
      float at = log.numeric()[row];
      double[] values = new double[5];
      for (int i = 0; i < 5; i++) { // the ends and three points between them: mean 0, variance h²/2
        float[] action = {-0.6f * at + 0.3f * 0.816f * (i - 2) / 2};
        values[i] = found.qFunction().values(log.decisionsAt(new int[] {row}), action)[0];
      }
      mean += Arrays.stream(values).average().orElseThrow() / starts.length;
      exact += world.value(target, 0.8, at) / starts.length;
    }
    assertThat(mean).isCloseTo(exact, within(0.12));
  }

  /** Normal around a share of the only number. */
  private static Policy normal(ActionSpace.Box box, float gain, float deviation) {
    return decisions -> {
      float[] means = new float[decisions.size()];
      float[] deviations = new float[decisions.size()];
      for (int i = 0; i < means.length; i++) {
        means[i] = gain * decisions.numeric()[i];
        deviations[i] = deviation;
      }
      return new ActionDistribution.Gaussian(box, means, deviations);
    };
  }

  @Test
  void episodesOfSeveralStepsNeedATargetPolicy() {
    assertThatThrownBy(
            () ->
                Training.of(
                    new Course.Chain().log(),
                    0.9,
                    setting -> new FittedQEvaluationTrees(setting, FittedValues.DEFAULT),
                    1))
        .hasMessage("Fitted-Q evaluation of episodes with several steps needs a target policy.");
  }

  /** Ten episodes of one step that pays 1, always goes on and always looks the same. */
  private static TransitionColumns endless() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(1), false, false);
    for (int episode = 0; episode < 10; episode++) {
      builder.beginEpisode("e" + episode);
      builder.addStep(new float[1], new int[0], new boolean[0], 0, 1, 1);
      builder.endEpisodeWithFinalObservation(false, new float[1], new int[0], new boolean[0]);
    }
    return builder.build();
  }
}
