package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.GaussianLikelihood;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A policy over continuous actions: a Gaussian around a network's output, with one deviation per
 * coordinate that does not depend on the observation.
 */
final class GaussianActor implements Actor {
  private static final double MIN_LOG_DEVIATION = -5;
  private static final double MAX_LOG_DEVIATION = 2;

  private final Setting setting;
  private final Network policy;
  private final FreeParameters logDeviation;
  private final Mean mean;
  private double learningRate;

  /** Where the mean lies. */
  enum Mean {
    /** The tangent of the output: always in [-1, 1]. */
    TANH,
    /** The output itself. */
    FREE
  }

  GaussianActor(Setting setting, Setting.Blueprint blueprint, Mean mean, double learningRate) {
    this.setting = setting;
    this.mean = mean;
    this.learningRate = learningRate;
    policy = blueprint.create("policy", setting.dimensions(), learningRate);
    logDeviation = new FreeParameters(new float[setting.dimensions()]);
  }

  @Override
  public double imitate(MiniBatch batch, float[] weights) {
    float[] means = means(policy.forward(setting.observations(), batch.observations()));
    GaussianLikelihood loss =
        GaussianLikelihood.of(means, logDeviation.values(), batch.actionVectors(), weights);
    float[] gradient = loss.meanGradient();
    for (int i = 0; i < gradient.length && mean == Mean.TANH; i++) {
      gradient[i] *= 1 - means[i] * means[i];
    }
    policy.backward(gradient);
    policy.step();
    logDeviation.step(loss.sharedLogDeviationGradient(setting.dimensions()), learningRate);
    logDeviation.clamp(MIN_LOG_DEVIATION, MAX_LOG_DEVIATION);
    return loss.value();
  }

  /** (rows, dimensions): one action for each row, cut to [-1, 1]. */
  float[] draw(int[] observations, RandomGenerator random) {
    float[] actions = means(policy.predict(setting.observations(), observations));
    for (int i = 0; i < actions.length; i++) {
      double deviation = Math.exp(logDeviation.value(i % setting.dimensions()));
      double drawn = actions[i] + deviation * random.nextGaussian();
      actions[i] = (float) Math.min(1, Math.max(-1, drawn));
    }
    return actions;
  }

  private float[] means(float[] outputs) {
    for (int i = 0; i < outputs.length && mean == Mean.TANH; i++) {
      outputs[i] = (float) Math.tanh(outputs[i]);
    }
    return outputs;
  }

  @Override
  public void learningRate(double rate) {
    learningRate = rate;
    policy.learningRate(rate);
  }

  @Override
  public Product product() {
    Head head = mean == Mean.TANH ? new Head.TanhMeanGaussian() : new Head.FreeMeanGaussian();
    return new Product(
        head, Map.of(Head.POLICY, policy), Map.of(Head.LOG_DEVIATION, logDeviation.values()));
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of("policy", policy);
  }

  @Override
  public Map<String, FreeParameters> parameters() {
    return Map.of("log_deviation", logDeviation);
  }
}
