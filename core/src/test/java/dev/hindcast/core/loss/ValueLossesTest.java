package dev.hindcast.core.loss;

import static dev.hindcast.core.loss.FDivergence.CHI_SQUARE;
import static dev.hindcast.core.loss.FDivergence.CHI_SQUARE_RELEASED;
import static dev.hindcast.core.loss.FDivergence.TOTAL_VARIATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The losses that make V an upper part of Q. */
class ValueLossesTest {
  private static final float[] OUTPUTS = {0.3f, -1.2f, 2.1f, 0.7f, -3};
  private static final float[] TARGETS = {1.1f, -1.9f, -3.4f, 6.3f, -2.6f};
  private static final float[] WEIGHTS = {1, 0, 1, 0.5f, 2};

  @ParameterizedTest
  @EnumSource
  void divergenceGradientIsItsSlope(FDivergence divergence) {
    checkSlope(outputs -> divergence.of(outputs, TARGETS, 0.8, 0.7, WEIGHTS));
  }

  @Test
  void gumbelGradientIsItsSlope() {
    // row 2 has the greatest z at 2.5, where it is clipped: the batch's scale does not move
    checkSlope(outputs -> Gumbel.of(outputs, TARGETS, 2, 2.5, WEIGHTS));
  }

  @Test
  void huberGradientIsItsSlope() {
    checkSlope(outputs -> Huber.of(outputs, TARGETS, 1.5));
  }

  @Test
  void weightedSquaredErrorGradientIsItsSlope() {
    checkSlope(outputs -> SquaredError.of(outputs, TARGETS, WEIGHTS));
  }

  @Test
  void mixtureDualGradientIsItsSlope() {
    boolean[] demonstrated = {true, false, true, false, false};
    checkSlope(residuals -> MixtureDual.of(residuals, demonstrated, WEIGHTS, 0.3));
  }

  /** By hand: 0.25 f*(-1) + 0.75 ((f*(2) - 2) + (f*(-4) + 4)) / 2. */
  @Test
  void mixtureDualWeighsDemonstrationsAndOthers() {
    float[] residuals = {2, -1, -4};
    boolean[] demonstrated = {false, true, false};
    Loss loss = MixtureDual.of(residuals, demonstrated, ones(3), 0.25);
    assertThat(loss.value()).isCloseTo(0.25 * -0.75 + 0.75 * (1 + 3) / 2, within(1e-9));
    assertThat(loss.gradient())
        .containsExactly(new float[] {0.375f, 0.125f, -0.375f}, within(1e-6f));
  }

  /**
   * Sheet "dual RL", section (c.6): where demonstrations start as the world does, the paper's first
   * term is minus β times their mean residual, and what is left is the least at 0.
   */
  @Test
  void mixtureDualFromTheDemonstratorsStartIsASquare() {
    float[] residuals = {0.8f, -1, 0.4f};
    boolean[] demonstrated = {true, false, false};
    double value = MixtureDual.of(residuals, demonstrated, ones(3), 0.5).value() - 0.5 * 0.8;
    assertThat(value).isCloseTo((0.5 * 0.64 + 0.5 * (1 + 0.16) / 2) / 4, within(1e-6));
  }

  /** Sheet "dual RL", section (i), values at λ = 0.8. */
  @ParameterizedTest
  @CsvSource({
    "-6, 1.2, 3.6, 1.2",
    "-5, 1.0, 2.0, 1.0",
    "-4, 0.8, 0.8, 0.8",
    "-1, 0.2, 0.2, 0.2",
    "0, 0, 0, 0",
    "0.5, 0.3, 0.35, 0.35",
    "1, 0.6, 0.8, 0.8",
    "2, 1.2, 2.0, 2.0",
    "4, 2.4, 5.6, 5.6"
  })
  void divergencesHaveTheSheetsValues(float y, double total, double released, double monotone) {
    assertThat(value(TOTAL_VARIATION, y)).isCloseTo(total, within(1e-9));
    assertThat(value(CHI_SQUARE_RELEASED, y)).isCloseTo(released, within(1e-9));
    assertThat(value(CHI_SQUARE, y)).isCloseTo(monotone, within(1e-9));
  }

