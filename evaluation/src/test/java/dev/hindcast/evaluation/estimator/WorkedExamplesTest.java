package dev.hindcast.evaluation.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.report.EvaluationReport.Diagnostics;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.diagnostic.WeightSums;
import dev.hindcast.evaluation.estimator.CutWeights.Beyond;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Ending;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Values;
import dev.hindcast.evaluation.estimator.ShrunkWeights.Shrinkage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Examples worked in exact rational arithmetic, from the off-policy evaluation sheet. */
class WorkedExamplesTest {
  private static final double EXACT = 1e-14;
  private static final Estimators.Setting FIVE = new Estimators.Setting(1, 1, 5);

  /** Sheet section 15.1: a bandit log of five rows. */
  private static List<ScoredEpisode> bandit() {
    double[] rewards = {1, 0, 1, 0, 1};
    double[] propensities = {0.5, 0.25, 0.25, 0.25, 0.5};
    double[] target = {0.25, 0.5, 0.5, 0.25, 0.8};
    double[] q = {0.6, 0.3, 0.3, 0.1, 0.5};
    double[] v = {0.325, 0.325, 0.325, 0.325, 0.45};
    return IntStream.range(0, 5)
        .mapToObj(
            i ->
                ScoredEpisode.of(
                    new double[] {rewards[i]},
                    new double[] {target[i]},
                    new double[] {propensities[i]},
                    Ending.TERMINATED,
                    new Values(new double[] {q[i]}, new double[] {v[i]}, OptionalDouble.empty())))
        .toList();
  }

  /** Sheet section 15.4: two trajectories, the second shorter; ratios come as target over 1/8. */
  private static List<ScoredEpisode> trajectories(double lastReward) {
    double[] eighths = {0.125, 0.125, 0.125};
    return List.of(
        ScoredEpisode.of(
            new double[] {1, 1, lastReward},
            new double[] {0.25, 0.0625, 0.375},
            eighths,
            Ending.TERMINATED,
            new Values(new double[] {1, 1, 0}, new double[] {1.5, 1, 0.5}, OptionalDouble.empty())),
        ScoredEpisode.of(
            new double[] {0, 2},
            new double[] {0.0625, 0.25},
            new double[] {0.125, 0.125},
            Ending.TERMINATED,
            new Values(new double[] {1, 1}, new double[] {1, 1.5}, OptionalDouble.empty())));
  }

  @Test
  void banditEstimatesAreThoseOfSection15_1() {
    assertThat(Estimate.of("inverse-propensity", 1, bandit())).isCloseTo(0.82, within(EXACT));
    assertThat(Estimate.of("self-normalized-inverse-propensity", 1, bandit()))
        .isCloseTo(41.0 / 71, within(EXACT));
    assertThat(Estimate.of("direct-method", 1, bandit())).isCloseTo(0.35, within(EXACT));
    assertThat(Estimate.of("doubly-robust", 1, bandit())).isCloseTo(0.69, within(EXACT));
    assertThat(Estimate.of("self-normalized-doubly-robust", 1, bandit()))
        .isCloseTo(837.0 / 1420, within(EXACT));
  }

  @Test
  void transformedWeightsGiveTheEstimatesOfSection15_1() {
    assertTuned(cut(Baseline.NONE, Beyond.CLIPPED, 1.5), 0.7, 0.575);
    assertTuned(cut(Baseline.Q_FUNCTION, Beyond.DROPPED, 1.5), 0.37, 0.013875);
    assertTuned(
        new ShrunkWeights(Baseline.Q_FUNCTION, Shrinkage.OPTIMISTIC, new double[] {2}, FIVE),
        8477.0 / 17100,
        0.0936352253684895);
    assertTuned(
        new ShrunkWeights(Baseline.NONE, Shrinkage.SUB_GAUSSIAN, new double[] {0.2}, FIVE),
        46.0 / 63,
        0.615394305870496);
    assertTuned(
        new ShrunkWeights(Baseline.Q_FUNCTION, Shrinkage.SUB_GAUSSIAN, new double[] {0.2}, FIVE),
        4099.0 / 6300,
        0.461175957420005);
    assertTuned(cut(Baseline.NONE, Beyond.CLIPPED, Double.POSITIVE_INFINITY), 0.82, 0.862);
    assertTuned(cut(Baseline.Q_FUNCTION, Beyond.CLIPPED, Double.POSITIVE_INFINITY), 0.69, 0.639875);
    assertTuned(cut(Baseline.Q_FUNCTION, Beyond.CLIPPED, 0), 0.35, 0.003125);
  }

