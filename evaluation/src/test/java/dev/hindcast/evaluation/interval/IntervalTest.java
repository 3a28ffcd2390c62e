package dev.hindcast.evaluation.interval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntervalTest {
  @Test
  void reachIsTheQuantileOfDistancesInStandardErrors() {
    // Distances 0, 1, ..., 1000 in standard errors of 2, every other one to the left.
    double[] replicates =
        IntStream.rangeClosed(0, 1000).mapToDouble(i -> 7 + (i % 2 == 0 ? 2 : -2) * i).toArray();
    double[] errors = IntStream.rangeClosed(0, 1000).mapToDouble(i -> 2).toArray();
    Interval interval = Interval.studentized(7, 0.01, replicates, errors, 0.95).orElseThrow();
    assertThat(interval.lower()).isCloseTo(7 - 9.5, within(1e-9));
    assertThat(interval.upper()).isCloseTo(7 + 9.5, within(1e-9));
  }

  @Test
  void quantilesAreInterpolated() {
    assertThat(Interval.quantile(new double[] {0, 10}, 0.25)).isCloseTo(2.5, within(1e-15));
  }

  @Test
  void thereIsNoIntervalWhenTooManyReplicatesAreUndefined() {
    double[] replicates = IntStream.range(0, 1000).mapToDouble(i -> i).toArray();
    double[] errors = IntStream.range(0, 1000).mapToDouble(i -> 1).toArray();
    for (int i = 0; i < 10; i++) {
      replicates[i] = Double.NaN;
    }
    assertThat(Interval.studentized(500, 1, replicates, errors, 0.95)).isPresent();
    replicates[10] = Double.NaN;
    assertThat(Interval.studentized(500, 1, replicates, errors, 0.95)).isEmpty();
  }

  @Test
  void thereIsNoIntervalAroundWhatIsNoNumber() {
    double[] ones = {1, 1, 1};
    assertThat(Interval.studentized(Double.NaN, 1, ones, ones, 0.95)).isEmpty();
    assertThat(Interval.studentized(1, Double.POSITIVE_INFINITY, ones, ones, 0.95)).isEmpty();
  }

  @Test
  void replicatesWithoutSpreadDoNotStretchTheIntervalWithoutEnd() {
    double[] replicates = {1, 0, 1, 0};
    double[] errors = {1, 1e-12, 1, 1e-12};
    Interval interval = Interval.studentized(1, 1, replicates, errors, 0.95).orElseThrow();
    assertThat(interval.lower()).isBetween(-1.1, -0.9); // 1 - (1 / 0.5) * 1
  }

  @Test
  void withoutAnySpreadTheIntervalIsAPoint() {
    double[] same = {3, 3, 3};
    assertThat(Interval.studentized(3, 0, same, new double[3], 0.95)).contains(new Interval(3, 3));
  }

  @Test
  void touchingIntervalsAreNotDisjoint() {
    assertThat(new Interval(0, 1).isDisjointFrom(new Interval(1, 2))).isFalse();
    assertThat(new Interval(0, 1).isDisjointFrom(new Interval(1.5, 2))).isTrue();
    assertThat(new Interval(1.5, 2).isDisjointFrom(new Interval(0, 1))).isTrue();
  }
}
