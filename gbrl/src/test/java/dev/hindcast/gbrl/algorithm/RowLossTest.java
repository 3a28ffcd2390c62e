package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.loss.ClippedSurrogate;
import dev.hindcast.core.loss.FDivergence;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.training.learner.AllRows;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Numbers of checks are those of the sheet on boosted trees, section 11. */
class RowLossTest {
  private static final float[] WEIGHTS = {1, 0, 2, 0.5f};
  private static final float STEP = 1e-2f;

  @Test
  void crossEntropyIsByRowAndNotByMean() {
    // Check 3 of the sheet on boosted trees, section 11: weight 2, action 0, in each of three rows.
    float[] logits = {0, 1, -1, 0, 1, -1, 0, 1, -1};
    RowLoss loss =
        RowLoss.crossEntropy(logits, 3, new int[3], new boolean[0], new float[] {2, 2, 2}, 0);
    for (int row = 0; row < 3; row++) {
      assertThat(loss.gradient()[3 * row]).isCloseTo(-1.510543f, within(1e-5f));
      assertThat(loss.gradient()[3 * row + 1]).isCloseTo(1.330482f, within(1e-5f));
      assertThat(loss.gradient()[3 * row + 2]).isCloseTo(0.180061f, within(1e-5f));
      assertThat(loss.curvature()[3 * row]) // 2 * weight * p (1 - p)
          .isCloseTo((float) (4 * 0.244728 * 0.755272), within(1e-5f));
    }
  }

  @Test
  void clippedSurrogateStartsAsThePolicyGradientAndEndsWhereItHasMovedFarEnough() {
    // Check 7 of that section: at ρ = 1 a row's gradient is A (p - 1[chosen]), that of A2C.
    float[] logits = {0, 1, -1, 0.5f, 0, 0.2f};
    int[] chosen = {0, 2};
    float[] advantages = {2, -1.5f};
    double[] policy = MaskedSoftmax.of(logits, 3, new boolean[0]);
    double[] before = {Math.log(policy[0]), Math.log(policy[5])};
    float[] found = surrogate(logits, chosen, before, advantages);
    for (int i = 0; i < 6; i++) {
      double label = i % 3 == chosen[i / 3] ? 1 : 0;
      assertThat(found[i])
          .isCloseTo((float) (advantages[i / 3] * (policy[i] - label)), within(1e-6f));
    }
    double[] half = {before[0] - Math.log(1.5), before[1] + Math.log(1.5)};
    assertThat(surrogate(logits, chosen, half, advantages)).as("ρ = 1.5 and 2/3").containsOnly(0);
    float[] other = surrogate(logits, chosen, half, new float[] {-2, 1.5f});
    assertThat(other[0])
        .as("back again")
        .isCloseTo((float) (-2 * 1.5 * (policy[0] - 1)), within(1e-5f));
    // The value's share: V - R by row, where A2C, whose loss has no half, takes twice as much.
    RowLoss value =
        RowLoss.squaredError(new float[] {1, 4}, new float[] {3, 3.5f}, new float[] {1, 1});
    assertThat(value.gradient()).containsExactly(-2, 0.5f);
    assertThat(value.curvature()).containsExactly(1, 1);
  }

  /** By row, clipped at 1 ± 0.2. */
  private static float[] surrogate(
      float[] logits, int[] chosen, double[] before, float[] advantages) {
    ClippedSurrogate surrogate =
        ClippedSurrogate.of(logits, 3, chosen, new boolean[0], before, advantages, 0.2);
    return RowLoss.of(surrogate.loss(), chosen.length, new float[logits.length]).gradient();
  }

  @Test
  void whatALossDoesNotTouchCountsForNothing() {
    boolean[] mask = {true, true, false, true, true, true, true, false, true, true, true, true};
    RowLoss loss = RowLoss.crossEntropy(new float[12], 3, new int[] {0, 1, 2, 0}, mask, WEIGHTS, 0);
    for (int i = 0; i < 12; i++) {
      boolean counts = mask[i] && WEIGHTS[i / 3] > 0;
      assertThat(loss.curvature()[i] > 0).isEqualTo(counts);
      assertThat(loss.gradient()[i] != 0).isEqualTo(counts);
    }
    RowLoss chosen =
        RowLoss.squaredError(new float[] {1, 2}, new float[2], new float[] {1, 1})
            .ofChosen(3, new int[] {2, 0});
    assertThat(chosen.gradient()).containsExactly(0, 0, 1, 2, 0, 0);
    assertThat(chosen.curvature()).containsExactly(0, 0, 1, 1, 0, 0);
    RowLoss among = chosen.among(new int[] {3, 1}, 4);
    assertThat(among.gradient()).containsExactly(0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1);
    assertThat(among.curvature()).containsExactly(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1);
  }

