package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.gbrl.algorithm.AdvantageWeightedActor.Weights;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.training.learner.AllRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of checks are those of the sheet on boosted trees, section 11. */
class AdvantageWeightedTreesTest {
  private static final float[] ALL = {1, 1, 1};

  @Test
  void weightsAreExponentialCappedAndOneOnAverage() {
    // Check 4: A = (-1, 0, 1); temperature 1, then 0.05 with the cap 20
    float[] q = {-1, 0, 1};
    Weights mild = Weights.of(q, new float[3], ALL, 1, AdvantageUnit.REWARD, 20, AllRows.here(3));
    float mean = (0.367879f + 1 + 2.718282f) / 3;
    assertThat(mild.all()[0] * mean).isCloseTo(0.367879f, within(1e-5f));
    assertThat(mild.all()[1] * mean).isCloseTo(1, within(1e-5f));
    assertThat(mild.all()[2] * mean).isCloseTo(2.718282f, within(1e-5f));
    assertThat(mild.capped()).isZero();
    Weights sharp = Weights.of(q, new float[3], ALL, 20, AdvantageUnit.REWARD, 20, AllRows.here(3));
    assertThat(sharp.all()[0]).isCloseTo((float) (2.06e-9 * 3 / 21), within(1e-11f));
    assertThat(sharp.all()[1]).isCloseTo(3 / 21f, within(1e-5f));
    assertThat(sharp.all()[2]).isCloseTo(20 * 3 / 21f, within(1e-4f));
    assertThat(sharp.capped()).isCloseTo(1 / 3.0, within(1e-9));
    assertThat(sharp.effective()).isCloseTo(21 * 21 / (3 * 401.0), within(1e-4));
  }

  @Test
  void deviationsAsUnitForgetTheScaleOfRewards() {
    float[] expected = deviations(new float[] {-1, 0, 1}, ALL);
    assertThat(deviations(new float[] {-300, 0, 300}, ALL))
        .containsExactly(expected, within(1e-6f));
    assertThat(expected[2] / expected[1]) // the deviation of (-1, 0, 1) is √(2/3)
        .isCloseTo((float) Math.exp(2 / Math.sqrt(2 / 3.0)), within(1e-3f));
    assertThat(deviations(new float[3], ALL)).as("no advantage").containsExactly(1, 1, 1);
  }

  @Test
  void stepsThatDoNotCountDoNotMoveTheOthers() {
    float[] few = deviations(new float[] {0, 1}, new float[] {1, 1});
    float[] found = deviations(new float[] {0, 1, 50}, new float[] {1, 1, 0});
    assertThat(found[0]).isCloseTo(few[0], within(1e-6f));
    assertThat(found[1]).isCloseTo(few[1], within(1e-6f));
  }

  private static float[] deviations(float[] q, float[] counting) {
    return Weights.of(
            q,
            new float[q.length],
            counting,
            2,
            AdvantageUnit.DEVIATION,
            20,
            AllRows.here(q.length))
        .all();
  }

  @ParameterizedTest
  @CsvSource({"1, 0.731059", "2, 0.880797"})
  void banditIsPlayedBySoftmaxOfAdvantages(double inverseTemperature, double expected) {
    // Check 6: rewards 1 and 0, both arms as often; an expectile of 0.5 makes V the mean
    Growth exact = Quick.growth(1, 1, 0);
    AdvantageWeightedTrees.Config config =
        new AdvantageWeightedTrees.Config(
            0.5,
            inverseTemperature,
            AdvantageUnit.REWARD,
            20,
            new Valuation(40, 0, exact),
            new Imitation(80, 0, 1, exact));
    double[] found =
        Training.of(arms(), 1, setting -> new AdvantageWeightedTrees(setting, config), 120)
            .policy()
            .categorical(arms().decisions(0, 1))
            .probabilities();
    assertThat(found[0]).isCloseTo(expected, within(2e-3));
  }

  /** Fifty pulls of each arm; the first pays. */
  private static TransitionColumns arms() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(2), false, false);
    for (int episode = 0; episode < 100; episode++) {
      builder.beginEpisode("e" + episode);
      int arm = episode % 2;
      builder.addStep(new float[] {1}, new int[0], new boolean[0], arm, 1 - arm, 0.5);
      builder.endEpisode(true);
    }
    return builder.build();
  }
}
