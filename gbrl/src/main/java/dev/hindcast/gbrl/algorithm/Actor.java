package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;

/** A policy in training that can imitate: what behavior cloning and advantage weighting need. */
interface Actor {
  /** For the data's kind of actions. */
  static Actor imitating(Setting setting, Imitation how) {
    return setting.isDiscrete() ? new SoftmaxActor(setting, how) : new GaussianActor(setting, how);
  }

  /**
   * One round of weighted maximum likelihood of the logged actions. Steps whose logged action lies
   * outside its mask are left out.
   *
   * @param weights (B), the same in every round
   * @return figures
   */
  Map<String, Double> imitate(MiniBatch batch, float[] weights);

  /** What it is so far, at its best. */
  TreeProduct product();

  /** What must be kept to go on later, by name. */
  Map<String, Part> parts();
}
