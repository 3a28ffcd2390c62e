package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.loss.SquaredError;
import org.junit.jupiter.api.Test;

class TargetCopiesTest {
  private static TargetCopies copies(double polyak, int delay) {
    return new TargetCopies() {
      @Override
      public double polyak() {
        return polyak;
      }

      @Override
      public int policyDelay() {
        return delay;
      }
    };
  }

  @Test
  void slowCopiesInAShortRunAreNamedWithWhatWouldDo() {
    assertThat(copies(0.005, 1).unsettled(20_000, 0.99, 400))
        .contains(
            "20,000 updates will leave its values at about 63 % of their size: they look some 100 steps ahead, and targets that follow at polyak 0.005 need about 60,000 updates for that. Raise updates, or polyak to 0.015.");
    assertThat(copies(0.005, 2).unsettled(20_000, 0.99, 400))
        .contains(
            "20,000 updates will leave its values at about 39 % of their size: they look some 100 steps ahead, and targets that follow at polyak 0.005 in every second update need about 120,000 updates for that. Raise updates, or polyak to 0.030.");
  }

  @Test
  void whatItAdvisesIsEnough() {
    assertThat(copies(0.005, 1).unsettled(60_000, 0.99, 400)).isEmpty();
    assertThat(copies(0.015, 1).unsettled(20_000, 0.99, 400)).isEmpty();
    assertThat(copies(0.03, 2).unsettled(20_000, 0.99, 400)).isEmpty();
  }

  @Test
  void shortEpisodesNeedLess() {
    assertThat(copies(0.005, 1).unsettled(6_000, 1, 10)).isEmpty();
    assertThat(copies(0.005, 1).unsettled(5_900, 1, 10)).isPresent();
    assertThat(copies(0.005, 1).unsettled(1_000, 0.99, 1)).isEmpty();
  }

  /**
   * A value of a reward of 1 in every step, learned to perfection against a copy in each update.
   */
  @Test
  void shareIsThatOfValuesLearnedAgainstSlowCopies() {
    double discount = 0.99;
    double polyak = 0.005;
    float value = 0;
    double copy = 0;
    for (int update = 0; update < 20_000; update++) {
      float target = (float) (1 + discount * copy);
      float[] gradient = SquaredError.of(new float[] {value}, new float[] {target}).gradient();
      value -= gradient[0] / 2;
      copy += polyak * (value - copy);
    }
    assertThat(value * (1 - discount)).isCloseTo(1 - Math.exp(-1), within(0.01));
  }
}
