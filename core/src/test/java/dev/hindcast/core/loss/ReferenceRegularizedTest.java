package dev.hindcast.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Numbers without further source are from the sheet "demonstration-regularized", section 10. */
class ReferenceRegularizedTest {
  private static final double[] EVEN = {0.5, 0.5};
  private static final float[] LOGITS = {0.3f, -0.7f, 1.1f, 0.2f, 0.4f, -0.1f};
  private static final float[] Q = {1, 2, -0.5f, 0.3f, -1, 0.8f};
  private static final double[] REFERENCE = {0.2, 0.5, 0.3, 0.6, 0.4, 0};

  /** Check 1. */
  @Test
  void valueAndPolicyOfTwoActionsAreThoseOfTheSheet() {
    float[] q = {1, 0};
    assertThat((double) ReferenceRegularized.values(q, 2, EVEN, 1)[0])
        .isCloseTo(0.620115, within(1e-6));
    double[] policy = ReferenceRegularized.policy(q, 2, EVEN, 1);
    assertThat(policy).containsExactly(new double[] {0.731059, 0.268941}, within(1e-6));
    double divergence = divergence(policy, EVEN);
    assertThat(divergence).isCloseTo(0.110944, within(1e-6));
    assertThat(policy[0] - divergence)
        .as("value = pi.Q - price KL")
        .isCloseTo(0.620115, within(1e-6));
    assertThat((double) ReferenceRegularized.values(q, 2, EVEN, 0.5)[0])
        .isCloseTo(0.716890, within(1e-6));
    assertThat(ReferenceRegularized.policy(q, 2, EVEN, 0.5)[0]).isCloseTo(0.880797, within(1e-6));
  }

  /** Check 2. */
  @Test
  void unevenReferenceYieldsAsThePriceFalls() {
    double[][] expected = {
      {10, 0.104622, 0.109367}, {1, 0.158565, 0.231969}, {0.1, 0.769782, 0.999592}
    };
    double[] reference = {0.9, 0.1};
    for (double[] row : expected) {
      float[] q = {0, 1};
      assertThat((double) ReferenceRegularized.values(q, 2, reference, row[0])[0])
          .isCloseTo(row[1], within(1e-6));
      assertThat(ReferenceRegularized.policy(q, 2, reference, row[0])[1])
          .isCloseTo(row[2], within(1e-6));
    }
  }

  /** Check 3. */
  @Test
  void valueFallsWithThePriceFromTheBestPossibleActionToTheReferencesMean() {
    float[] q = {3, 0, 1};
    double[] reference = {0, 0.3, 0.7};
    double before = Double.POSITIVE_INFINITY;
    for (double price = 1e-3; price < 1e4; price *= 2) {
      double value = ReferenceRegularized.values(q, 3, reference, price)[0];
      assertThat(value).isLessThanOrEqualTo(before);
      before = value;
    }
    assertThat((double) ReferenceRegularized.values(q, 3, reference, 1e-3)[0])
        .isCloseTo(1, within(1e-3));
    assertThat((double) ReferenceRegularized.values(q, 3, reference, 1e6)[0])
        .isCloseTo(0.7, within(1e-4));
    assertThat(ReferenceRegularized.policy(q, 3, reference, 1e6))
        .containsExactly(reference, within(1e-5));
  }

  /** Check 7: an even reference is an entropy bonus but for a constant. */
  @Test
  void evenReferenceIsTheSoftValueLessAConstant() {
    float[] q = {1, 0, 0.5f};
    double[] even = {1 / 3.0, 1 / 3.0, 1 / 3.0};
    double soft = 0.5 * Math.log(Math.exp(2) + 1 + Math.exp(1));
    assertThat((double) ReferenceRegularized.values(q, 3, even, 0.5)[0])
        .isCloseTo(soft - 0.5 * Math.log(3), within(1e-6));
  }

  /** Check 8. */
  @Test
  void policyInClosedFormLowersTheLossMost() {
    double[] policy = ReferenceRegularized.policy(Q, 3, REFERENCE, 0.7);
    float[] logits = new float[policy.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = policy[i] == 0 ? 5 : (float) Math.log(policy[i]);
    }
    var found = ReferenceRegularized.PolicyLoss.of(logits, 3, REFERENCE, Q, 0.7);
    for (float g : found.loss().gradient()) {
      assertThat((double) g).isCloseTo(0, within(1e-6));
    }
    float[] values = ReferenceRegularized.values(Q, 3, REFERENCE, 0.7);
    assertThat(found.loss().value()).isCloseTo(-(values[0] + values[1]) / 2, within(1e-6));
  }

