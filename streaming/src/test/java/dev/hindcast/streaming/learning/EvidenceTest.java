package dev.hindcast.streaming.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EvidenceTest {
  private static final Evidence.Limits LIMITS = new Evidence.Limits(0.01, 0.1, 0.05);

  /** Episodes whose mean is 1 with this probability, otherwise 0, and some strange ones. */
  private static Evidence.Rewards rewards(
      double mean, double strangers, int episodes, SplittableRandom random) {
    double[] means = new double[episodes];
    boolean[] strange = new boolean[episodes];
    for (int i = 0; i < episodes; i++) {
      means[i] = random.nextDouble() < mean ? 1 : 0;
      strange[i] = random.nextDouble() < strangers;
    }
    return new Evidence.Rewards(means, strange);
  }

  /** In how many of 300 runs of 20 intervals there is an alarm. */
  private static int alarms(double mean, double strangers, List<Double> before) {
    int alarms = 0;
    for (int run = 0; run < 300; run++) {
      SplittableRandom random = new SplittableRandom(run);
      boolean isAlarmed = false;
      for (int interval = 1; interval <= 20; interval++) {
        isAlarmed |=
            Evidence.against(interval, rewards(mean, strangers, 200, random), before, LIMITS)
                .isPresent();
      }
      alarms += isAlarmed ? 1 : 0;
    }
    return alarms;
  }

  @Test
  void falseAlarmsOfWholeRunsAreRarerThanStated() {
    // at the very edge of what is tolerated: five in a hundred runs at most
    assertThat(alarms(0.6, 0.01, List.of(0.5))).isLessThanOrEqualTo(15);
    assertThat(alarms(0.4, 0, List.of(0.45, 0.55))).isLessThanOrEqualTo(15);
  }

  @Test
  void strangeRewardsAreFoundInOneInterval() {
    int found = 0;
    for (int run = 0; run < 100; run++) {
      Evidence.Rewards poisoned = rewards(0.5, 0.05, 500, new SplittableRandom(run));
      found += Evidence.against(10, poisoned, List.of(), LIMITS).isPresent() ? 1 : 0;
    }
    assertThat(found).isGreaterThan(80);
    assertThat(
            Evidence.against(
                10, rewards(0.5, 0.2, 500, new SplittableRandom(1)), List.of(), LIMITS))
        .get()
        .asString()
        .contains("episodes have a reward beyond all of the dataset's")
        .contains("more than 1.0 % are not taken for normal");
  }

  @Test
  void driftIsFoundEitherWayButNotWithoutComparison() {
    SplittableRandom random = new SplittableRandom(3);
    assertThat(Evidence.against(3, rewards(0.9, 0, 400, random), List.of(0.5), LIMITS)).isPresent();
    assertThat(Evidence.against(3, rewards(0.1, 0, 400, random), List.of(0.4, 0.6), LIMITS))
        .get()
        .asString()
        .contains("of the range of rewards, that of the 2 before 0.500");
    assertThat(Evidence.against(3, rewards(0.9, 0, 400, random), List.of(), LIMITS)).isEmpty();
  }

  @Test
  void bettingWinsWhereTheMeanIsAboveTheBound() {
    Betting fair = new Betting(0.5);
    Betting sure = new Betting(0.5);
    for (int i = 0; i < 200; i++) {
      fair.see(i % 2);
      sure.see(1);
    }
    assertThat(fair.rejects(0.05)).isFalse();
    assertThat(sure.rejects(1e-9)).isTrue();
    // one gambler stakes half of what can be won: after one 1 he holds 1.5, all five 1.19375
    Betting once = new Betting(0.5);
    once.see(1);
    assertThat(once.rejects(1 / 1.1937)).isTrue();
    assertThat(once.rejects(1 / 1.1938)).isFalse();
  }

  @Test
  void effectiveShareIsOneForEqualWeightsAndFallsWithTheirSpread() {
    assertThat(Evidence.effectiveShare(new double[] {2, 2, 2, 2})).isCloseTo(1, within(1e-12));
    assertThat(Evidence.effectiveShare(new double[] {4, 0, 0, 0})).isCloseTo(0.25, within(1e-12));
    assertThat(Evidence.effectiveShare(new double[] {3, 1})).isCloseTo(0.8, within(1e-12));
    assertThat(Evidence.effectiveShare(new double[2])).isZero();
    assertThat(Evidence.effectiveShare(new double[] {1, Double.NaN})).isZero();
  }

  @Test
  void rewardsAreMeasuredInTheirRange() {
    Evidence.Range range = new Evidence.Range(-2, 2);
    assertThat(Arrays.stream(new double[] {-3, -2, 0, 2, 9, Double.NaN}).map(range::unit))
        .containsExactly(0.0, 0.0, 0.5, 1.0, 1.0, 0.0);
    assertThat(range.holds(2)).isTrue();
    assertThat(range.holds(2.01)).isFalse();
    assertThat(range.holds(Double.NaN)).isFalse();
    assertThatThrownBy(() -> new Evidence.Range(1, 1))
        .hasMessageContaining("there is nothing to learn from them");
  }
}
