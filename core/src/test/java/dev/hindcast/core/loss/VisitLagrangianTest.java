package dev.hindcast.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.loss.VisitLagrangian.Form;
import dev.hindcast.core.loss.VisitLagrangian.Steps;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps of which the second ended its episode. */
class VisitLagrangianTest {
  private static final float[] RATIOS = {0.3f, 1.2f, -0.4f};
  private static final float[] VALUES = {0.5f, -0.7f, 2.1f};
  private static final float[] NEXT = {-0.2f, 9, 1.4f};
  private static final float[] STARTS = {0.6f, -1.1f};
  private static final Steps STEPS =
      new Steps(new float[] {1, -0.5f, 0.25f}, new float[] {0.9f, 0, 0.8f}, 0.4, 2);
  private static final double SHIFT = 0.7;

  private static VisitLagrangian of(
      Form form, float[] ratios, float[] values, float[] next, float[] starts, double shift) {
    return VisitLagrangian.of(form, STEPS, ratios, values, next, starts, shift);
  }

  /** By hand: 0.4 (-0.25 + 2 0.7) and a third of each row's. */
  @Test
  void bestDiceAddsUp() {
    double first = 0.3 * (1 - 0.18 - 0.5 - 0.14) - 0.045;
    double second = 1.2 * (-0.5 + 0.7 - 1.4) - 0.72;
    double third = -0.4 * (0.25 + 1.12 - 2.1 - 0.28) - 0.08;
    double found = of(Form.BEST_DICE, RATIOS, VALUES, NEXT, STARTS, SHIFT).value();
    assertThat(found).isCloseTo(0.46 + (first + second + third) / 3, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAreSlopes(Form form) {
    check(RATIOS, x -> of(form, x, VALUES, NEXT, STARTS, SHIFT), VisitLagrangian::byRatios);
    check(VALUES, x -> of(form, RATIOS, x, NEXT, STARTS, SHIFT), VisitLagrangian::byValues);
    check(NEXT, x -> of(form, RATIOS, VALUES, x, STARTS, SHIFT), VisitLagrangian::byNextValues);
    check(STARTS, x -> of(form, RATIOS, VALUES, NEXT, x, SHIFT), VisitLagrangian::byStartValues);
    ToDoubleFunction<Double> byShift =
        shift -> of(form, RATIOS, VALUES, NEXT, STARTS, shift).value();
    double slope = (byShift.applyAsDouble(SHIFT + 1) - byShift.applyAsDouble(SHIFT - 1)) / 2;
    assertThat(of(form, RATIOS, VALUES, NEXT, STARTS, SHIFT).byShift())
        .isCloseTo(slope, within(1e-9));
  }

  private static void check(
      float[] at,
      Function<float[], VisitLagrangian> lagrangian,
      Function<VisitLagrangian, float[]> gradient) {
    float[] found = gradient.apply(lagrangian.apply(at));
    for (int i = 0; i < at.length; i++) {
      float[] up = at.clone();
      float[] down = at.clone();
      up[i] += 0.01f;
      down[i] -= 0.01f;
      double slope =
          (lagrangian.apply(up).value() - lagrangian.apply(down).value())
              / ((double) up[i] - down[i]);
      assertThat((double) found[i]).as("%d", i).isCloseTo(slope, within(1e-5));
    }
  }

  /**
   * Sheet section 15.5, which knows the ratios: 11, 11, 9 and 9 steps of (0, 0), (0, 1), (1, 0) and
   * (1, 1), and forty steps for each start where 1 - γ is a tenth of that.
   */
  @Test
  void atTheRatiosOfSection15_5NoValueMatters() {
    int[] counts = {11, 11, 9, 9};
    double[] zeta = {
      0.28 * 0.2 / 0.275, 0.28 * 0.8 / 0.275, 0.72 * 0.2 / 0.225, 0.72 * 0.8 / 0.225
    };
    double[] gradient = {0.1 * 0.2, 0.1 * 0.8, 0, 0}; // by nu of each pair, from the start
    double[] target = {0.2, 0.8};
    float[] ratios = new float[40];
    float[] discounts = new float[40];
    int[] pairs = new int[40];
    int row = 0;
    for (int pair = 0; pair < 4; pair++) {
      for (int k = 0; k < counts[pair]; k++) {
        pairs[row] = pair;
        discounts[row] = 0.9f;
        ratios[row++] = (float) zeta[pair];
      }
    }
    VisitLagrangian found =
        VisitLagrangian.of(
            Form.BEST_DICE,
            new Steps(new float[40], discounts, 0.1, 10),
            ratios,
            new float[40],
            new float[40],
            new float[1],
            0);
    assertThat(found.byStartValues()).containsExactly(0.1f);
    for (int i = 0; i < 40; i++) {
      gradient[pairs[i]] += found.byValues()[i];
      int next = pairs[i] % 2; // action a leads to state a
      gradient[2 * next] += target[0] * found.byNextValues()[i];
      gradient[2 * next + 1] += target[1] * found.byNextValues()[i];
    }
    assertThat(gradient).containsExactly(new double[4], within(1e-6));
    assertThat(found.byShift()).isCloseTo(0, within(1e-6));
  }
}
