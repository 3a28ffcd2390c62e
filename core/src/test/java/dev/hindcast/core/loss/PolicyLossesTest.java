package dev.hindcast.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Losses of policies and models over continuous actions. */
class PolicyLossesTest {
  /** Sheets "offline baselines", section 4, and "A2PR", section (i). */
  @Test
  void valueIsNormalizedByItsMeanSize() {
    NormalizedValue value = NormalizedValue.of(new float[] {2, -4}, 2.5);
    assertThat(value.factor()).isCloseTo(0.8333333, within(1e-7));
    assertThat(value.loss().value()).isCloseTo(0.8333333, within(1e-7));
    assertThat(value.loss().gradient()).containsExactly(-0.41666666f, -0.41666666f);
  }

  @Test
  void normalizedValueOfNothingIsFinite() {
    NormalizedValue value = NormalizedValue.of(new float[2], 2.5);
    assertThat(value.factor()).isEqualTo(2.5e6);
    assertThat(value.loss().value()).isZero();
  }

  /** Sheet "A2PR", section (i): rows behind the gate still count in the mean. */
  @Test
  void weightedSquaredErrorIsTheMeanOverRowsAndCoordinates() {
    float[] errors = {0.5f, -0.5f, 1, 1};
    Loss first = SquaredError.of(errors, new float[4], new float[] {1, 0});
    assertThat(first.value()).isEqualTo(0.125);
    assertThat(first.gradient()).containsExactly(0.25f, -0.25f, 0, 0);
    assertThat(SquaredError.of(errors, new float[4], new float[2]).value()).isZero();
  }

  @Test
  void weightedSquaredErrorWithWeightsOfOneIsTheSquaredError() {
    float[] outputs = random(6, 1);
    float[] targets = random(6, 2);
    Loss weighted = SquaredError.of(outputs, targets, new float[] {1, 1});
    Loss plain = SquaredError.of(outputs, targets);
    assertThat(weighted.value()).isEqualTo(plain.value());
    assertThat(weighted.gradient()).containsExactly(plain.gradient());
  }

  /** Sheet "A2PR", section (i). */
  @Test
  void divergencesAreTheSheets() {
    assertThat(divergence(0, 0)).isZero();
    assertThat(divergence(1, 0)).isCloseTo(0.5, within(1e-7));
    assertThat(divergence(0, 1)).isCloseTo(2.1945280, within(1e-6));
  }

  @Test
  void divergenceGradientsAreItsSlopes() {
    float[] means = random(4, 1);
    float[] logDeviations = random(4, 2);
    NormalDivergence found = NormalDivergence.of(means, logDeviations, 0.5);
    assertSlope(
        means, found.meanGradient(), m -> NormalDivergence.of(m, logDeviations, 0.5).value());
    assertSlope(
        logDeviations,
        found.logDeviationGradient(),
        l -> NormalDivergence.of(means, l, 0.5).value());
  }

  /** A loss of the values, the means and the log deviations together. */
  @Test
  void sampleGradientIsItsSlopeAndNothingWhereTheDeviationWasCut() {
    float[] outputs = {0.3f, -0.2f, 0.1f, 0.7f, 1.1f, 0.4f, -9, 0.2f};
    float[] noise = {0.5f, -1, 2, 0.3f};
    float[] byValue = random(4, 1);
    float[] byMean = random(4, 2);
    float[] byDeviation = random(4, 3);
    NormalSample sample = NormalSample.of(outputs, 2, -1, 0.5, noise);
    float[] gradient = sample.outputGradient(byValue, byMean, byDeviation);
    assertSlope(
        outputs,
        gradient,
        o -> {
          NormalSample s = NormalSample.of(o, 2, -1, 0.5, noise);
          return dot(byValue, s.values())
              + dot(byMean, s.means())
              + dot(byDeviation, s.logDeviations());
        });
    assertThat(sample.logDeviations()).containsExactly(0.1f, 0.5f, -1, 0.2f);
    assertThat(gradient[3]).isZero();
    assertThat(gradient[6]).isZero();
  }