  @Test
  void gradientsAndCurvaturesAreDerivativesOfTheSumOverRows() {
    float[] outputs = {0.3f, -1, 2, 0.7f};
    float[] targets = {1, 1, -1, 0.2f};
    Function<float[], RowLoss> squared = x -> RowLoss.squaredError(x, targets, WEIGHTS);
    Function<float[], RowLoss> expectile = x -> RowLoss.expectile(x, targets, 0.8, WEIGHTS);
    Function<float[], RowLoss> dual =
        x ->
            RowLoss.divergence(
                FDivergence.CHI_SQUARE, x, targets, 0.7, 2, WEIGHTS, AllRows.here(WEIGHTS.length));
    for (int i = 0; i < 4; i++) {
      assertDerivatives(squared, outputs, i);
      assertDerivatives(expectile, outputs, i);
      float[] sides = moved(dual, outputs, i);
      assertThat(dual.apply(outputs).gradient()[i]).isCloseTo(sides[0], within(1e-3f));
      assertThat(dual.apply(outputs).curvature()[i])
          .as("a parabola above a kink is steeper than what it touches")
          .isGreaterThanOrEqualTo(sides[1] - 1e-3f);
    }
  }

  private static void assertDerivatives(Function<float[], RowLoss> loss, float[] at, int i) {
    float[] sides = moved(loss, at, i);
    assertThat(loss.apply(at).gradient()[i]).isCloseTo(sides[0], within(1e-3f));
    assertThat(loss.apply(at).curvature()[i]).isCloseTo(sides[1], within(1e-3f));
  }

  /** The first and the second derivative by an output, by differences. */
  private static float[] moved(Function<float[], RowLoss> loss, float[] at, int i) {
    float[] more = at.clone();
    float[] less = at.clone();
    more[i] += STEP;
    less[i] -= STEP;
    RowLoss up = loss.apply(more);
    RowLoss down = loss.apply(less);
    return new float[] {
      (float) (at.length * (up.value() - down.value()) / (2 * STEP)),
      (up.gradient()[i] - down.gradient()[i]) / (2 * STEP)
    };
  }

  @Test
  void softmaxIsNeverOvershotHoweverAllLogitsMove() {
    SplittableRandom random = new SplittableRandom(1);
    float[] one = {1};
    for (int trial = 0; trial < 200; trial++) {
      float[] logits = new float[4];
      for (int i = 0; i < 4; i++) {
        logits[i] = (float) (6 * random.nextDouble() - 3);
      }
      int[] action = {random.nextInt(4)};
      RowLoss before = RowLoss.crossEntropy(logits, 4, action, new boolean[0], one, 0);
      for (int i = 0; i < 4; i++) {
        logits[i] -= 0.3f * before.gradient()[i] / before.curvature()[i];
      }
      assertThat(RowLoss.crossEntropy(logits, 4, action, new boolean[0], one, 0).value())
          .isLessThan(before.value());
    }
  }

  @Test
  void divergencesAreMinimizedByStepsOfTheirOwnCurvature() {
    // Section (i) of the sheet on duals: with λ = 0.7 both come to rest at 2.
    float[] q = {0, 1, 2, 3};
    assertThat(minimizer(FDivergence.TOTAL_VARIATION, q, 0.7)).isCloseTo(2, within(0.02));
    assertThat(minimizer(FDivergence.CHI_SQUARE, q, 0.7)).isCloseTo(2, within(0.02));
    assertThat(minimizer(FDivergence.CHI_SQUARE, new float[] {0, 1}, 0.6))
        .isCloseTo(1 / 3.0, within(0.01));
    float[] thousandfold = {0, 1000, 2000, 3000};
    assertThat(minimizer(FDivergence.TOTAL_VARIATION, thousandfold, 0.7))
        .isCloseTo(2000, within(20.0));
  }

  /** Of one output for all targets, as a leaf moves it at rate 0.3. */
  private static double minimizer(FDivergence divergence, float[] q, double conservatism) {
    float[] v = new float[q.length];
    float[] ones = new float[q.length];
    Arrays.fill(ones, 1);
    for (int step = 0; step < 300; step++) {
      RowLoss loss =
          RowLoss.divergence(divergence, v, q, conservatism, 1, ones, AllRows.here(ones.length));
      double gradient = 0;
      double curvature = 0;
      for (int i = 0; i < q.length; i++) {
        gradient += loss.gradient()[i];
        curvature += loss.curvature()[i];
      }
      Arrays.fill(v, v[0] - (float) (0.3 * gradient / curvature));
    }
    return v[0];
  }
}
