package dev.hindcast.evaluation.returns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WeightedReturnsTest {
  private static WeightedReturns of(ReturnGrid grid, double[] returns, double[] weights) {
    double[] sums = new double[grid.size()];
    double[] products = new double[grid.size()];
    for (int i = 0; i < returns.length; i++) {
      sums[grid.bin(returns[i])] += weights[i];
      products[grid.bin(returns[i])] += weights[i] * returns[i];
    }
    return new WeightedReturns(grid, sums, products);
  }

  /** Sheet section 15.6. */
  @Test
  void workedExample() {
    ReturnGrid grid = ReturnGrid.of(1, new double[] {1, 2, 4});
    WeightedReturns returns = of(grid, new double[] {1, 2, 2, 4}, new double[] {0.5, 1.5, 1, 1});
    assertThat(returns.total()).isEqualTo(4);
    assertThat(returns.share(0)).isEqualTo(0.125);
    assertThat(returns.share(1)).isEqualTo(0.75);
    assertThat(returns.share(2)).isEqualTo(1);
    assertThat(returns.mean()).isEqualTo(2.375);
    assertThat(returns.varianceOfBins()).isEqualTo(0.984375);
    assertThat(returns.quantile(0.5)).isEqualTo(2);
    assertThat(returns.quantile(0.75)).isEqualTo(2); // the least that reaches it
    assertThat(returns.quantile(0.751)).isEqualTo(4);
    assertThat(returns.tailMean(0.5)).isEqualTo(1.75);
    assertThat(returns.tailMean(0.1)).isEqualTo(1);
    assertThat(returns.tailMean(0.999999)).isCloseTo(2.375, within(1e-5));
  }

  @Test
  void scaleOfWeightsChangesNothing() {
    ReturnGrid grid = ReturnGrid.of(1, new double[] {1, 2, 4});
    double[] values = {1, 2, 2, 4};
    WeightedReturns one = of(grid, values, new double[] {0.5, 1.5, 1, 1});
    WeightedReturns other = of(grid, values, new double[] {5e9, 1.5e10, 1e10, 1e10});
    for (double share : new double[] {0.1, 0.125, 0.13, 0.5, 0.75, 0.9}) {
      assertThat(other.quantile(share)).isEqualTo(one.quantile(share));
      assertThat(other.tailMean(share)).isCloseTo(one.tailMean(share), within(1e-12));
    }
  }

  @Test
  void thresholdsTellOfManyReturnsAlmostWhatAllWouldTell() {
    SplittableRandom random = new SplittableRandom(1);
    int n = 20_000;
    double[] values = new double[n];
    double[] weights = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = i % 4 == 0 ? 0 : random.nextGaussian(); // a quarter lie in one point
      weights[i] = Math.exp(values[i]); // the policy does better than the log
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    ReturnGrid coarse = ReturnGrid.spanning(1, sorted, sorted[0], sorted[n - 1]);
    ReturnGrid fine = ReturnGrid.of(1, Arrays.stream(sorted).distinct().toArray());
    assertThat(coarse.size()).isLessThanOrEqualTo(ReturnGrid.MOST);
    assertThat(coarse.isExact()).isFalse();
    WeightedReturns few = of(coarse, values, weights);
    WeightedReturns all = of(fine, values, weights);
    for (double share : new double[] {0.01, 0.05, 0.1, 0.5, 0.75, 0.95}) {
      assertThat(few.quantile(share)).as("" + share).isCloseTo(all.quantile(share), within(0.02));
      assertThat(few.tailMean(share)).as("" + share).isCloseTo(all.tailMean(share), within(0.01));
    }
    assertThat(few.quantile(0.99))
        .as("where the log is thin")
        .isCloseTo(all.quantile(0.99), within(0.1));
    double atom = all.share(fine.bin(0)) - 0.01; // within the jump at 0
    assertThat(few.quantile(atom)).isCloseTo(0, within(1e-3));
    assertThat(few.mean()).isCloseTo(all.mean(), within(1e-9));
  }

  @Test
  void everyReturnHasABin() {
    ReturnGrid grid = ReturnGrid.of(1, new double[] {-1, 0, 2});
    assertThat(grid.bin(-1)).isZero();
    assertThat(grid.bin(-0.5)).isEqualTo(1);
    assertThat(grid.bin(0)).isEqualTo(1);
    assertThat(grid.bin(2)).isEqualTo(2);
    assertThat(ReturnGrid.NONE.size()).isZero();
  }
}
