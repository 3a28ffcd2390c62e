package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;

/**
 * A policy that first clones and then improves on its clone, which stays behind as the reference it
 * is held to.
 */
interface RegularizedPolicy {
  /** For the data's kind of actions: a masked softmax, or a Gaussian. */
  static RegularizedPolicy of(Setting setting, double learningRate) {
    return setting.isDiscrete()
        ? new RegularizedSoftmax(setting, learningRate)
        : new RegularizedGaussian(setting, learningRate);
  }

  /**
   * One step of weighted maximum likelihood.
   *
   * @param weights (B), which carry no gradient
   * @return the loss
   */
  double imitate(MiniBatch batch, float[] weights);

  /** Makes what has been learned so far the reference. */
  void becomeReference();

  /** (B): what the least target critic expects of this policy at the next observations. */
  float[] nextValues(Critics critics, MiniBatch batch);

  /**
   * (B): what may be had at the next observations by the least target critic, less the price of
   * straying from the reference.
   *
   * @param price λ
   */
  float[] nextValues(Critics critics, MiniBatch batch, double price);

  /**
   * One step towards higher values by the least critic, at a price.
   *
   * @param price λ
   */
  Improvement improve(Critics critics, MiniBatch batch, double price);

  /**
   * What a step found.
   *
   * @param loss mean of λ KL(π ‖ π₀) − Q
   * @param divergence mean of KL(π ‖ π₀), in nats
   */
  record Improvement(double loss, double divergence) {}

  /** Sets the learning rate of the following steps. */
  void learningRate(double rate);

  /** What it is so far. */
  Product product();

  /** The policy and its reference by name. */
  Map<String, Network> networks();

  /** Its other parameters by name. */
  default Map<String, FreeParameters> parameters() {
    return Map.of();
  }
}
