package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A policy that moves by mirror descent: away from a copy of itself, its start, towards what has an
 * advantage over it. Actions of the start, lived or drawn, are judged by their advantages.
 */
interface MirrorPolicy {
  /** For the data's kind of actions: a masked softmax, or the tangent of a Gaussian. */
  static MirrorPolicy of(Setting setting, double learningRate) {
    return setting.isDiscrete()
        ? new MirrorSoftmax(setting, learningRate)
        : new MirrorGaussian(setting, learningRate);
  }

  /** Makes what the policy is now the start. */
  void begin();

  /** (rows): what the critics expect of the start. */
  float[] values(Critics critics, int[] observations, SplittableRandom random);

  /** (rows): what the target critics expect of the start. */
  float[] targetValues(Critics critics, int[] observations, SplittableRandom random);

  /**
   * One step up the mean advantage, at a price for every nat between policy and start; none where
   * the two are too far apart.
   *
   * @param advantages (B) of the batch's actions; those of its steps that are not fresh are not
   *     read: there the critics judge what the start would do
   */
  Step improve(Critics critics, MiniBatch batch, float[] advantages, Limits limits);

  /**
   * How far it may go.
   *
   * @param price of a nat in units of reward, at least 0
   * @param divergence beyond which no step is made, in nats
   */
  record Limits(double price, double divergence) {}

  /**
   * What a step found, before it was made.
   *
   * @param loss mean of price KL(π ‖ start) − π / start A
   * @param divergence mean of KL(π ‖ start), in nats
   */
  record Step(double loss, double divergence) {
    /** Whether it was made. */
    boolean isMade(Limits limits) {
      return divergence <= limits.divergence();
    }
  }

  /** What it is so far. */
  Product product();

  /** The policy and its start by name. */
  Map<String, Network> networks();
}
