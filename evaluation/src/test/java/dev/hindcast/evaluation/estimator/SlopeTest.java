package dev.hindcast.evaluation.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.evaluation.estimator.CutWeights.Beyond;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Ending;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SlopeTest {
  @Test
  void narrowestIsChosenAsLongAsItAgreesWithAllBeforeIt() {
    // Section 2, SLOPE++: 1.449 is sqrt(6) - 1. The second is 0.9 away, within 0.5 + 1.449 * 1; the
    // third 1.2 from the first, within 0.1 + 1.449, but 2.1 from the second, beyond 0.1 + 0.7247.
    double[] values = {0, 0.9, -1.2, 0.9};
    assertThat(Slope.choose(values, new double[] {1, 0.5, 0.1, 0.05})).isEqualTo(1);
    assertThat(Slope.choose(new double[] {0, 0.9, 0.8}, new double[] {1, 0.5, 0.1})).isEqualTo(2);
    assertThat(Slope.choose(new double[] {0, 9, 0}, new double[] {1, 0.5, 0.1})).isZero();
  }

  @Test
  void candidatesAreTakenByWidthAndTheLessBiasedFirstAmongEquals() {
    assertThat(Slope.choose(new double[] {0, 0, 0}, new double[] {0.1, 1, 0.5})).isZero();
    assertThat(Slope.choose(new double[] {0, 5}, new double[] {1, 1})).isZero();
    assertThat(Slope.choose(new double[] {0, 1}, new double[] {1, 1})).isEqualTo(1);
  }

  @Test
  void widthIsThatOfAOneSidedStudentInterval() {
    // Five numbers with mean 1 and mean square 3: t of 0.95 with 4 degrees of freedom is 2.131847.
    assertThat(Slope.over(5).width(1, 3)).isCloseTo(2.131846786 * Math.sqrt(2.0 / 4), within(1e-8));
    assertThat(Slope.over(1).width(1, 3)).isInfinite();
    assertThat(Slope.over(5).width(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY))
        .isInfinite();
  }

  /** A rare weight of 1000 with a Q-function that is exactly right: it is worth nothing. */
  @Test
  void heavyWeightsAreGivenUpWhereTheQFunctionIsRight() {
    CutWeights estimator = switchDoublyRobust(2000);
    double[] means = Estimate.meanTerms(estimator, rareWeights(2000, 0.3, 0.3));
    assertThat(estimator.parameter(estimator.chosen(means))).isLessThan(1000);
  }

  /** The Q-function is far off where weights are large, and there are many such rows. */
  @Test
  void weightsAreKeptWhereTheQFunctionIsWrong() {
    CutWeights estimator = switchDoublyRobust(20_000);
    double[] means = Estimate.meanTerms(estimator, rareWeights(20_000, 0.3, 0.9));
    assertThat(estimator.parameter(estimator.chosen(means))).isGreaterThanOrEqualTo(16);
    assertThat(estimator.value(means)).isCloseTo(0.3, within(0.1));
  }

  private static CutWeights switchDoublyRobust(int episodes) {
    return new CutWeights(
        Baseline.Q_FUNCTION,
        Beyond.DROPPED,
        CutWeights.limits(Baseline.Q_FUNCTION),
        new Estimators.Setting(1, 1, episodes));
  }

  /** One row in 20 (a weight of 16) has a reward of mean {@code truth}, expected {@code q}. */
  private static List<ScoredEpisode> rareWeights(int episodes, double truth, double q) {
    SplittableRandom random = new SplittableRandom(5);
    List<ScoredEpisode> log = new ArrayList<>();
    for (int i = 0; i < episodes; i++) {
      boolean rare = random.nextInt(20) == 0;
      double weight = rare ? 16 : 4.0 / 19;
      double reward = random.nextDouble() < truth ? 1 : 0;
      double expected = rare ? q : truth;
      log.add(
          ScoredEpisode.of(
              new double[] {reward},
              new double[] {weight / 32},
              new double[] {1.0 / 32},
              Ending.TERMINATED,
              new Values(
                  new double[] {expected},
                  new double[] {0.8 * q + 0.2 * truth},
                  OptionalDouble.empty())));
    }
    return log;
  }
}
