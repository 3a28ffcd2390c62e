package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.CrossEntropy;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;

/** A policy over discrete actions: the masked softmax of a network's outputs. */
final class CategoricalActor implements Actor {
  private final Setting setting;
  private final Network policy;

  CategoricalActor(Setting setting, Setting.Blueprint blueprint, double learningRate) {
    this.setting = setting;
    policy = blueprint.create("policy", setting.actions(), learningRate);
  }

  @Override
  public double imitate(MiniBatch batch, float[] weights) {
    float[] admissible = batch.admissibleWeights();
    for (int i = 0; i < admissible.length; i++) {
      admissible[i] *= weights[i];
    }
    float[] logits = logits(batch);
    return step(
        CrossEntropy.of(logits, setting.actions(), batch.actions(), batch.masks(), admissible));
  }

  /** The number of actions. */
  int actions() {
    return setting.actions();
  }

  /** (B, actions): logits, remembered for {@link #step}. */
  float[] logits(MiniBatch batch) {
    return policy.forward(setting.observations(), batch.observations());
  }

  /** One optimizer step along a loss of the logits; its value. */
  double step(Loss loss) {
    policy.backward(loss.gradient());
    policy.step();
    return loss.value();
  }

  /**
   * (rows, actions) probabilities.
   *
   * @param masks (rows, actions), empty without masks
   */
  double[] probabilities(int[] observations, boolean[] masks) {
    return MaskedSoftmax.of(
        policy.predict(setting.observations(), observations), setting.actions(), masks);
  }

  @Override
  public void learningRate(double rate) {
    policy.learningRate(rate);
  }

  @Override
  public Product product() {
    return Product.of(new Head.Softmax(), Head.POLICY, policy);
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of("policy", policy);
  }
}
