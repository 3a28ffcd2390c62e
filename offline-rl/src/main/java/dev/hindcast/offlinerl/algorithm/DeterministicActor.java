package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.Loss;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A policy over continuous actions that is certain: the tangent of a network's outputs. It learns
 * by imitation or along the gradient of a loss by its actions, and can have a target network.
 */
final class DeterministicActor implements Actor {
  private final Setting setting;
  private final Network policy;
  private final Optional<Network> target;
  private float[] actions = new float[0];

  private DeterministicActor(Setting setting, Network policy, Optional<Network> target) {
    this.setting = setting;
    this.policy = policy;
    this.target = target;
  }

  /** Without a target network. */
  static DeterministicActor alone(
      Setting setting, Setting.Blueprint blueprint, double learningRate) {
    Network policy = blueprint.create("policy", setting.dimensions(), learningRate);
    return new DeterministicActor(setting, policy, Optional.empty());
  }

  /** With a target network. */
  static DeterministicActor withTarget(
      Setting setting, Setting.Blueprint blueprint, double learningRate) {
    Network policy = blueprint.create("policy", setting.dimensions(), learningRate);
    return new DeterministicActor(setting, policy, Optional.of(setting.targetOf(policy)));
  }

  /** (B, dimensions): its actions, remembered for {@link #step}. */
  float[] forward(int[] observations) {
    actions = tanh(policy.forward(setting.observations(), observations));
    return actions.clone();
  }

  /** (rows, dimensions): its actions. */
  float[] act(int[] observations) {
    return tanh(policy.predict(setting.observations(), observations));
  }

  /** (rows, dimensions): the target network's actions. */
  float[] targetAct(int[] observations) {
    return tanh(target.orElseThrow().predict(setting.observations(), observations));
  }

  /**
   * (rows, dimensions): the target network's actions with clipped noise, cut to [-1, 1]: what
   * smooths the targets of critics. Fujimoto, van Hoof and Meger (2018), arXiv:1802.09477, equation
   * 14.
   *
   * @param deviation of the noise
   * @param clip largest size of the noise
   */
  float[] noisyTargetAct(
      int[] observations, double deviation, double clip, RandomGenerator random) {
    float[] actions = targetAct(observations);
    for (int i = 0; i < actions.length; i++) {
      double noise = Math.min(clip, Math.max(-clip, deviation * random.nextGaussian()));
      actions[i] = (float) Math.min(1, Math.max(-1, actions[i] + noise));
    }
    return actions;
  }

  /** One optimizer step, given the gradient of a loss by the actions of {@link #forward}. */
  void step(float[] actionGradient) {
    float[] gradient = actionGradient.clone();
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= 1 - actions[i] * actions[i];
    }
    policy.backward(gradient);
    policy.step();
  }

  /** Moves the target network. */
  void follow(double polyak) {
    target.orElseThrow().polyakFrom(policy, polyak);
  }

  /** Weighted squared error, {@code mean weight * |π(o) - a|^2}, summed over the coordinates. */
  @Override
  public double imitate(MiniBatch batch, float[] weights) {
    Loss loss = distance(forward(batch.observations()), batch.actionVectors(), weights);
    step(loss.gradient());
    return loss.value();
  }

  private static Loss distance(float[] found, float[] wanted, float[] weights) {
    int n = weights.length;
    int d = found.length / n;
    double sum = 0;
    float[] gradient = new float[found.length];
    for (int i = 0; i < found.length; i++) {
      double error = (double) found[i] - wanted[i];
      double weight = weights[i / d] / (double) n;
      sum += weight * error * error;
      gradient[i] = (float) (2 * weight * error);
    }
    return new Loss(sum, gradient);
  }

  private static float[] tanh(float[] outputs) {
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = (float) Math.tanh(outputs[i]);
    }
    return outputs;
  }

  @Override
  public void learningRate(double rate) {
    policy.learningRate(rate);
  }

  @Override
  public Product product() {
    return Product.of(new Head.Deterministic(), Head.POLICY, policy);
  }

  @Override
  public Map<String, Network> networks() {
    return target
        .map(network -> Map.of("policy", policy, "target_policy", network))
        .orElse(Map.of("policy", policy));
  }
}