  /** A loss of actions and densities together. */
  @Test
  void squashedSampleGradientIsItsSlope() {
    float[] outputs = {0.3f, -0.2f, 0.1f, -0.7f, 1.1f, 0.4f, -9, 0.2f};
    float[] noise = {0.5f, -1, 2, 0.3f};
    float[] byAction = random(4, 1);
    float[] byLogDensity = random(2, 2);
    float[] gradient =
        SquashedSample.of(outputs, 2, -1, 0.5, noise).outputGradient(byAction, byLogDensity);
    assertSlope(
        outputs,
        gradient,
        o -> {
          SquashedSample s = SquashedSample.of(o, 2, -1, 0.5, noise);
          return dot(byAction, s.actions()) + dot(byLogDensity, s.logDensities());
        });
  }

  /** The density by the change of variables, in doubles. */
  @Test
  void squashedLogDensityIsThatOfTheTangentOfANormal() {
    SquashedSample sample =
        SquashedSample.of(new float[] {0.3f, -0.5f}, 1, -5, 2, new float[] {0.8f});
    double u = 0.3 + Math.exp(-0.5) * 0.8;
    double normal = -0.5 * 0.64 + 0.5 - 0.5 * Math.log(2 * Math.PI);
    double expected = normal - Math.log(1 - Math.tanh(u) * Math.tanh(u));
    assertThat((double) sample.actions()[0]).isCloseTo(Math.tanh(u), within(1e-6));
    assertThat((double) sample.logDensities()[0]).isCloseTo(expected, within(1e-5));
  }

  @Test
  void squashedLogDensityAtTheEdgeIsFinite() {
    SquashedSample sample = SquashedSample.of(new float[] {30, 0, -30, 0}, 1, -5, 2, new float[2]);
    // log N at its mean is -log sqrt(2 pi); 1 - tanh^2 u is about 4 exp(-2 |u|)
    double expected = -0.5 * Math.log(2 * Math.PI) - Math.log(4) + 60;
    assertThat((double) sample.logDensities()[0]).isCloseTo(expected, within(1e-4));
    assertThat((double) sample.logDensities()[1]).isCloseTo(expected, within(1e-4));
  }

  @Test
  void onlyTheLeastValuesSourceIsTold() {
    LeastValue least = LeastValue.of(new float[][] {{1, 5, 2}, {3, 4, 2}});
    assertThat(least.values()).containsExactly(1, 4, 2);
    float[][] spread = least.spread(new float[] {0.1f, 0.2f, 0.3f}, 2);
    assertThat(spread[0]).containsExactly(0.1f, 0, 0.3f);
    assertThat(spread[1]).containsExactly(0, 0.2f, 0);
  }

  /** Sheet "offline baselines", section 10, checks: whatever the lengths. */
  @Test
  void alignmentsAreTheSheets() {
    float[] right = {2, 0};
    float[] left = {-0.5f, 0};
    float[] up = {0, 3};
    assertThat(Alignment.of(new float[][] {right, right, right}, 2, 1).value())
        .isCloseTo(3, within(1e-6));
    assertThat(Alignment.of(new float[][] {right, left}, 2, 1).value()).isCloseTo(-2, within(1e-6));
    assertThat(Alignment.of(new float[][] {right, up}, 2, 1).value()).isZero();
  }

  @Test
  void alignmentGradientsAreItsSlopes() {
    float[][] vectors = {random(6, 1), random(6, 2), random(6, 3)};
    Alignment found = Alignment.of(vectors, 3, 0.7);
    for (int i = 0; i < 3; i++) {
      int moved = i;
      assertSlope(
          vectors[i],
          found.gradients()[i],
          v -> {
            float[][] all = vectors.clone();
            all[moved] = v;
            return Alignment.of(all, 3, 0.7).value();
          });
    }
  }

  /** Sheet "offline baselines", section 8.1, checks: a constant value, densities of one half. */
  @Test
  void penaltyOfEqualValuesIsTheLogarithmOfTheDrawsOverTheirDensity() {
    float[] drawn = new float[30];
    float[] logDensities = new float[30];
    Arrays.fill(drawn, 7);
    Arrays.fill(logDensities, (float) -Math.log(2));
    assertThat(ConservativePenalty.of(drawn, logDensities, without(30), new float[] {7}).value())
        .isCloseTo(4.094345, within(1e-5));
  }

