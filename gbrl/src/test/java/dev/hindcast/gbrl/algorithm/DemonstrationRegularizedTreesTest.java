package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.ReferenceRegularized;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The two-step chain of check 4 of the sheet on demonstration regularization: at the start action 0
 * leads to state 1 and action 1 to state 2, where the actions pay (0.2, 0) and (1, 0). Demonstrated
 * are (0.8, 0.2) at the start and both actions alike elsewhere.
 */
class DemonstrationRegularizedTreesTest {
  private static final double SMOOTHED = 0.99 * 0.8 + 0.005; // a hundredth of a label is spread

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5})
  void plansAtItsPriceAsTheClosedFormDoes(double price) {
    TransitionColumns log = chain();
    double[] found =
        trained(log, 0.1, price).policy().categorical(log.decisions(0, 2)).probabilities();
    double[] half = {0.5, 0.5};
    float low = ReferenceRegularized.values(new float[] {0.2f, 0}, 2, half, price)[0];
    float high = ReferenceRegularized.values(new float[] {1, 0}, 2, half, price)[0];
    double[] atStart = {SMOOTHED, 1 - SMOOTHED};
    double[] expected = ReferenceRegularized.policy(new float[] {low, high}, 2, atStart, price);
    assertThat(found[1]).isCloseTo(expected[1], within(0.02));
    int second = log.decisions(1, 2).numeric()[0] == 1 ? 1 : 2;
    float[] pay = second == 1 ? new float[] {0.2f, 0} : new float[] {1, 0};
    assertThat(found[2])
        .isCloseTo(ReferenceRegularized.policy(pay, 2, half, price)[0], within(0.02));
  }

  @Test
  void priceIsFoundAtWhichThePolicyStraysAsFarAsItMay() {
    Training found = trained(chain(), 0.2, 0);
    var last = found.losses().get(found.losses().size() - 1).values();
    assertThat(last.get("divergence")).isCloseTo(0.2, within(0.02));
    assertThat(last.get("price")).isBetween(0.1, 2.0);
  }

  @Test
  void withoutDemonstrationsItSaysWhatToDo() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(2), false, false);
    builder.beginEpisode("e");
    builder.addStep(new float[1], new int[0], new boolean[0], 0, 1, 1);
    builder.endEpisode(true);
    assertThatThrownBy(() -> trained(builder.build(), 0.1, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none of the 1 steps on the training side is flagged as one")
        .hasMessageContaining("ingest.demonstration");
  }

  private static Training trained(TransitionColumns log, double budget, double price) {
    var exact = Quick.growth(0.5, 3, 0);
    DemonstrationRegularizedTrees.Config config =
        new DemonstrationRegularizedTrees.Config(
            budget, price, new Imitation(40, 0, 1, exact), new FittedValues(60, 4, exact), 60);
    return Training.of(
        log, 1, setting -> new DemonstrationRegularizedTrees(setting, config), config.rounds());
  }

  /** Every second episode is demonstrated; the others act at random. */
  private static TransitionColumns chain() {
    SplittableRandom random = new SplittableRandom(3);
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(2), false, false);
    for (int episode = 0; episode < 2000; episode++) {
      boolean isShown = episode % 2 == 0;
      builder.beginEpisode("e" + episode);
      // the demonstrations have exactly their shares
      int first = isShown ? (episode / 2 % 5 == 4 ? 1 : 0) : random.nextInt(2);
      int second = isShown ? episode / 10 % 2 : random.nextInt(2);
      add(builder, 0, first, 0, isShown);
      double pay = second == 1 ? 0 : first == 0 ? 0.2 : 1;
      add(builder, 1 + first, second, pay, isShown);
      builder.endEpisode(true);
    }
    return builder.build();
  }

  private static void add(
      TransitionColumns.Builder builder, int state, int action, double reward, boolean isShown) {
    builder.addStep(new float[] {state}, new int[0], new boolean[0], action, reward, 0.5);
    if (isShown) {
      builder.asDemonstration();
    }
  }
}
