package dev.hindcast.evaluation.interval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ShrinkageTest {
  /**
   * Efron, Morris (1977), Stein's Paradox in Statistics: batting averages of 18 players after 45
   * times at bat in 1970; they are drawn to 0.212 of their distance from the mean of 0.265.
   */
  @Test
  void battingAverages() {
    double[] hits = {18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7};
    double[] averages = Arrays.stream(hits).map(h -> h / 45).toArray();
    double[] errors = new double[18];
    Arrays.fill(errors, Math.sqrt(0.265 * 0.735 / 45));
    List<Shrinkage.Shrunk> shrunk = Shrinkage.of(averages, errors);
    for (int i = 0; i < 18; i++) {
      assertThat(shrunk.get(i).value())
          .isCloseTo(0.2654 + 0.212 * (averages[i] - 0.2654), within(1e-3));
      assertThat(shrunk.get(i).error()).isLessThan(errors[i]);
    }
    assertThat(shrunk.get(0).value()).isCloseTo(0.294, within(1e-3)); // Clemente
  }

  @Test
  void shrunkEstimatesAreCloserAndTheirIntervalsHold() {
    SplittableRandom random = new SplittableRandom(1);
    double[] errors = {0.5, 0.6, 0.8, 1, 1, 1.2, 1.5, 2};
    double plain = 0;
    double drawn = 0;
    int held = 0;
    int draws = 3000;
    for (int d = 0; d < draws; d++) {
      double[] truth = new double[errors.length];
      double[] values = new double[errors.length];
      for (int i = 0; i < errors.length; i++) {
        truth[i] = 3 + 0.8 * random.nextGaussian();
        values[i] = truth[i] + errors[i] * random.nextGaussian();
      }
      List<Shrinkage.Shrunk> shrunk = Shrinkage.of(values, errors);
      for (int i = 0; i < errors.length; i++) {
        plain += (values[i] - truth[i]) * (values[i] - truth[i]);
        double error = shrunk.get(i).value() - truth[i];
        drawn += error * error;
        held += Math.abs(error) <= 1.96 * shrunk.get(i).error() ? 1 : 0;
      }
    }
    assertThat(drawn / plain).isLessThan(0.6);
    assertThat((double) held / draws / errors.length).isBetween(0.93, 0.97);
  }

  @Test
  void whatErrorsCannotExplainStays() {
    double[] values = {0, 10, 20, 30, 40};
    double[] errors = {0.1, 0.1, 0.1, 0.1, 0.1};
    List<Shrinkage.Shrunk> shrunk = Shrinkage.of(values, errors);
    for (int i = 0; i < values.length; i++) {
      assertThat(shrunk.get(i).value()).isCloseTo(values[i], within(1e-3));
      assertThat(shrunk.get(i).error()).isCloseTo(0.1, within(1e-3));
    }
  }

  @Test
  void fewGroupsStayAsTheyAre() {
    assertThat(Shrinkage.of(new double[] {1, 2, 5}, new double[] {1, 1, 2}))
        .containsExactly(
            new Shrinkage.Shrunk(1, 1), new Shrinkage.Shrunk(2, 1), new Shrinkage.Shrunk(5, 2));
    assertThat(Shrinkage.of(new double[0], new double[0])).isEmpty();
  }
}
