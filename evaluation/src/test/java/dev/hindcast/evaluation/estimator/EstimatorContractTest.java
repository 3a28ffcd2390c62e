package dev.hindcast.evaluation.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.evaluation.estimator.Estimators.Entry;
import dev.hindcast.evaluation.estimator.Estimators.Grouping;
import dev.hindcast.evaluation.estimator.Estimators.Need;
import dev.hindcast.evaluation.estimator.Estimators.Scope;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Ending;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Marginals;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every estimator of the catalogue keeps to: sheet section 16, on random logs. */
class EstimatorContractTest {
  private static final double DISCOUNT = 0.9;
  private static final List<Grouping> GROUPINGS =
      List.of(new Grouping("brand", 6), new Grouping("department", 2));

  static Stream<String> judging() {
    return Estimators.all().stream()
        .filter(entry -> entry.scope() != Scope.LOGGED_POLICY)
        .map(Entry::name);
  }

  static Stream<String> weighted() {
    return Estimators.all().stream().filter(Entry::isWeighted).map(Entry::name);
  }

  static Stream<String> selfNormalised() {
    return weighted().filter(name -> name.startsWith("self-normalized"));
  }

  /** What a random log is made with. */
  private record Recipe(
      int maxLength, double rewardShift, double rewardScale, double targetTilt, QKind q) {
    static final Recipe PLAIN = new Recipe(6, 0, 1, 0.5, QKind.RANDOM);

    Recipe length(int max) {
      return new Recipe(max, rewardShift, rewardScale, targetTilt, q);
    }

    Recipe shift(double by) {
      return new Recipe(maxLength, by, rewardScale, targetTilt, q);
    }

    Recipe scale(double by) {
      return new Recipe(maxLength, rewardShift, by, targetTilt, q);
    }

    Recipe onPolicy() {
      return new Recipe(maxLength, rewardShift, rewardScale, 0, q);
    }

    Recipe q(QKind kind) {
      return new Recipe(maxLength, rewardShift, rewardScale, targetTilt, kind);
    }
  }

  private enum QKind {
    RANDOM,
    ZERO
  }