  /** Sheet "dual RL", section (i), minimizers; each list of targets equally likely. */
  @ParameterizedTest
  @CsvSource({
    "TOTAL_VARIATION, 0.55, 0 1, 0",
    "TOTAL_VARIATION, 0.65, 0 1, 0",
    "TOTAL_VARIATION, 0.7, 0 1, 1",
    "TOTAL_VARIATION, 0.95, 0 1, 1",
    "TOTAL_VARIATION, 0.55, 0 1 2 3, 0",
    "TOTAL_VARIATION, 0.6, 0 1 2 3, 1",
    "TOTAL_VARIATION, 0.65, 0 1 2 3, 1",
    "TOTAL_VARIATION, 0.7, 0 1 2 3, 2",
    "TOTAL_VARIATION, 0.9, 0 1 2 3, 3",
    "CHI_SQUARE, 0.4, 0 1, -0.5",
    "CHI_SQUARE, 0.5, 0 1, 0",
    "CHI_SQUARE, 0.6, 0 1, 0.333333",
    "CHI_SQUARE, 0.65, 0 1, 0.846154",
    "CHI_SQUARE, 0.7, 0 1, 1",
    "CHI_SQUARE, 0.5, 0 1 2 3, 1",
    "CHI_SQUARE, 0.55, 0 1 2 3, 1.227273",
    "CHI_SQUARE, 0.6, 0 1 2 3, 1.833333",
    "CHI_SQUARE, 0.7, 0 1 2 3, 2",
    "CHI_SQUARE, 0.8, 0 1 2 3, 3",
    "CHI_SQUARE, 0.5, 0 10, 8",
    "CHI_SQUARE, 0.6, 0 10, 9.333333",
    "CHI_SQUARE, 0.7, 0 10, 10",
    "CHI_SQUARE, 0.4, 5, 4",
    "CHI_SQUARE, 0.6, 5, 5",
    "CHI_SQUARE_RELEASED, 0.5, 0 10, 5",
    "CHI_SQUARE_RELEASED, 0.7, 0 10, 6.142857",
    "CHI_SQUARE_RELEASED, 0.9, 0 10, 6.777778",
    "CHI_SQUARE_RELEASED, 0.99, 0 10, 6.979798",
    "CHI_SQUARE_RELEASED, 0.6, 0 1 2 3, 1.833333"
  })
  void divergencesAreLeastWhereTheSheetSays(
      FDivergence divergence, double conservatism, String targets, double expected) {
    float[] q = numbers(targets);
    double least = least(v -> divergence.of(v, q, conservatism, 1, ones(q.length)), q.length);
    assertThat(least).isCloseTo(expected, within(2e-4));
  }

  /** Sheet "dual RL", section (i): temperature * log mean exp(targets / temperature). */
  @ParameterizedTest
  @CsvSource({
    "0.1, 0 1, 0.930690",
    "1, 0 1, 0.620115",
    "5, 0 1, 0.524958",
    "0.1, 0 1 2 3, 2.861375",
    "1, 0 1 2 3, 2.053895",
    "5, 0 1 2 3, 1.624299",
    "10, 0 1 2 3, 1.562412",
    "1, 0 10, 9.306898",
    "5, 0 10, 7.168904",
    "10, 0 10, 6.201145"
  })
  void gumbelRegressionIsTheSoftMaximum(double temperature, String targets, double expected) {
    float[] q = numbers(targets);
    double least = least(v -> Gumbel.of(v, q, temperature, 100, ones(q.length)), q.length);
    assertThat(least).isCloseTo(expected, within(2e-4));
  }

