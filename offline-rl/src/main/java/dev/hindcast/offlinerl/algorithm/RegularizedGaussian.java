package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.GaussianLikelihood;
import dev.hindcast.core.loss.LeastValue;
import dev.hindcast.core.loss.NormalDivergence;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Over continuous actions: a Gaussian around the tangent of a network's output, with one deviation
 * per coordinate that does not depend on the observation; what is drawn is cut to the box. The
 * divergence is that of the Gaussians, which has a closed form; that of what is left of them after
 * the cut is no greater.
 *
 * <p>Not the tangent of a Gaussian: logged actions on the edge of the box, where a noisy
 * demonstrator has many, would drag its means far outside.
 */
final class RegularizedGaussian implements RegularizedPolicy {
  /** A clone that is too certain makes every other action infinitely dear. */
  private static final double MIN_LOG_DEVIATION = Math.log(0.05);

  private static final double MAX_LOG_DEVIATION = 2;

  private final Setting setting;
  private final Network policy;
  private final Network reference;
  private final FreeParameters logDeviation;
  private final FreeParameters referenceLogDeviation;
  private final int d;
  private double learningRate;

  RegularizedGaussian(Setting setting, double learningRate) {
    this.setting = setting;
    this.learningRate = learningRate;
    d = setting.dimensions();
    policy = setting.network().create("policy", d, learningRate);
    reference = setting.targetOf(policy);
    logDeviation = new FreeParameters(new float[d]);
    referenceLogDeviation = new FreeParameters(new float[d]);
  }

  @Override
  public double imitate(MiniBatch batch, float[] weights) {
    float[] means = tanh(policy.forward(setting.observations(), batch.observations()));
    GaussianLikelihood loss =
        GaussianLikelihood.of(means, logDeviation.values(), batch.actionVectors(), weights);
    step(means, loss.meanGradient(), loss.sharedLogDeviationGradient(d));
    return loss.value();
  }

  @Override
  public void becomeReference() {
    reference.polyakFrom(policy, 1);
    referenceLogDeviation.values(logDeviation.values());
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
    float[] means = tanh(policy.predict(setting.observations(), next));
    float[] drawn = drawn(means, noise(next.length, batch.random("next actions")));
    float[] values = critics.leastTarget(next, cut(drawn));
    if (price > 0) {
      float[] divergences =
          NormalDivergence.divergences(
              means,
              everywhere(logDeviation, next.length),
              referenceMeans(next),
              everywhere(referenceLogDeviation, next.length),
              d);
      for (int i = 0; i < values.length; i++) {
        values[i] -= (float) (price * divergences[i]);
      }
    }
    return values;
  }

  /**
   * Mean of λ KL(π ‖ π₀) − min Q(o, a), a ~ π drawn so that the gradient passes through it; none
   * passes where it was cut.
   */
  @Override
  public Improvement improve(Critics critics, MiniBatch batch, double price) {
    int[] here = batch.observations();
    float[] means = tanh(policy.forward(setting.observations(), here));
    float[] noise = noise(here.length, batch.random("actions"));
    float[] drawn = drawn(means, noise);
    LeastValue q = LeastValue.of(critics.forwardAll(here, cut(drawn)));
    float[] even = new float[here.length];
    Arrays.fill(even, 1f / here.length);
    float[] ascent = critics.actionGradient(q.spread(even, critics.count()));
    NormalDivergence apart =
        NormalDivergence.between(
            means,
            everywhere(logDeviation, here.length),
            referenceMeans(here),
            everywhere(referenceLogDeviation, here.length),
            d,
            1);
    float[] byMean = new float[means.length];
    double[] byLogDeviation = new double[d];
    for (int i = 0; i < means.length; i++) {
      double byDrawn = Math.abs(drawn[i]) > 1 ? 0 : -ascent[i];
      double spread = Math.exp(logDeviation.value(i % d)) * noise[i];
      byMean[i] = (float) (byDrawn + price * apart.meanGradient()[i]);
      byLogDeviation[i % d] += byDrawn * spread + price * apart.logDeviationGradient()[i];
    }
    step(means, byMean, byLogDeviation);
    return new Improvement(price * apart.value() - Losses.mean(q.values()), apart.value());
  }

  /** Through the tangent into the network, which has just gone forward. */
  private void step(float[] means, float[] byMean, double[] byLogDeviation) {
    float[] byOutput = new float[means.length];
    for (int i = 0; i < means.length; i++) {
      byOutput[i] = byMean[i] * (1 - means[i] * means[i]);
    }
    policy.backward(byOutput);
    policy.step();
    logDeviation.step(byLogDeviation, learningRate);
    logDeviation.clamp(MIN_LOG_DEVIATION, MAX_LOG_DEVIATION);
  }

  private float[] referenceMeans(int[] observations) {
    return tanh(reference.predict(setting.observations(), observations));
  }

  /** (rows, d): the same in every row. */
  private float[] everywhere(FreeParameters logDeviations, int rows) {
    float[] all = new float[rows * d];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) logDeviations.value(i % d);
    }
    return all;
  }

  private float[] drawn(float[] means, float[] noise) {
    float[] drawn = new float[means.length];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = (float) (means[i] + Math.exp(logDeviation.value(i % d)) * noise[i]);
    }
    return drawn;
  }

  private float[] noise(int rows, SplittableRandom random) {
    float[] noise = new float[rows * d];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return noise;
  }

  private static float[] cut(float[] drawn) {
    float[] actions = new float[drawn.length];
    for (int i = 0; i < actions.length; i++) {
      actions[i] = Math.min(1, Math.max(-1, drawn[i]));
    }
    return actions;
  }

  private static float[] tanh(float[] outputs) {
    float[] means = new float[outputs.length];
    for (int i = 0; i < means.length; i++) {
      means[i] = (float) Math.tanh(outputs[i]);
    }
    return means;
  }

  @Override
  public void learningRate(double rate) {
    learningRate = rate;
    policy.learningRate(rate);
  }

  @Override
  public Product product() {
    return new Product(
        new Head.TanhMeanGaussian(),
        Map.of(Head.POLICY, policy),
        Map.of(Head.LOG_DEVIATION, logDeviation.values()));
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of("policy", policy, "reference", reference);
  }

  @Override
  public Map<String, FreeParameters> parameters() {
    return Map.of("log_deviation", logDeviation, "reference_log_deviation", referenceLogDeviation);
  }
}
