package dev.hindcast.evaluation.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.evaluation.estimator.ScoredEpisode.Ending;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Logs of several policies, with propensities of their own or of the mixture (sheet section 6). */
class SeveralLoggersTest {
  private static ScoredEpisode row(double target, double propensity, double reward) {
    return ScoredEpisode.of(
        new double[] {reward},
        new double[] {target},
        new double[] {propensity},
        Ending.TERMINATED,
        Values.NONE);
  }

  /** Sheet section 15.3: three rows of one policy, one of another. */
  @Test
  void weightsAreThoseOfSection15_3() {
    double average = 0.75 * 0.5 + 0.25 * 0.25;
    assertThat(row(0.5, average, 1).finalWeight()).isCloseTo(8.0 / 7, within(1e-15));
    assertThat(row(0.5, 0.5, 1).finalWeight()).isEqualTo(1);
    assertThat(row(0.5, 0.25, 1).finalWeight()).isEqualTo(2);
  }

  /** Two policies with opposite habits: both ways are right, the mixture's varies far less. */
  @Test
  void mixtureIsAsRightAndSteadier() {
    double[] own = new double[300];
    double[] mixed = new double[300];
    SplittableRandom random = new SplittableRandom(4);
    for (int log = 0; log < own.length; log++) {
      List<ScoredEpisode> byOwn = new ArrayList<>();
      List<ScoredEpisode> byMixture = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        double first = i % 2 == 0 ? 0.95 : 0.05; // how likely the row's policy takes action 0
        int action = random.nextDouble() < first ? 0 : 1;
        double reward = action + random.nextDouble();
        double target = action == 0 ? 0.3 : 0.7;
        byOwn.add(row(target, action == 0 ? first : 1 - first, reward));
        byMixture.add(row(target, 0.5, reward));
      }
      own[log] = Estimate.of("inverse-propensity", 1, byOwn);
      mixed[log] = Estimate.of("inverse-propensity", 1, byMixture);
    }
    double exact = 0.7 + 0.5;
    assertThat(mean(own)).isCloseTo(exact, within(4 * Math.sqrt(variance(own) / own.length)));
    assertThat(mean(mixed)).isCloseTo(exact, within(4 * Math.sqrt(variance(mixed) / mixed.length)));
    assertThat(variance(mixed)).isLessThan(variance(own) / 4);
  }

  private static double mean(double[] all) {
    return Arrays.stream(all).average().orElseThrow();
  }

  private static double variance(double[] all) {
    double mean = mean(all);
    return Arrays.stream(all).map(x -> (x - mean) * (x - mean)).sum() / (all.length - 1);
  }
}
