package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.SquashedSample;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A stochastic policy over continuous actions: the tangent of a Gaussian whose means and log
 * deviations are a network's outputs. Its draws carry gradients back (reparameterization).
 */
final class SquashedGaussianActor {
  private final Setting setting;
  private final Network policy;
  private final Head.SquashedGaussian head;
  private SquashedSample drawn =
      SquashedSample.of(new float[0], 1, 0, 1, new float[0]); // of the last forward

  SquashedGaussianActor(
      Setting setting,
      Setting.Blueprint blueprint,
      Head.SquashedGaussian head,
      double learningRate) {
    this.setting = setting;
    this.head = head;
    policy = blueprint.create("policy", 2 * setting.dimensions(), learningRate);
  }

  /** One action for each row, remembered for {@link #step}. */
  SquashedSample forward(int[] observations, RandomGenerator random) {
    drawn = sample(policy.forward(setting.observations(), observations), random);
    return drawn;
  }

  /** (rows, 2 dimensions): means, then log deviations, of each row; for {@link #sample}. */
  float[] outputs(int[] observations) {
    return policy.predict(setting.observations(), observations);
  }

  /** One action for each row. */
  SquashedSample draw(int[] observations, RandomGenerator random) {
    return sample(outputs(observations), random);
  }

  /** One action for each row of outputs. */
  SquashedSample sample(float[] outputs, RandomGenerator random) {
    float[] noise = new float[outputs.length / 2];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return SquashedSample.of(
        outputs, setting.dimensions(), head.minLogDeviation(), head.maxLogDeviation(), noise);
  }

  /**
   * One optimizer step, given the gradient of a loss by what {@link #forward} drew.
   *
   * @param actionGradient (B, dimensions)
   * @param logDensityGradient (B)
   */
  void step(float[] actionGradient, float[] logDensityGradient) {
    policy.backward(drawn.outputGradient(actionGradient, logDensityGradient));
    policy.step();
  }

  /** Sets the learning rate of the following steps. */
  void learningRate(double rate) {
    policy.learningRate(rate);
  }

  /** Its network. */
  Network network() {
    return policy;
  }

  Product product() {
    return Product.of(head, Head.POLICY, policy);
  }

  Map<String, Network> networks() {
    return Map.of("policy", policy);
  }
}