  @Test
  void penaltyGradientsAreItsSlopes() {
    float[] drawn = random(6, 1);
    float[] logDensities = random(6, 2);
    float[] logged = random(2, 3);
    float[] floors = without(6);
    floors[1] = drawn[1] + 0.5f;
    floors[4] = drawn[4] - 0.5f;
    ConservativePenalty found = ConservativePenalty.of(drawn, logDensities, floors, logged);
    assertSlope(
        drawn,
        found.drawnGradient(),
        q -> ConservativePenalty.of(q, logDensities, floors, logged).value());
    assertSlope(
        logged,
        found.loggedGradient(),
        q -> ConservativePenalty.of(drawn, logDensities, floors, q).value());
    assertThat(found.boundRate()).isEqualTo(0.5);
  }

  /** Sheet "hybrid and online", section 15, check 5. */
  @Test
  void valuesBelowTheirFloorCountAsTheFloorAndAreLeftAlone() {
    float[] zero = new float[1];
    ConservativePenalty below =
        ConservativePenalty.of(new float[] {-3}, zero, new float[] {1}, zero);
    assertThat(below.value()).isCloseTo(1, within(1e-7));
    assertThat(below.drawnGradient()).containsExactly(0);
    ConservativePenalty above =
        ConservativePenalty.of(new float[] {2}, zero, new float[] {1}, zero);
    assertThat(above.value()).isCloseTo(2, within(1e-7));
    assertThat(above.drawnGradient()).containsExactly(1);
    assertThat(ConservativePenalty.of(new float[] {-3}, zero, without(1), zero).value())
        .isCloseTo(-3, within(1e-7));
  }

  /** Sheet "A2PR", section (i): policy 0.2, candidate 0.6, logged -0.2, value 1, weight 0.4. */
  @Test
  void clonesTheBetterOfCandidateAndLoggedAction() {
    assertCloning(3, 2, 0.064, -0.32);
    assertCloning(0.5f, 2, 0.064, 0.32);
  }

  /** Sheet "A2PR", section (i). */
  @Test
  void clonesNothingWhereNeitherIsBetterThanTheValue() {
    assertCloning(0.5f, 0.9f, 0, 0);
    assertCloning(0.5f, 1, 0, 0);
  }

  /** Sheet "A2PR", section (i): a tie with the value opens the gate for the candidate alone. */
  @Test
  void tiesGoToTheCandidate() {
    assertCloning(1, 1, 0.064, -0.32);
    assertThat(choice(1, 1).candidateShare()).isEqualTo(1);
  }

  /** Sheet "A2PR", section (i): never twice the weight. */
  @Test
  void gateIsOneThoughBothAreBetter() {
    assertThat(choice(3, 2).gates()).containsExactly(1);
  }

  /** Sheet "A2PR", section (i): the candidate is the policy's action moved by an offset. */
  @Test
  void candidateThatFollowsThePolicyPullsNothing() {
    float offset = 0.25f;
    GuidedCloning.Cloning cloning =
        choice(3, 2).of(new float[] {0.5f}, new float[] {0.5f + offset}, new float[] {-0.25f}, 0.5);
    assertThat(cloning.loss().value()).isEqualTo(0.5 * offset * offset);
    assertThat(cloning.loss().gradient()[0]).isEqualTo(-2 * 0.5f * offset);
    assertThat(cloning.loss().gradient()[0] + cloning.candidateGradient()[0]).isZero();
  }

  @Test
  void candidatePassedOverHasNoGradient() {
    GuidedCloning.Cloning cloning =
        choice(0.5f, 2).of(new float[] {0.2f}, new float[] {0.6f}, new float[] {-0.2f}, 0.4);
    assertThat(cloning.candidateGradient()).containsExactly(0);
  }

