package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;

/**
 * Behavior cloning: the policy that makes the logged actions most likely. With discrete actions
 * that is maximum likelihood under a masked softmax, whose optimum are the action frequencies of
 * the log; with continuous ones under a Gaussian, whose mean is the least squares fit, or without a
 * deviation that fit alone. The floor that every other learner should beat.
 *
 * <p>Steps whose logged action lies outside its mask are left out (weight 0).
 */
public final class BehaviorCloning implements NetworkLearner {
  private final Actor policy;
  private final Config config;

  /**
   * What can be set.
   *
   * @param policy what it is made of when actions are continuous
   * @param learningRate of Adam; falls to zero along half a cosine
   */
  public record Config(PolicyForm policy, double learningRate) implements Serializable {
    /** The step size of CORL, the field's benchmark library, whose policy is deterministic. */
    public static final Config DEFAULT = new Config(PolicyForm.GAUSSIAN, 3e-4);

    /** Checks the rate. */
    public Config {
      Require.positive("learning-rate", learningRate);
    }
  }

  /** On this data. */
  public BehaviorCloning(Setting setting, Config config) {
    this.config = config;
    policy = Actor.imitating(setting, setting.network(), config.policy(), config.learningRate());
  }

  @Override
  public Losses update(MiniBatch batch) {
    float[] weights = new float[batch.size()];
    Arrays.fill(weights, 1);
    policy.learningRate(LearningRate.cosine(config.learningRate(), batch.progress()));
    return Losses.of(Map.of("policy_loss", policy.imitate(batch, weights)));
  }

  @Override
  public Map<String, Network> networks() {
    return policy.networks();
  }

  @Override
  public Map<String, FreeParameters> parameters() {
    return policy.parameters();
  }

  @Override
  public Product product() {
    return policy.product();
  }
}
