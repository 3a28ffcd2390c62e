package dev.hindcast.evaluation.interval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Numbers worked out in sections 15.1 and 15.9 of the off-policy evaluation sheet. */
class MeanIntervalsTest {
  private static final double MEAN = 0.82;
  private static final double VARIANCE = 0.862;

  @Test
  void halfWidthsAreThoseOfSection15_1() {
    assertThat(MeanIntervals.hoeffding(MEAN, 5, 0, 4, 0.95).upper() - MEAN)
        .isCloseTo(2.429445847633221, within(1e-12));
    assertThat(MeanIntervals.empiricalBernstein(MEAN, VARIANCE, 5, 4, 0.95).upper() - MEAN)
        .isCloseTo(11.453924804972655, within(1e-12));
    assertThat(MeanIntervals.student(MEAN, VARIANCE, 5, 0.95).upper() - MEAN)
        .isCloseTo(1.152809965078060, within(1e-9));
  }

  @Test
  void accelerationAndLevelsAreThoseOfSection15_9() {
    double acceleration = MeanIntervals.acceleration(new double[] {1, 2, 3, 4, 10});
    assertThat(acceleration).isCloseTo(0.0848528137423857, within(1e-14));
    assertThat(MeanIntervals.normalQuantile(0.46)).isCloseTo(-0.1004337205114698, within(1e-12));
    double[] levels = MeanIntervals.acceleratedLevels(0.46, acceleration, 0.95);
    assertThat(levels[0]).isCloseTo(0.0318540882730632, within(1e-10));
    assertThat(levels[1]).isCloseTo(0.982461758843039, within(1e-10));
  }
}
