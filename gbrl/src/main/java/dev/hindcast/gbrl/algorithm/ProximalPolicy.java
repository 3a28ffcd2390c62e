package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;

/**
 * The policy of {@link GradientBoostedPpo}: what depends on whether actions are discrete or lie in
 * a box.
 */
interface ProximalPolicy {
  /** One that knows nothing yet, for the data's kind of actions. */
  static ProximalPolicy of(Setting setting, GradientBoostedPpo.Config config) {
    return setting.isDiscrete()
        ? new ProximalSoftmax(setting, config)
        : new ProximalGaussian(setting, config);
  }

  /** Its trees. */
  TreeFunction trees();

  /** (batch): the logarithm of the probability, or density, of each step's action. */
  double[] logLikelihoods(MiniBatch batch);

  /**
   * One round up the clipped advantages of some steps.
   *
   * @param logBefore (batch), of each action when it was drawn
   * @param advantages (batch)
   * @return figures: {@code policy_loss}, {@code entropy}, {@code clipped}
   */
  Map<String, Double> improve(MiniBatch batch, double[] logBefore, float[] advantages);

  /**
   * The mean KL divergence of a policy from another at some observations, in nats.
   *
   * @param before outputs of the trees of one, (batch, outputs)
   * @param after of the other
   */
  double divergence(MiniBatch batch, float[] before, float[] after);

  /** What it is so far. */
  TreeProduct product();

  /** All that must be kept to go on later, by name. */
  Map<String, Part> parts();
}