  @Test
  void clippedDoublyRobustIsASlowLoop() {
    double[] g = {
      0.325 + 0.5 * 0.4, 0.325 - 1.5 * 0.3, 0.325 + 1.5 * 0.7, 0.325 - 0.1, 0.45 + 0.75
    };
    double mean = Arrays.stream(g).average().orElseThrow();
    double variance = Arrays.stream(g).map(x -> (x - mean) * (x - mean)).sum() / 4;
    assertTuned(cut(Baseline.Q_FUNCTION, Beyond.CLIPPED, 1.5), mean, variance);
  }

  private static CutWeights cut(Baseline baseline, Beyond beyond, double limit) {
    return new CutWeights(baseline, beyond, new double[] {limit}, FIVE);
  }

  private static void assertTuned(TunedEstimator estimator, double value, double sampleVariance) {
    double[] means = Estimate.meanTerms(estimator, bandit());
    assertThat(estimator.value(means)).isCloseTo(value, within(EXACT));
    double mean = estimator.mean(means, 0);
    assertThat((estimator.square(means, 0) - mean * mean) * 5 / 4)
        .isCloseTo(sampleVariance, within(1e-13));
  }

  @Test
  void controlVariatesGiveTheEstimatesOfSection15_1() {
    assertThat(Estimate.of("regression-adjusted-inverse-propensity", 1, bandit()))
        .isCloseTo(167.0 / 288, within(EXACT));
    assertThat(Estimate.of("cressie-read", 1, bandit())).isCloseTo(1182.0 / 2045, within(EXACT));
    List<ScoredEpisode> twice = new ArrayList<>(bandit());
    twice.addAll(bandit());
    assertThat(Estimate.of("cressie-read", 1, twice)) // section 16
        .isCloseTo(0.578549329666552, within(EXACT));
  }

  @Test
  void cressieReadAddsWhatAnInfinitelyRareWeightWouldWhenWeightsAreTooLight() {
    // Section 1.3 with an infinite bound: mean(wr) + (1 - mean(w)) mean(r); here 1/4 + 1/2 * 1/2.
    List<ScoredEpisode> log = List.of(step(1, 0.5), step(0, 0.5));
    assertThat(Estimate.of("cressie-read", 1, log)).isCloseTo(0.5, within(EXACT));
  }

  private static ScoredEpisode step(double reward, double ratio) {
    return ScoredEpisode.of(
        new double[] {reward},
        new double[] {ratio / 2},
        new double[] {0.5},
        Ending.TERMINATED,
        Values.NONE);
  }

  @Test
  void weightsAreThoseOfSection15_1() {
    WeightSums sums = new WeightSums(1, List.of());
    bandit().forEach(sums::add);
    sums.addMass(5, 0, 0, new double[0]);
    Diagnostics diagnostics = sums.diagnostics(new Support.Counter().build(), Optional.of(false));
    assertThat(diagnostics.effectiveSampleSize().orElseThrow())
        .isCloseTo(5041.0 / 1181, within(1e-13));
    assertThat(diagnostics.maxWeightShare().orElseThrow()).isCloseTo(2 / 7.1, within(EXACT));
    assertThat(diagnostics.meanWeight().orElseThrow()).isCloseTo(1.42, within(EXACT));
    assertThat(diagnostics.massOutsideMask()).isEmpty();
  }

