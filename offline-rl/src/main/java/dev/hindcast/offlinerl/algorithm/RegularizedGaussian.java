package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.GaussianLikelihood;
import dev.hindcast.core.loss.LeastValue;
import dev.hindcast.core.loss.NormalDivergence;
import dev.hindcast.core.loss.NormalSample;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Over continuous actions: the tangent of a Gaussian whose means and deviations depend on the
 * observation. Policy and reference share the tangent, so their divergence is that of the Gaussians
 * before it, which has a closed form.
 */
final class RegularizedGaussian implements RegularizedPolicy {
  /** A clone that is too certain makes every other action infinitely dear. */
  private static final double MIN_LOG_DEVIATION = Math.log(0.05);

  private static final double MAX_LOG_DEVIATION = 2;

  /** Logged actions on the edge of the box would need infinite means. */
  private static final double EDGE = 1 - 1e-3;

  private final Setting setting;
  private final Network policy;
  private final Network reference;
  private final int d;

  RegularizedGaussian(Setting setting, double learningRate) {
    this.setting = setting;
    d = setting.dimensions();
    policy = setting.network().create("policy", 2 * d, learningRate);
    reference = setting.targetOf(policy);
  }

  /** The likelihood of the actions before the tangent, whose correction has no gradient. */
  @Override
  public double imitate(MiniBatch batch, float[] weights) {
    float[] noise = new float[batch.size() * d];
    NormalSample drawn =
        sample(policy.forward(setting.observations(), batch.observations()), noise);
    GaussianLikelihood loss =
        GaussianLikelihood.of(
            drawn.means(), drawn.logDeviations(), beforeTangent(batch.actionVectors()), weights);
    float[] logDeviationGradient = new float[noise.length];
    for (int i = 0; i < noise.length; i++) {
      logDeviationGradient[i] = (float) loss.logDeviationGradient()[i];
    }
    policy.backward(drawn.outputGradient(noise, loss.meanGradient(), logDeviationGradient));
    policy.step();
    return loss.value();
  }

  @Override
  public void becomeReference() {
    reference.polyakFrom(policy, 1);
  }

  /** min Q'(o', a') with a' ~ π(o'). */
  @Override
  public float[] nextValues(Critics critics, MiniBatch batch) {
    return nextValues(critics, batch, 0);
  }

  /**
   * min Q'(o', a') − λ KL(π(o') ‖ π₀(o')) with a' ~ π(o'); the exact divergence in place of the
   * drawn action's log ratio, whose mean it is.
   */
  @Override
  public float[] nextValues(Critics critics, MiniBatch batch, double price) {
    int[] next = batch.nextObservations();
    NormalSample drawn =
        sample(
            policy.predict(setting.observations(), next),
            noise(next.length, batch.random("next actions")));
    float[] values = critics.leastTarget(next, tanh(drawn.values()));
    if (price > 0) {
      NormalSample of = referenceAt(next);
      float[] divergences =
          NormalDivergence.divergences(
              drawn.means(), drawn.logDeviations(), of.means(), of.logDeviations(), d);
      for (int i = 0; i < values.length; i++) {
        values[i] -= (float) (price * divergences[i]);
      }
    }
    return values;
  }

  /** Mean of λ KL(π ‖ π₀) − min Q(o, a), a ~ π drawn so that the gradient passes through it. */
  @Override
  public Improvement improve(Critics critics, MiniBatch batch, double price) {
    int[] here = batch.observations();
    NormalSample drawn =
        sample(
            policy.forward(setting.observations(), here),
            noise(here.length, batch.random("actions")));
    float[] actions = tanh(drawn.values());
    NormalSample of = referenceAt(here);
    NormalDivergence apart =
        NormalDivergence.between(
            drawn.means(), drawn.logDeviations(), of.means(), of.logDeviations(), d, 1);
    LeastValue q = LeastValue.of(critics.forwardAll(here, actions));
    float[] even = new float[here.length];
    Arrays.fill(even, 1f / here.length);
    float[] ascent = critics.actionGradient(q.spread(even, critics.count()));
    float[] byValue = new float[actions.length];
    float[] byMean = new float[actions.length];
    float[] byLogDeviation = new float[actions.length];
    for (int i = 0; i < actions.length; i++) {
      byValue[i] = -ascent[i] * (1 - actions[i] * actions[i]);
      byMean[i] = (float) (price * apart.meanGradient()[i]);
      byLogDeviation[i] = (float) (price * apart.logDeviationGradient()[i]);
    }
    policy.backward(drawn.outputGradient(byValue, byMean, byLogDeviation));
    policy.step();
    return new Improvement(price * apart.value() - Losses.mean(q.values()), apart.value());
  }

  private NormalSample referenceAt(int[] observations) {
    return sample(
        reference.predict(setting.observations(), observations),
        new float[observations.length * d]);
  }

  private NormalSample sample(float[] outputs, float[] noise) {
    return NormalSample.of(outputs, d, MIN_LOG_DEVIATION, MAX_LOG_DEVIATION, noise);
  }

  private float[] noise(int rows, SplittableRandom random) {
    float[] noise = new float[rows * d];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return noise;
  }

  private static float[] tanh(float[] values) {
    float[] actions = new float[values.length];
    for (int i = 0; i < actions.length; i++) {
      actions[i] = (float) Math.tanh(values[i]);
    }
    return actions;
  }

  private static float[] beforeTangent(float[] actions) {
    float[] values = new float[actions.length];
    for (int i = 0; i < values.length; i++) {
      double a = Math.min(EDGE, Math.max(-EDGE, actions[i]));
      values[i] = (float) (0.5 * (Math.log1p(a) - Math.log1p(-a)));
    }
    return values;
  }

  @Override
  public void learningRate(double rate) {
    policy.learningRate(rate);
  }

  @Override
  public Product product() {
    return Product.of(
        new Head.SquashedGaussian(MIN_LOG_DEVIATION, MAX_LOG_DEVIATION), Head.POLICY, policy);
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of("policy", policy, "reference", reference);
  }
}
