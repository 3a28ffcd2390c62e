package dev.hindcast.evaluation.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LeastSquareBlendTest {
  @Test
  void independentEstimatesCountByTheInverseOfTheirVariance() {
    assertThat(LeastSquareBlend.of(new double[][] {{1, 0, 0}, {0, 2, 0}, {0, 0, 4}}))
        .containsExactly(new double[] {4 / 7.0, 2 / 7.0, 1 / 7.0}, within(1e-12));
  }

  @Test
  void estimateThatOnlyAddsErrorIsLeftOut() {
    // Without x >= 0 the answer would be (1.5, -0.5): the second is the first with more noise.
    assertThat(LeastSquareBlend.of(new double[][] {{1, 1.5}, {1.5, 3}}))
        .containsExactly(new double[] {1, 0}, within(1e-12));
  }

  @Test
  void oppositeBiasesCancel() {
    // b = (1, -3): the outer product; squared one by one the second would hardly count.
    double[] blend = LeastSquareBlend.of(new double[][] {{1 + 1e-6, -3}, {-3, 9 + 1e-6}});
    assertThat(blend).containsExactly(new double[] {0.75, 0.25}, within(1e-6));
  }

  @Test
  void amongEqualsTheLastIsTaken() {
    assertThat(LeastSquareBlend.of(new double[3][3])).containsExactly(0, 0, 1);
    assertThat(LeastSquareBlend.of(new double[][] {{2, 2}, {2, 2}})).containsExactly(0, 1);
  }

  @Test
  void nothingOnTheSimplexIsBetter() {
    SplittableRandom random = new SplittableRandom(5);
    for (int world = 0; world < 40; world++) {
      int size = 2 + world % 6;
      int rank = 1 + world % 4; // mostly singular
      double[][] root = new double[rank][size];
      for (double[] row : root) {
        for (int j = 0; j < size; j++) {
          row[j] = random.nextDouble(-1, 2);
        }
      }
      double[][] errors = new double[size][size];
      for (int j = 0; j < size; j++) {
        for (int k = 0; k < size; k++) {
          for (double[] row : root) {
            errors[j][k] += row[j] * row[k];
          }
        }
      }
      double[] blend = LeastSquareBlend.of(errors);
      double sum = 0;
      double square = 0;
      double[] slope = new double[size];
      for (int j = 0; j < size; j++) {
        assertThat(blend[j]).isNotNegative();
        sum += blend[j];
        for (int k = 0; k < size; k++) {
          square += blend[j] * errors[j][k] * blend[k];
          slope[j] += errors[j][k] * blend[k];
        }
      }
      assertThat(sum).isCloseTo(1, within(1e-12));
      // The conditions of Karush, Kuhn and Tucker: from here every corner lies uphill.
      for (int j = 0; j < size; j++) {
        assertThat(slope[j]).isGreaterThan(square - 1e-9);
      }
    }
  }
}