  @Test
  void sequentialEstimatesAreThoseOfSection15_4() {
    List<ScoredEpisode> log = trajectories(0);
    assertThat(Estimate.of("trajectory-importance-sampling", 0.9, log))
        .isCloseTo(3.75, within(EXACT));
    assertThat(Estimate.of("per-decision-importance-sampling", 0.9, log))
        .isCloseTo(2.35, within(EXACT));
    assertThat(Estimate.of("self-normalized-trajectory-importance-sampling", 0.9, log))
        .isCloseTo(1.875, within(EXACT));
    assertThat(Estimate.of("self-normalized-per-decision-importance-sampling", 0.9, log))
        .isCloseTo(2.15, within(EXACT));
    assertThat(Estimate.of("direct-method", 0.9, log)).isCloseTo(1.25, within(EXACT));
    assertThat(Estimate.of("doubly-robust", 0.9, log)).isCloseTo(2.89, within(EXACT));
    assertThat(Estimate.of("self-normalized-doubly-robust", 0.9, log))
        .isCloseTo(2.6925, within(EXACT));
  }

  @Test
  void partialEstimatesAreThoseOfSection15_4() {
    Magic magic = new Magic(3, 0.9);
    double[] means = new double[magic.termCount()];
    for (ScoredEpisode episode : trajectories(0)) {
      double[] terms = magic.terms(episode);
      for (int k = 0; k < means.length; k++) {
        means[k] += terms[k] / 2;
      }
    }
    assertThat(magic.partials(means)) // of 0, 1, 2 and all steps corrected
        .containsExactly(new double[] {1.25, 2.04, 2.6925, 2.6925}, within(EXACT));
  }

  @Test
  void endedEpisodesKeepTheirLastWeightAsInTheVariantOfSection15_4() {
    List<ScoredEpisode> log = trajectories(1);
    assertThat(Estimate.of("trajectory-importance-sampling", 0.9, log))
        .isCloseTo(4.965, within(EXACT));
    assertThat(Estimate.of("per-decision-importance-sampling", 0.9, log))
        .isCloseTo(3.565, within(EXACT));
    assertThat(Estimate.of("self-normalized-trajectory-importance-sampling", 0.9, log))
        .isCloseTo(2.4825, within(EXACT));
    assertThat(Estimate.of("self-normalized-per-decision-importance-sampling", 0.9, log))
        .isCloseTo(2.7575, within(EXACT)); // 2.96 when the ended one is dropped from the divisor
    assertThat(Estimate.of("doubly-robust", 0.9, log)).isCloseTo(4.105, within(EXACT));
    assertThat(Estimate.of("self-normalized-doubly-robust", 0.9, log))
        .isCloseTo(3.3, within(EXACT));
  }

  @Test
  void truncatedEpisodeBootstrapsFromItsFinalObservation() {
    // Section 7.1 (b): one step with ratio 2, then a tail worth 3: 2 (1 - 0.5) + 0.7 + 0.9 * 2 * 3.
    ScoredEpisode episode =
        ScoredEpisode.of(
            new double[] {1},
            new double[] {0.5},
            new double[] {0.25},
            Ending.TRUNCATED,
            new Values(new double[] {0.5}, new double[] {0.7}, OptionalDouble.of(3)));
    assertThat(Estimate.of("doubly-robust", 0.9, List.of(episode))).isCloseTo(7.1, within(EXACT));
    // Normalised, the only episode has weight 1: (1 - 0.5) + 0.7 + 0.9 * 3.
    assertThat(Estimate.of("self-normalized-doubly-robust", 0.9, List.of(episode)))
        .isCloseTo(3.9, within(EXACT));
  }

  @Test
  void terminatedEpisodeHasNoTail() {
    ScoredEpisode episode =
        ScoredEpisode.of(
            new double[] {1},
            new double[] {0.5},
            new double[] {0.25},
            Ending.TERMINATED,
            new Values(new double[] {0.5}, new double[] {0.7}, OptionalDouble.of(3)));
    assertThat(Estimate.of("doubly-robust", 0.9, List.of(episode))).isCloseTo(1.7, within(EXACT));
  }

  @Test
  void selfNormalisedEstimateIsUndefinedWhenEveryWeightIsZero() {
    ScoredEpisode never =
        ScoredEpisode.of(
            new double[] {1}, new double[] {0}, new double[] {0.5}, Ending.TERMINATED, Values.NONE);
    assertThat(Estimate.of("inverse-propensity", 1, List.of(never))).isZero();
    assertThat(Estimate.of("self-normalized-inverse-propensity", 1, List.of(never))).isNaN();
    assertThat(Estimate.of("self-normalized-per-decision-importance-sampling", 1, List.of(never)))
        .isNaN();
  }
}
