package dev.hindcast.evaluation.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.evaluation.estimator.ScoredEpisode.Ending;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Slates are episodes whose steps are positions. */
class SlatesTest {
  private static ScoredEpisode slate(double[] target, double[] propensities, double... rewards) {
    double[] halves = new double[rewards.length];
    Arrays.fill(halves, 0.5);
    return ScoredEpisode.of(
        rewards,
        target,
        propensities,
        Ending.TERMINATED,
        new Values(halves, halves, OptionalDouble.empty()));
  }

  /** Sheet section 15.2; the constant 0.5 stands for a model of each position. */
  @Test
  void estimatesAreThoseOfSection15_2() {
    double[] half = {0.5, 0.5};
    List<ScoredEpisode> slates =
        List.of(
            slate(new double[] {0.4, 0.3}, half, 1, 0), slate(new double[] {0.6, 0.7}, half, 1, 1));
    assertThat(Estimate.of("trajectory-importance-sampling", 1, slates))
        .isCloseTo(1.92, within(1e-14));
    assertThat(Estimate.of("independent-positions", 1, slates)).isCloseTo(1.7, within(1e-14));
    assertThat(Estimate.of("per-decision-importance-sampling", 1, slates))
        .isCloseTo(1.84, within(1e-14));
    assertThat(Estimate.of("pseudo-inverse", 1, slates)).isCloseTo(1.8, within(1e-14));
    assertThat(Estimate.of("doubly-robust", 1, slates)).isCloseTo(1.8, within(1e-14));
    // (0.8 + 1.2) / (0.8 + 1.2) in the first position, 1.4 / (0.6 + 1.4) in the second
    assertThat(Estimate.of("self-normalized-independent-positions", 1, slates))
        .isCloseTo(1 + 0.7, within(1e-14));
  }

  /** Sheet section 16: with one position all are inverse propensity weighting. */
  @Test
  void onePositionIsABandit() {
    List<ScoredEpisode> slates =
        List.of(
            slate(new double[] {0.4}, new double[] {0.5}, 1),
            slate(new double[] {0.9}, new double[] {0.3}, 2));
    double ips = Estimate.of("inverse-propensity", 1, slates);
    assertThat(Estimate.of("independent-positions", 1, slates)).isCloseTo(ips, within(1e-14));
    assertThat(Estimate.of("pseudo-inverse", 1, slates)).isCloseTo(ips, within(1e-14));
    assertThat(Estimate.of("self-normalized-independent-positions", 1, slates))
        .isCloseTo(Estimate.of("self-normalized-inverse-propensity", 1, slates), within(1e-14));
  }

  /** Shorter slates take no part in positions that they do not have. */
  @Test
  void shorterSlatesCountOnlyWhereTheyHaveAPosition() {
    double[] even = {0.5, 0.5};
    List<ScoredEpisode> slates =
        List.of(
            slate(new double[] {0.25, 0.5}, even, 0, 3),
            slate(new double[] {0.75}, new double[] {0.5}, 2));
    // position 1: 1.5 * 2 / (0.5 + 1.5); position 2, which half of the slates have: 3
    assertThat(Estimate.of("self-normalized-independent-positions", 1, slates))
        .isCloseTo(1.5 + 1.5, within(1e-14));
  }

  /** How users read a slate. */
  private enum Reading {
    /** Each position pays by its item alone. */
    INDEPENDENT,
    /** From the top, until the first item that pays. */
    CASCADE,
    /** Pays at the last position by how many good items there are, squared. */
    WHOLE
  }

  private static double[] rewards(Reading reading, int[] items) {
    double[] rewards = new double[items.length];
    int good = 0;
    for (int t = 0; t < items.length; t++) {
      good += items[t];
      rewards[t] =
          switch (reading) {
            case INDEPENDENT -> items[t] * (t + 1);
            case CASCADE -> items[t] == 1 && good == 1 ? 1 : 0;
            case WHOLE -> t == items.length - 1 ? good * good : 0;
          };
    }
    return rewards;
  }

  /** Three positions, two items, good ones 0.7 likely under the target and 0.4 in the log. */
  private static List<ScoredEpisode> log(Reading reading, int slates, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<ScoredEpisode> log = new ArrayList<>();
    for (int i = 0; i < slates; i++) {
      int[] items = new int[3];
      double[] target = new double[3];
      double[] propensities = new double[3];
      for (int t = 0; t < 3; t++) {
        items[t] = random.nextDouble() < 0.4 ? 1 : 0;
        target[t] = items[t] == 1 ? 0.7 : 0.3;
        propensities[t] = items[t] == 1 ? 0.4 : 0.6;
      }
      log.add(slate(target, propensities, rewards(reading, items)));
    }
    return log;
  }

  private static double exact(Reading reading) {
    double value = 0;
    for (int code = 0; code < 8; code++) {
      int[] items = {code & 1, (code >> 1) & 1, code >> 2};
      double probability = 1;
      for (int item : items) {
        probability *= item == 1 ? 0.7 : 0.3;
      }
      value += probability * Arrays.stream(rewards(reading, items)).sum();
    }
    return value;
  }

  private static void estimates(Reading reading, String name, boolean isRight) {
    double[] values = new double[60];
    for (int i = 0; i < values.length; i++) {
      values[i] = Estimate.of(name, 1, log(reading, 400, i));
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
    double distance = Math.abs(mean - exact(reading)) / Math.sqrt(variance / values.length);
    if (isRight) {
      assertThat(distance).as("%s, %s", name, reading).isLessThan(4);
    } else {
      assertThat(distance).as("%s, %s", name, reading).isGreaterThan(8);
    }
  }

  /** The table of models under which each is unbiased (sheet section 4). */
  @Test
  void eachIsRightWhereItsModelHolds() {
    for (Reading reading : Reading.values()) {
      estimates(reading, "trajectory-importance-sampling", true);
      estimates(reading, "per-decision-importance-sampling", true);
    }
    estimates(Reading.INDEPENDENT, "independent-positions", true);
    estimates(Reading.INDEPENDENT, "pseudo-inverse", true);
    estimates(Reading.CASCADE, "independent-positions", false);
    estimates(Reading.WHOLE, "independent-positions", false);
    estimates(Reading.WHOLE, "pseudo-inverse", false);
  }
}