  private static List<ScoredEpisode> log(long seed, Recipe recipe) {
    SplittableRandom random = new SplittableRandom(seed);
    List<ScoredEpisode> episodes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int length = 1 + random.nextInt(recipe.maxLength());
      double[] rewards = new double[length];
      double[] target = new double[length];
      double[] propensities = new double[length];
      double[] q = new double[length];
      double[] v = new double[length];
      for (int t = 0; t < length; t++) {
        rewards[t] = recipe.rewardScale() * random.nextDouble(-1, 1) + recipe.rewardShift();
        propensities[t] = random.nextDouble(0.2, 0.8);
        double other = random.nextDouble(0.05, 0.95);
        target[t] = propensities[t] + recipe.targetTilt() * (other - propensities[t]);
        boolean zero = recipe.q() == QKind.ZERO;
        q[t] = zero ? 0 : recipe.rewardScale() * random.nextDouble(-1, 1);
        v[t] = zero ? 0 : recipe.rewardScale() * random.nextDouble(-1, 1);
      }
      Ending ending = random.nextInt(4) == 0 ? Ending.TRUNCATED : Ending.TERMINATED;
      double tail = recipe.q() == QKind.ZERO ? 0 : recipe.rewardScale() * random.nextDouble(-1, 1);
      double[] visits = new double[length];
      for (int t = 0; t < length; t++) {
        visits[t] = Math.pow(DISCOUNT, t) * (recipe.targetTilt() == 0 ? 1 : random.nextDouble(2));
      }
      Marginals marginals =
          new Marginals(visits, visits, q, v, ending == Ending.TERMINATED ? 0 : tail);
      double[] groups = new double[GROUPINGS.size()];
      for (int level = 0; level < groups.length; level++) {
        double calmed = 1 + (target[0] / propensities[0] - 1) / (2 + level);
        groups[level] = recipe.targetTilt() == 0 ? 1 : calmed;
      }
      episodes.add(
          ScoredEpisode.of(
                  rewards, target, propensities, ending, new Values(q, v, OptionalDouble.of(tail)))
              .among(marginals, marginals)
              .visited(visits)
              .grouped(groups));
    }
    return episodes;
  }

  /** Steps of two units under a discount are steps of one unit under its square. */
  @ParameterizedTest
  @MethodSource("judging")
  void longerStepsAreDiscountedMore(String name) {
    List<ScoredEpisode> episodes = log(7, plain(name));
    List<ScoredEpisode> slow = new ArrayList<>();
    List<ScoredEpisode> uneven = new ArrayList<>();
    for (ScoredEpisode episode : episodes) {
      double[] twos = new double[episode.length()];
      Arrays.fill(twos, 2);
      slow.add(episode.lasting(twos));
      double[] first = new double[episode.length()];
      Arrays.fill(first, 1);
      first[0] = 3;
      uneven.add(episode.lasting(first));
    }
    double squared = Estimate.of(name, DISCOUNT * DISCOUNT, episodes);
    assertThat(Estimate.of(name, DISCOUNT, slow)).isCloseTo(squared, within(1e-12));
    if (!name.equals("direct-method")
        && !name.equals("marginal-importance-sampling") // its ratios know of durations already
        && Estimators.named(name).orElseThrow().scope() != Scope.ONE_STEP) {
      assertThat(Estimate.of(name, DISCOUNT, uneven))
          .isNotCloseTo(Estimate.of(name, DISCOUNT, episodes), within(1e-6));
    }
  }

  @ParameterizedTest
  @MethodSource("judging")
  void orderOfEpisodesChangesNothing(String name) {
    List<ScoredEpisode> episodes = new ArrayList<>(log(1, plain(name)));
    double before = Estimate.of(name, DISCOUNT, episodes);
    Collections.shuffle(episodes, new Random(2));
    assertThat(Estimate.of(name, DISCOUNT, episodes)).isCloseTo(before, within(1e-12));
  }

  /** Those that count on one episode more than there are, and those that choose by how many. */
  static Stream<String> indifferentToNumbers() {
    return judging().filter(name -> !name.equals("cressie-read") && !isTuned(name));
  }

  private static boolean isTuned(String name) {
    return made(name, 1) instanceof TunedEstimator;
  }

  private static Estimator made(String name, int horizon) {
    return Estimators.named(name)
        .orElseThrow()
        .constructor()
        .create(new Estimators.Setting(horizon, DISCOUNT, 40, GROUPINGS));
  }

  /** Estimators of one step are shown one step. */
  private static Recipe plain(String name) {
    return Estimators.named(name).orElseThrow().scope() == Scope.ONE_STEP
        ? Recipe.PLAIN.length(1)
        : Recipe.PLAIN;
  }

  @ParameterizedTest
  @MethodSource("indifferentToNumbers")
  void everyEpisodeTwiceChangesNothing(String name) {
    List<ScoredEpisode> episodes = log(3, plain(name));
    List<ScoredEpisode> doubled = new ArrayList<>(episodes);
    doubled.addAll(episodes);
    assertThat(Estimate.of(name, DISCOUNT, doubled))
        .isCloseTo(Estimate.of(name, DISCOUNT, episodes), within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("judging")
  void scalingRewardsAndValuesScalesTheEstimate(String name) {
    double once = Estimate.of(name, DISCOUNT, log(4, plain(name)));
    double thrice = Estimate.of(name, DISCOUNT, log(4, plain(name).scale(3)));
    assertThat(thrice).isCloseTo(3 * once, within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("judging")
  void horizonBeyondTheLongestEpisodeChangesNothing(String name) {
    List<ScoredEpisode> episodes = log(5, plain(name));
    Estimator roomy = made(name, 50);
    double[] sums = new double[roomy.termCount()];
    for (ScoredEpisode episode : episodes) {
      double[] terms = roomy.terms(episode);
      assertThat(terms).hasSize(roomy.termCount());
      for (int k = 0; k < sums.length; k++) {
        sums[k] += terms[k] / episodes.size();
      }
    }
    assertThat(roomy.value(sums)).isCloseTo(Estimate.of(name, DISCOUNT, episodes), within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("judging")
  void gradientIsThatOfFiniteDifferences(String name) {
    Estimator estimator = made(name, 6);
    double[] means = new double[estimator.termCount()];
    for (ScoredEpisode episode : log(14, plain(name))) {
      double[] terms = estimator.terms(episode);
      for (int k = 0; k < means.length; k++) {
        means[k] += terms[k] / 40;
      }
    }
    double[] gradient = estimator.gradient(means);
    for (int k = 0; k < means.length; k++) {
      double[] up = means.clone();
      double[] down = means.clone();
      // A step that changes which parameter is chosen would say nothing of the slope.
      double step = isTuned(name) ? 1e-6 * Math.abs(means[k]) : 1e-6;
      if (step == 0) {
        continue;
      }
      up[k] += step;
      down[k] -= step;
      double slope = (estimator.value(up) - estimator.value(down)) / (2 * step);
      assertThat(gradient[k]).as("term %d", k).isCloseTo(slope, within(1e-7));
    }
  }

  /** Without those that may give the weights up for a Q-function, which here knows nothing. */
  static Stream<String> trueToTheLog() {
    return weighted()
        .filter(
            name ->
                !isTuned(name)
                    || !Estimators.named(name).orElseThrow().needs().contains(Need.Q_FUNCTION));
  }

  @ParameterizedTest
  @MethodSource("trueToTheLog")
  void everyRatioIsOneWhenTargetEqualsBehavior(String name) {
    List<ScoredEpisode> episodes = log(6, plain(name).onPolicy().q(QKind.ZERO));
    List<ScoredEpisode> logged =
        episodes.stream()
            .map(
                episode -> {
                  double[] rewards = new double[episode.length()];
                  for (int t = 0; t < rewards.length; t++) {
                    assertThat(episode.ratio(t)).isEqualTo(1.0);
                    rewards[t] = episode.reward(t);
                  }
                  return ScoredEpisode.logged(rewards, Ending.TERMINATED);
                })
            .toList();
    assertThat(Estimate.of(name, DISCOUNT, episodes))
        .isCloseTo(Estimate.of("on-policy", DISCOUNT, logged), within(1e-12));
  }

  @Test
  void onPolicyImportanceSamplingIsTheMeanReturnToTheLastBit() {
    List<ScoredEpisode> episodes = log(7, Recipe.PLAIN.onPolicy());
    double mean = Estimate.of("on-policy", DISCOUNT, episodes);
    assertThat(Estimate.of("trajectory-importance-sampling", DISCOUNT, episodes)).isEqualTo(mean);
    assertThat(Estimate.of("per-decision-importance-sampling", DISCOUNT, episodes)).isEqualTo(mean);
    assertThat(Estimate.of("self-normalized-trajectory-importance-sampling", DISCOUNT, episodes))
        .isEqualTo(mean);
  }

  @ParameterizedTest
  @MethodSource("selfNormalised")
  void addingAConstantToRewardsOfOneStepShiftsSelfNormalisedEstimates(String name) {
    Recipe bandit = Recipe.PLAIN.length(1).q(QKind.ZERO);
    double before = Estimate.of(name, DISCOUNT, log(8, bandit));
    assertThat(Estimate.of(name, DISCOUNT, log(8, bandit.shift(5))))
        .isCloseTo(before + 5, within(1e-12));
  }

  @Test
  void withoutAQFunctionDoublyRobustIsPerDecision() {
    List<ScoredEpisode> episodes = log(9, Recipe.PLAIN.q(QKind.ZERO));
    assertThat(Estimate.of("doubly-robust", DISCOUNT, episodes))
        .isCloseTo(
            Estimate.of("per-decision-importance-sampling", DISCOUNT, episodes), within(1e-13));
    assertThat(Estimate.of("self-normalized-doubly-robust", DISCOUNT, episodes))
        .isCloseTo(
            Estimate.of("self-normalized-per-decision-importance-sampling", DISCOUNT, episodes),
            within(1e-13));
  }

  /** Sheet section 16: no limit leaves the weights alone, and a limit of nothing the Q-function. */
  @ParameterizedTest
  @MethodSource("tuned")
  void endsOfTheGridAreTheUntouchedEstimateAndTheDirectMethod(String name) {
    List<ScoredEpisode> episodes = log(15, plain(name));
    TunedEstimator estimator = (TunedEstimator) made(name, 1);
    double[] means = Estimate.meanTerms(estimator, episodes);
    boolean robust = Estimators.named(name).orElseThrow().needs().contains(Need.Q_FUNCTION);
    String normalised = name.startsWith("self-normalized") ? "self-normalized-" : "";
    String untouched = robust ? "doubly-robust" : normalised + "inverse-propensity";
    assertThat(estimator.mean(means, 0))
        .isCloseTo(Estimate.of(untouched, DISCOUNT, episodes), within(1e-13));
    int last = estimator.candidates() - 1;
    if (robust && estimator.parameter(last) == 0) {
      assertThat(estimator.mean(means, last))
          .isCloseTo(Estimate.of("direct-method", DISCOUNT, episodes), within(1e-13));
    }
    for (int k = 0; k <= last; k++) {
      assertThat(estimator.square(means, k) - Math.pow(estimator.mean(means, k), 2))
          .isGreaterThan(-1e-13);
    }
  }

  static Stream<String> tuned() {
    return judging().filter(EstimatorContractTest::isTuned);
  }

  @Test
  void withOneStepSequentialEstimatorsAreTheBanditOnes() {
    List<ScoredEpisode> episodes = log(10, Recipe.PLAIN.length(1));
    double ips = Estimate.of("inverse-propensity", DISCOUNT, episodes);
    double snips = Estimate.of("self-normalized-inverse-propensity", DISCOUNT, episodes);
    assertThat(Estimate.of("trajectory-importance-sampling", DISCOUNT, episodes)).isEqualTo(ips);
    assertThat(Estimate.of("per-decision-importance-sampling", DISCOUNT, episodes))
        .isCloseTo(ips, within(1e-14));
    assertThat(Estimate.of("self-normalized-per-decision-importance-sampling", DISCOUNT, episodes))
        .isCloseTo(snips, within(1e-14));
  }

  @Test
  void sumFormOfDoublyRobustEqualsItsRecursion() {
    // Section 7: D_t = v_t + rho_t (r_t + γ D_{t+1} - q_t), from the tail backwards.
    List<ScoredEpisode> episodes = log(11, Recipe.PLAIN);
    double mean =
        episodes.stream()
            .mapToDouble(
                episode -> {
                  double d = episode.tail();
                  for (int t = episode.length() - 1; t >= 0; t--) {
                    d =
                        episode.v(t)
                            + episode.ratio(t) * (episode.reward(t) + DISCOUNT * d - episode.q(t));
                  }
                  return d;
                })
            .average()
            .orElseThrow();
    assertThat(Estimate.of("doubly-robust", DISCOUNT, episodes)).isCloseTo(mean, within(1e-12));
  }

  @Test
  void selfNormalisedPerDecisionEqualsASlowLoopOverSteps() {
    List<ScoredEpisode> episodes = log(12, Recipe.PLAIN);
    double expected = 0;
    for (int t = 0; t < 6; t++) {
      double above = 0;
      double below = 0;
      for (ScoredEpisode episode : episodes) {
        int last = Math.min(t, episode.length() - 1);
        above += t < episode.length() ? episode.weight(t) * episode.reward(t) : 0;
        below += episode.weight(last);
      }
      expected += Math.pow(DISCOUNT, t) * above / below;
    }
    assertThat(Estimate.of("self-normalized-per-decision-importance-sampling", DISCOUNT, episodes))
        .isCloseTo(expected, within(1e-13));
  }

  @Test
  void withoutDiscountingTomorrowOnlyTheFirstStepCounts() {
    List<ScoredEpisode> episodes = log(13, Recipe.PLAIN);
    double first =
        episodes.stream().mapToDouble(e -> e.weight(0) * e.reward(0)).average().orElseThrow();
    assertThat(Estimate.of("per-decision-importance-sampling", 0, episodes))
        .isCloseTo(first, within(1e-14));
  }

  @Test
  void catalogueHasNoNameOrLabelTwiceAndPrefersOnlyWhatItHas() {
    assertThat(new HashSet<>(Estimators.names())).hasSameSizeAs(Estimators.names());
    assertThat(Estimators.all().stream().map(Entry::label).distinct())
        .hasSameSizeAs(Estimators.names());
    assertThat(Estimators.names()).containsAll(Estimators.preference());
    assertThat(Estimators.named("direct-method").orElseThrow().needs())
        .containsExactly(Need.Q_FUNCTION);
  }
}