  /** Check 7 of the sheet on boosted trees, section 11. */
  @Test
  void clippedSurrogateIsThePolicyGradientWhereItStartsAndNothingWhereItHasMovedFarEnough() {
    float[] logits = random(6, 1);
    int[] chosen = {2, 0};
    float[] advantages = {1.5f, -0.5f};
    double[] policy = MaskedSoftmax.of(logits, 3, new boolean[0]);
    double[] start = {Math.log(policy[2]), Math.log(policy[3])};
    ClippedSurrogate found =
        ClippedSurrogate.of(logits, 3, chosen, new boolean[0], start, advantages, 0.2);
    assertThat(found.loss().gradient())
        .containsExactly(
            CrossEntropy.of(logits, 3, chosen, new boolean[0], advantages).gradient(),
            within(1e-6f));
    assertThat(found.divergence()).isCloseTo(0, within(1e-12));
    assertThat(found.clipped()).isZero();
    double[] moved = {start[0] - 0.3, start[1] + 0.3}; // both ratios beyond 1 ± 0.2, each its way
    ClippedSurrogate stopped =
        ClippedSurrogate.of(logits, 3, chosen, new boolean[0], moved, advantages, 0.2);
    assertThat(stopped.loss().gradient()).containsOnly(0);
    assertThat(stopped.clipped()).isEqualTo(1);
    assertThat(stopped.loss().value()).isCloseTo(-(1.2 * 1.5 - 0.8 * 0.5) / 2, within(1e-9));
    assertThat(stopped.divergence())
        .isCloseTo((Math.exp(0.3) - 1 - 0.3 + Math.exp(-0.3) - 1 + 0.3) / 2, within(1e-6));
    assertThat( // the other way round the loss still has its slope
            ClippedSurrogate.of(logits, 3, chosen, new boolean[0], moved, new float[] {-1, 1}, 0.2)
                .loss()
                .gradient())
        .doesNotContain(0);
  }

  @Test
  void clippedSurrogateAndEntropyGradientsAreTheirSlopes() {
    float[] logits = random(8, 1);
    int[] chosen = {1, 3};
    boolean[] mask = {true, true, false, true, true, true, true, true};
    double[] before = {-1.3, -1.1};
    float[] advantages = {0.5f, -0.25f};
    assertSlope(
        logits,
        ClippedSurrogate.of(logits, 4, chosen, mask, before, advantages, 5).loss().gradient(),
        at -> ClippedSurrogate.of(at, 4, chosen, mask, before, advantages, 5).loss().value());
    assertSlope(
        logits, Entropy.of(logits, 4, mask).gradient(), at -> Entropy.of(at, 4, mask).value());
    assertThat(Entropy.of(new float[4], 4, new boolean[0]).value())
        .isCloseTo(Math.log(4), within(1e-12));
  }

  /** Two rows of two coordinates; where π is its start, the ratios are 1. */
  @Test
  void surrogateAdvantageIsTheMeanAdvantageWeightedByRatios() {
    float[] means = random(4, 1);
    float[] logDeviations = random(4, 2);
    float[] actions = random(4, 3);
    float[] advantages = {2, -1};
    assertThat(
            SurrogateAdvantage.of(means, logDeviations, means, logDeviations, actions, advantages)
                .value())
        .isCloseTo(0.5, within(1e-12));
    // N(1; 1, 1) / N(1; 0, 1) = exp(1/2), N(0; 0, 1/4) / N(0; 0, 1) = 2
    SurrogateAdvantage known =
        SurrogateAdvantage.of(
            new float[] {1, 0},
            new float[] {0, (float) -Math.log(2)},
            new float[2],
            new float[2],
            new float[] {1, 0},
            new float[] {1, 3});
    assertThat(known.value()).isCloseTo((Math.exp(0.5) + 6) / 2, within(1e-6));
  }

  @Test
  void surrogateAdvantageGradientsAreItsSlopes() {
    float[] means = random(4, 1);
    float[] logDeviations = random(4, 2);
    float[] startMeans = random(4, 3);
    float[] startLogDeviations = random(4, 4);
    float[] actions = random(4, 5);
    float[] advantages = {0.5f, -0.25f};
    SurrogateAdvantage found =
        SurrogateAdvantage.of(
            means, logDeviations, startMeans, startLogDeviations, actions, advantages);
    assertSlope(
        means,
        found.meanGradient(),
        m ->
            SurrogateAdvantage.of(
                    m, logDeviations, startMeans, startLogDeviations, actions, advantages)
                .value());
    assertSlope(
        logDeviations,
        found.logDeviationGradient(),
        l ->
            SurrogateAdvantage.of(means, l, startMeans, startLogDeviations, actions, advantages)
                .value());
  }

