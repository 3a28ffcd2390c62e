package dev.hindcast.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final boolean[] ALL = new boolean[0];

  @Test
  void squaredErrorIsTheMeanOverTheBatch() {
    Loss loss = SquaredError.of(new float[] {1, 4}, new float[] {0, 2});
    assertThat(loss.value()).isEqualTo(2.5); // (1 + 4) / 2
    assertThat(loss.gradient()).containsExactly(1, 2);
  }

  @Test
  void squaredErrorGradientIsItsSlope() {
    float[] targets = random(6, 2);
    checkSlope(random(6, 1), outputs -> SquaredError.of(outputs, targets));
  }

  @Test
  void expectileGradientIsItsSlope() {
    float[] targets = random(6, 2);
    float[] weights = {1, 0, 1, 1, 0.5f, 1};
    checkSlope(random(6, 1), outputs -> Expectile.of(outputs, targets, 0.8, weights));
  }

  @Test
  void crossEntropyGradientIsItsSlope() {
    int[] chosen = {0, 2};
    boolean[] mask = {true, false, true, true, true, true};
    float[] weights = {1, 2.5f};
    checkSlope(random(6, 1), logits -> CrossEntropy.of(logits, 3, chosen, mask, weights));
  }

  @Test
  void chosenActionGradientIsItsSlope() {
    int[] chosen = {1, 2};
    float[] targets = {0.3f, -1};
    checkSlope(
        random(6, 1),
        outputs ->
            ChosenAction.spread(
                SquaredError.of(ChosenAction.of(outputs, 3, chosen), targets), 3, chosen));
  }

  /** Sheet "offline baselines", section 5, checks. */
  @Test
  void expectileOfTwoEquallyLikelyValuesIsTheExpectileItself() {
    assertThat(minimum(0.7, 0, 1)).isCloseTo(0.7, within(1e-4));
    assertThat(minimum(0.9, 0, 1)).isCloseTo(0.9, within(1e-4));
  }

  /** Sheet "offline baselines", section 5, checks. */
  @Test
  void expectilesOfFourValuesAreTheSheets() {
    assertThat(minimum(0.7, 0, 1, 2, 3)).isCloseTo(1.9, within(1e-4));
    assertThat(minimum(0.9, 0, 1, 2, 3)).isCloseTo(2.5, within(1e-4));
  }

  @Test
  void expectileOfOneHalfIsHalfTheSquaredError() {
    float[] outputs = random(5, 1);
    float[] targets = random(5, 2);
    Loss half = SquaredError.of(outputs, targets).times(0.5);
    Loss expectile = Expectile.of(outputs, targets, 0.5, ones(5));
    assertThat(expectile.value()).isCloseTo(half.value(), within(1e-12));
    assertThat(expectile.gradient()).containsExactly(half.gradient());
  }

  /** Sheet "offline baselines", section 3, checks. */
  @Test
  void crossEntropyOfUniformLogitsIsTheLogarithmOfTheirNumber() {
    Loss loss = CrossEntropy.of(new float[3], 3, new int[] {1}, ALL, ones(1));
    assertThat(loss.value()).isCloseTo(1.098612, within(1e-6));
  }

  @Test
  void crossEntropyCountsAdmissibleActionsOnly() {
    boolean[] mask = {true, true, false};
    Loss loss = CrossEntropy.of(new float[] {0, 0, 50}, 3, new int[] {1}, mask, ones(1));
    assertThat(loss.value()).isCloseTo(Math.log(2), within(1e-12));
    assertThat(loss.gradient()).containsExactly(0.5f, -0.5f, 0);
  }

  @Test
  void rowsOfWeightZeroContributeNothingEvenWhenTheirActionIsMasked() {
    boolean[] mask = {true, false};
    Loss loss = CrossEntropy.of(new float[2], 2, new int[] {1}, mask, new float[] {0});
    assertThat(loss.value()).isZero();
    assertThat(loss.gradient()).containsOnly(0);
  }

  @Test
  void likelihoodOfAnInadmissibleActionIsRefused() {
    boolean[] mask = {true, false};
    assertThatThrownBy(() -> CrossEntropy.of(new float[2], 2, new int[] {1}, mask, ones(1)))
        .hasMessageContaining("Row 0 chose action 1, which its mask does not admit");
  }

  @Test
  void softmaxSharesTheMassAmongAdmissibleActions() {
    boolean[] mask = {true, false, true};
    assertThat(MaskedSoftmax.of(new float[] {1000, 5000, 1000}, 3, mask))
        .containsExactly(0.5, 0, 0.5);
  }

  @Test
  void softmaxRefusesARowWithoutAdmissibleActions() {
    assertThatThrownBy(() -> MaskedSoftmax.of(new float[2], 2, new boolean[2]))
        .hasMessage("Row 0 admits no action.");
  }

  /** The output at which the expectile loss of these targets is least, by gradient descent. */
  private static double minimum(double expectile, float... targets) {
    double v = 0;
    for (int i = 0; i < 2000; i++) {
      float[] outputs = new float[targets.length];
      Arrays.fill(outputs, (float) v);
      for (float slope :
          Expectile.of(outputs, targets, expectile, ones(targets.length)).gradient()) {
        v -= 0.2 * slope;
      }
    }
    return v;
  }

  private static void checkSlope(float[] at, Function<float[], Loss> loss) {
    float step = 1f / 1024;
    float[] gradient = loss.apply(at).gradient();
    for (int i = 0; i < at.length; i++) {
      float[] up = at.clone();
      float[] down = at.clone();
      up[i] += step;
      down[i] -= step;
      double slope = (loss.apply(up).value() - loss.apply(down).value()) / (2 * step);
      assertThat((double) gradient[i]).isCloseTo(slope, within(1e-4));
    }
  }

  private static float[] random(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (4 * random.nextDouble() - 2);
    }
    return values;
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }
}
