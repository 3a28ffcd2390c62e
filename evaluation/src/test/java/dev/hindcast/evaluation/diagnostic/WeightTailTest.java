package dev.hindcast.evaluation.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightTailTest {
  /** Evenly spaced quantiles of a generalized Pareto distribution of known shape. */
  @ParameterizedTest
  @ValueSource(doubles = {-0.3, 0.2, 0.5, 0.7, 1.2})
  void shapeIsThatOfTheDistributionTheExcessesComeFrom(double shape) {
    double[] excesses =
        IntStream.range(0, 2000)
            .mapToDouble(i -> (Math.pow(1 - (i + 0.5) / 2000, -shape) - 1) / shape)
            .toArray();
    assertThat(WeightTail.fit(excesses).orElseThrow()).isCloseTo(shape, within(0.03));
    double[] scaled = Arrays.stream(excesses).map(x -> 1000 * x).toArray();
    assertThat(WeightTail.fit(scaled).orElseThrow()).isCloseTo(shape, within(0.03));
  }

  @Test
  void tailOfParetoWeightsHasTheirShapeHoweverTheyAreDivided() {
    int n = 100_000;
    WeightTail whole = new WeightTail();
    WeightTail[] parts = {new WeightTail(), new WeightTail(), new WeightTail()};
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < n; i++) {
      double weight = Math.pow(1 - random.nextDouble(), -0.6); // tail index 1/0.6
      whole.add(weight);
      parts[i % 3].add(weight);
    }
    assertThat(whole.shape(n).orElseThrow()).isCloseTo(0.6, within(0.1)); // standard error 0.05
    parts[2].merge(parts[0]);
    parts[2].merge(parts[1]);
    assertThat(parts[2].shape(n)).isEqualTo(whole.shape(n));
  }

  @Test
  void thereIsNoShapeWhereTheLargestWeightsAreAlikeOrFew() {
    WeightTail alike = new WeightTail();
    WeightTail few = new WeightTail();
    for (int i = 0; i < 1000; i++) {
      alike.add(i % 10 == 0 ? 10 : 0);
    }
    for (int i = 0; i < 100; i++) {
      few.add(i);
    }
    assertThat(alike.shape(1000)).isEmpty();
    assertThat(few.shape(100)).isEmpty(); // the largest fifth is 20
  }
}