  /** Sheet "dual RL", section (i): z = 1, 0, -2. */
  @Test
  void gumbelLossOfThreeRowsIsTheSheets() {
    float[] targets = {1, 0, -2};
    Loss loss = Gumbel.of(new float[3], targets, 1, 7, ones(3));
    assertThat(loss.value()).isCloseTo(0.227303, within(1e-6));
    assertThat(-3 * loss.gradient()[0]).isCloseTo(0.632121f, within(1e-6f));
    assertThat(-3 * loss.gradient()[1]).isZero();
    assertThat(-3 * loss.gradient()[2]).isCloseTo(-0.318092f, within(1e-6f));
    double plain = 0;
    for (float z : targets) {
      plain += (Math.exp(z) - z - 1) / 3;
    }
    assertThat(loss.value()).isCloseTo(plain / Math.E, within(1e-12));
  }

  @Test
  void gumbelLossSurvivesOutliersAndSilencesThoseBeyondTheClip() {
    Loss loss = Gumbel.of(new float[2], new float[] {1e6f, 1}, 1, 7, ones(2));
    assertThat(loss.value()).isFinite();
    assertThat(loss.gradient()[0]).isZero();
    assertThat(loss.gradient()[1]).isNegative().isFinite();
  }

  /** Sheet "dual RL", section (i): H(3), H(20), H(25) at a threshold of 20. */
  @ParameterizedTest
  @CsvSource({"3, 4.5", "20, 200", "25, 300", "-25, 300"})
  void huberLossHasTheSheetsValues(float error, double expected) {
    assertThat(Huber.of(new float[] {error}, new float[1], 20).value()).isEqualTo(expected);
  }

  /** Sheet "dual RL", section (i): inverse temperature 3, advantages 0, 1, 2. */
  @Test
  void advantageWeightsAreExponentialUpToTheCap() {
    float[] weights = AdvantageWeight.of(new float[] {5, 6, 7}, new float[] {5, 5, 5}, 3);
    assertThat(weights).containsExactly(new float[] {1, 20.0855f, 100}, within(1e-4f));
    assertThat(AdvantageWeight.of(new float[] {9}, new float[1], 0)).containsExactly(1);
  }

  @Test
  void rowsOfWeightZeroCountInTheMeanOnly() {
    float[] none = {0, 1};
    float[] targets = {3, 0};
    for (FDivergence divergence : FDivergence.values()) {
      Loss loss = divergence.of(new float[2], targets, 0.8, 1, none);
      assertThat(loss.value()).isZero();
      assertThat(loss.gradient()[0]).isZero();
    }
    assertThat(SquaredError.of(new float[2], targets, none).value()).isZero();
  }

  private static double value(FDivergence divergence, float y) {
    return divergence.of(new float[1], new float[] {y}, 0.8, 1, ones(1)).value();
  }

  /** The output, the same for all targets, at which a convex loss is least: its slope's change. */
  private static double least(Function<float[], Loss> loss, int n) {
    double low = -20;
    double high = 20;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      float[] outputs = new float[n];
      Arrays.fill(outputs, (float) middle);
      double slope = 0;
      for (float g : loss.apply(outputs).gradient()) {
        slope += g;
      }
      if (slope < 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  private static void checkSlope(Function<float[], Loss> loss) {
    float step = 1f / 1024;
    float[] gradient = loss.apply(OUTPUTS).gradient();
    for (int i = 0; i < OUTPUTS.length; i++) {
      float[] up = OUTPUTS.clone();
      float[] down = OUTPUTS.clone();
      up[i] += step;
      down[i] -= step;
      double slope = (loss.apply(up).value() - loss.apply(down).value()) / (2 * step);
      assertThat((double) gradient[i]).isCloseTo(slope, within(2e-4));
    }
  }

  private static float[] numbers(String words) {
    String[] parts = words.split(" ", -1);
    float[] numbers = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = Float.parseFloat(parts[i]);
    }
    return numbers;
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }
}
