package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;

/** A policy in training that can imitate: what behavior cloning and advantage weighting need. */
interface Actor {
  /** For the data's kind of actions: a masked softmax, or what the form says. */
  static Actor imitating(
      Setting setting, Setting.Blueprint blueprint, PolicyForm form, double learningRate) {
    if (setting.isDiscrete()) {
      return new CategoricalActor(setting, blueprint, learningRate);
    }
    return form == PolicyForm.GAUSSIAN
        ? new GaussianActor(setting, blueprint, GaussianActor.Mean.TANH, learningRate)
        : DeterministicActor.alone(setting, blueprint, learningRate);
  }

  /**
   * One step of weighted maximum likelihood: {@code mean weight * -log π(a|o)} over the logged
   * actions; weights (B) carry no gradient. Steps whose logged action lies outside its mask are
   * left out.
   *
   * @return the loss
   */
  double imitate(MiniBatch batch, float[] weights);

  /** Sets the learning rate of the following steps. */
  void learningRate(double rate);

  /** What it is so far. */
  Product product();

  /** Its networks by name. */
  Map<String, Network> networks();

  /** Its other parameters by name. */
  default Map<String, FreeParameters> parameters() {
    return Map.of();
  }
}
