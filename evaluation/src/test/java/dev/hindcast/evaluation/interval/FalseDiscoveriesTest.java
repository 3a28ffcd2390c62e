package dev.hindcast.evaluation.interval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FalseDiscoveriesTest {
  /** Benjamini, Hochberg (1995), section 4.1: at 0.05 the four smallest are called. */
  @Test
  void example() {
    double[] probabilities = {
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
      0.5719, 0.6528, 0.7590, 1.0000
    };
    double[] adjusted = FalseDiscoveries.adjusted(probabilities);
    assertThat(Arrays.stream(adjusted).filter(p -> p <= 0.05).count()).isEqualTo(4);
    assertThat(adjusted[0]).isCloseTo(0.0015, within(1e-12));
    assertThat(adjusted[3]).isCloseTo(0.0095 * 15 / 4, within(1e-12));
    assertThat(adjusted[4]).isCloseTo(0.0201 * 3, within(1e-12));
    assertThat(adjusted[5]).isCloseTo(0.0298 * 15 / 7, within(1e-12)); // no more than the next
    assertThat(adjusted[14]).isEqualTo(1);
    assertThat(adjusted).isSorted();
  }

  @Test
  void orderOfTestsDoesNotMatter() {
    assertThat(FalseDiscoveries.adjusted(new double[] {0.04, 0.01, 0.5}))
        .containsExactly(0.06, 0.03, 0.5);
    assertThat(FalseDiscoveries.adjusted(new double[0])).isEmpty();
  }

  @Test
  void nothingIsFoundWhereThereIsNothingMoreOftenThanAsked() {
    SplittableRandom random = new SplittableRandom(2);
    int called = 0;
    for (int i = 0; i < 2000; i++) {
      double[] adjusted = FalseDiscoveries.adjusted(random.doubles(20).toArray());
      called += Arrays.stream(adjusted).anyMatch(p -> p <= 0.05) ? 1 : 0;
    }
    assertThat(called / 2000.0).isBetween(0.035, 0.065);
  }
}