  @Test
  void gradientOfThePolicyLossIsThatOfFiniteDifferences() {
    var found = ReferenceRegularized.PolicyLoss.of(LOGITS, 3, REFERENCE, Q, 0.7);
    assertGradient(
        LOGITS,
        found.loss().gradient(),
        x -> ReferenceRegularized.PolicyLoss.of(x, 3, REFERENCE, Q, 0.7).loss().value());
    assertThat(found.loss().gradient()[5]).as("an impossible action").isZero();
  }

  /** Check 10: weights exp(A / price) on data of the reference have the same optimum. */
  @Test
  void weightedCloningOfTheReferenceEndsAtTheSamePolicy() {
    double[] reference = {0.75, 0.25};
    float[] q = {0.2f, 1};
    double value = ReferenceRegularized.values(q, 2, reference, 0.4)[0];
    double[] policy = ReferenceRegularized.policy(q, 2, reference, 0.4);
    int[] chosen = {0, 0, 0, 1};
    float[] logits = new float[8];
    float[] weights = new float[4];
    for (int i = 0; i < 4; i++) {
      logits[2 * i] = (float) Math.log(policy[0]);
      logits[2 * i + 1] = (float) Math.log(policy[1]);
      weights[i] = (float) Math.exp((q[chosen[i]] - value) / 0.4);
    }
    float[] gradient = CrossEntropy.of(logits, 2, chosen, new boolean[0], weights).gradient();
    double sum = 0;
    for (int i = 0; i < 8; i += 2) {
      sum += gradient[i];
    }
    assertThat(sum).isCloseTo(0, within(1e-6));
  }

  @Test
  void smoothedLabelsKeepEveryAdmissibleActionPossible() {
    float[] logits = {0.5f, -1, 2, 0};
    boolean[] mask = {true, true, true, false};
    int[] chosen = {2};
    float[] one = {1};
    Loss loss = CrossEntropy.smoothed(logits, 4, chosen, mask, one, 0.3);
    double[] p = MaskedSoftmax.of(logits, 4, mask);
    double expected = -0.8 * Math.log(p[2]) - 0.1 * Math.log(p[0]) - 0.1 * Math.log(p[1]);
    assertThat(loss.value()).isCloseTo(expected, within(1e-6));
    assertThat(loss.gradient()[3]).isZero();
    assertGradient(
        logits, loss.gradient(), x -> CrossEntropy.smoothed(x, 4, chosen, mask, one, 0.3).value());
  }

  /** Check 6. */
  @Test
  void divergenceOfTwoNormalsIsThatOfTheSheet() {
    float[] zero = {0};
    float[] mean = {1};
    float[] logDeviation = {(float) Math.log(0.5)};
    assertThat((double) NormalDivergence.divergences(mean, logDeviation, zero, zero, 1)[0])
        .isCloseTo(0.818147, within(1e-6));
    assertThat(NormalDivergence.between(mean, logDeviation, zero, zero, 1, 2).value())
        .isCloseTo(2 * 0.818147, within(1e-5));
  }

  @Test
  void gradientsOfTheDivergenceAreThoseOfFiniteDifferences() {
    float[] means = {0.3f, -0.2f, 1.5f, 0};
    float[] logDeviations = {-0.5f, 0.1f, 0.3f, -1};
    float[] otherMeans = {0, 0.4f, 1, 0.2f};
    float[] others = {-0.2f, -0.3f, 0.5f, -0.7f};
    var found = NormalDivergence.between(means, logDeviations, otherMeans, others, 2, 0.7);
    assertGradient(
        means,
        found.meanGradient(),
        x -> NormalDivergence.between(x, logDeviations, otherMeans, others, 2, 0.7).value());
    assertGradient(
        logDeviations,
        found.logDeviationGradient(),
        x -> NormalDivergence.between(means, x, otherMeans, others, 2, 0.7).value());
  }

  private static double divergence(double[] policy, double[] reference) {
    double sum = 0;
    for (int i = 0; i < policy.length; i++) {
      sum += policy[i] * Math.log(policy[i] / reference[i]);
    }
    return sum;
  }

  private static void assertGradient(
      float[] at, float[] gradient, ToDoubleFunction<float[]> value) {
    float step = 1e-2f;
    for (int i = 0; i < at.length; i++) {
      float[] above = at.clone();
      float[] below = at.clone();
      above[i] += step;
      below[i] -= step;
      double slope =
          (value.applyAsDouble(above) - value.applyAsDouble(below))
              / ((double) above[i] - below[i]);
      assertThat((double) gradient[i]).as("input %d", i).isCloseTo(slope, within(1e-3));
    }
  }
}
