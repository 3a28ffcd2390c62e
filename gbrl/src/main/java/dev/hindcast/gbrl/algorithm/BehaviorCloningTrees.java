package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Arrays;
import java.util.Map;

/**
 * Behavior cloning: the policy that makes the logged actions most likely, as boosted trees do it
 * (Friedman, 2001). Discrete actions by a masked softmax, continuous ones by a Gaussian around a
 * least squares fit. Episodes held out say when to stop, so that probabilities are those with which
 * the log acts: where a log has no propensities they can stand in for them.
 */
public final class BehaviorCloningTrees implements TreeLearner {
  private final Actor policy;

  /** On this data. */
  public BehaviorCloningTrees(Setting setting, Imitation config) {
    policy = Actor.imitating(setting, config);
  }

  @Override
  public Losses update(MiniBatch batch) {
    float[] weights = new float[batch.size()];
    Arrays.fill(weights, 1);
    return Losses.of(policy.imitate(batch, weights));
  }

  @Override
  public Map<String, Part> parts() {
    return policy.parts();
  }

  @Override
  public TreeProduct product() {
    return policy.product();
  }
}