  /** Where the policy is still that which acted, it is the weighted likelihood's gradient. */
  @Test
  void clippedNormalSurrogateStartsAsThePolicyGradientAndStopsWhereItHasMovedFarEnough() {
    float[] means = random(4, 1);
    float[] logs = random(2, 2);
    float[] actions = random(4, 3);
    float[] advantages = {1.5f, -0.5f};
    double[] start = ClippedNormalSurrogate.logDensities(means, logs, actions);
    GaussianLikelihood likelihood = GaussianLikelihood.of(means, logs, actions, advantages);
    assertThat((-1.5 * start[0] + 0.5 * start[1]) / 2).isCloseTo(likelihood.value(), within(1e-6));
    ClippedNormalSurrogate found =
        ClippedNormalSurrogate.of(means, logs, actions, start, advantages, 0.2);
    assertThat(found.meanGradient()).containsExactly(likelihood.meanGradient(), within(1e-6f));
    assertThat(found.logDeviationGradient())
        .containsExactly(likelihood.sharedLogDeviationGradient(2), within(1e-6));
    assertThat(found.divergence()).isCloseTo(0, within(1e-12));
    double[] moved = {start[0] - 0.3, start[1] + 0.3}; // both ratios beyond 1 ± 0.2, each its way
    ClippedNormalSurrogate stopped =
        ClippedNormalSurrogate.of(means, logs, actions, moved, advantages, 0.2);
    assertThat(stopped.meanGradient()).containsOnly(0);
    assertThat(stopped.logDeviationGradient()).containsOnly(0);
    assertThat(stopped.clipped()).isEqualTo(1);
    assertThat(stopped.value()).isCloseTo(-(1.2 * 1.5 - 0.8 * 0.5) / 2, within(1e-9));
  }

  @Test
  void clippedNormalSurrogateGradientsAreItsSlopes() {
    float[] means = random(4, 1);
    float[] logs = random(2, 2);
    float[] actions = random(4, 3);
    double[] before = {-2.3, -2.1};
    float[] advantages = {0.5f, -0.25f};
    ClippedNormalSurrogate found =
        ClippedNormalSurrogate.of(means, logs, actions, before, advantages, 5);
    assertSlope(
        means,
        found.meanGradient(),
        m -> ClippedNormalSurrogate.of(m, logs, actions, before, advantages, 5).value());
    float[] byLogs = new float[2];
    for (int j = 0; j < 2; j++) {
      byLogs[j] = (float) found.logDeviationGradient()[j];
    }
    assertSlope(
        logs,
        byLogs,
        l -> ClippedNormalSurrogate.of(means, l, actions, before, advantages, 5).value());
  }

  private static float[] without(int n) {
    float[] floors = new float[n];
    Arrays.fill(floors, Float.NEGATIVE_INFINITY);
    return floors;
  }

  private static GuidedCloning choice(float qCandidate, float qLogged) {
    return GuidedCloning.of(new float[] {qCandidate}, new float[] {qLogged}, new float[] {1});
  }

  private static void assertCloning(
      float qCandidate, float qLogged, double value, double gradient) {
    Loss loss =
        choice(qCandidate, qLogged)
            .of(new float[] {0.2f}, new float[] {0.6f}, new float[] {-0.2f}, 0.4)
            .loss();
    assertThat(loss.value()).isCloseTo(value, within(1e-7));
    assertThat((double) loss.gradient()[0]).isCloseTo(gradient, within(1e-6));
  }

  private static double divergence(float mean, float logDeviation) {
    return NormalDivergence.of(new float[] {mean}, new float[] {logDeviation}, 1).value();
  }

  private static void assertSlope(float[] at, float[] gradient, ToDoubleFunction<float[]> loss) {
    float step = 1f / 1024;
    for (int i = 0; i < at.length; i++) {
      float[] up = at.clone();
      float[] down = at.clone();
      up[i] += step;
      down[i] -= step;
      double slope = (loss.applyAsDouble(up) - loss.applyAsDouble(down)) / (2 * step);
      assertThat((double) gradient[i]).as("at %d", i).isCloseTo(slope, within(2e-3));
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static float[] random(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }
}
