package dev.hindcast.evaluation.interval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntervalTest {
  @Test
  void percentileIntervalCutsTheSameShareOnBothSides() {
    double[] replicates = IntStream.rangeClosed(0, 1000).mapToDouble(i -> 1000 - i).toArray();
    Interval interval = Interval.percentile(replicates, 0.95).orElseThrow();
    assertThat(interval.lower()).isCloseTo(25, within(1e-9));
    assertThat(interval.upper()).isCloseTo(975, within(1e-9));
    assertThat(replicates[0]).isEqualTo(1000); // the caller's order is left alone
  }

  @Test
  void quantilesAreInterpolated() {
    assertThat(Interval.quantile(new double[] {0, 10}, 0.25)).isCloseTo(2.5, within(1e-15));
  }

  @Test
  void thereIsNoIntervalWhenTooManyReplicatesAreUndefined() {
    double[] replicates = IntStream.range(0, 1000).mapToDouble(i -> i).toArray();
    for (int i = 0; i < 10; i++) {
      replicates[i] = Double.NaN;
    }
    assertThat(Interval.percentile(replicates, 0.95)).isPresent();
    replicates[10] = Double.POSITIVE_INFINITY;
    assertThat(Interval.percentile(replicates, 0.95)).isEmpty();
  }

  @Test
  void touchingIntervalsAreNotDisjoint() {
    assertThat(new Interval(0, 1).isDisjointFrom(new Interval(1, 2))).isFalse();
    assertThat(new Interval(0, 1).isDisjointFrom(new Interval(1.5, 2))).isTrue();
    assertThat(new Interval(1.5, 2).isDisjointFrom(new Interval(0, 1))).isTrue();
  }
}
