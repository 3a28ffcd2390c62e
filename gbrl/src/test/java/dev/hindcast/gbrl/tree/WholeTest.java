package dev.hindcast.gbrl.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.training.learner.AllRows;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WholeTest {
  @Test
  void sumsDoNotDependOnTheOrder() {
    SplittableRandom random = new SplittableRandom(1);
    float[] gradient = new float[20_000];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (float) (Math.exp(20 * random.nextDouble() - 18) * random.nextGaussian());
    }
    assertThat(sum(gradient, true)).isNotEqualTo(sum(gradient, false));
    float[] hessian = gradient.clone();
    for (int i = 0; i < hessian.length; i++) {
      hessian[i] = Math.abs(hessian[i]);
    }
    Whole whole = Whole.of(gradient, hessian, 2, AllRows.here(gradient.length / 2));
    assertThat(sum(whole.gradient(), true)).isEqualTo(sum(whole.gradient(), false));
    assertThat(sum(whole.hessian(), true)).isEqualTo(sum(whole.hessian(), false));
    float largest = 0;
    for (float g : hessian) {
      largest = Math.max(largest, g);
    }
    for (int i = 0; i < gradient.length; i++) {
      assertThat((double) Math.abs(whole.gradient()[i] - gradient[i]))
          .isLessThanOrEqualTo(largest * 0x1p-37);
    }
  }

  @Test
  void outputsHaveUnitsOfTheirOwn() {
    float[] gradient = {1e20f, 1e-20f, -3e20f, 2e-20f};
    Whole whole = Whole.of(gradient, new float[4], 2, AllRows.here(2));
    assertThat(whole.gradient()).isEqualTo(gradient);
    assertThat(whole.hessian()).containsOnly(0);
  }

  /** Of the first of two outputs. */
  private static double sum(float[] values, boolean isForward) {
    int n = values.length / 2;
    double[] first = new double[n];
    Arrays.setAll(first, i -> values[2 * (isForward ? i : n - 1 - i)]);
    double sum = 0;
    for (double x : first) {
      sum += x;
    }
    return sum;
  }
}
