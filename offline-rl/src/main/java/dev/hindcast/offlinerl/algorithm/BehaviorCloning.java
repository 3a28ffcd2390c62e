package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.CrossEntropy;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.offlinerl.network.Network;
import java.io.Serializable;
import java.util.Map;

/**
 * Behavior cloning: the policy that makes the logged actions most likely. With discrete actions
 * that is maximum likelihood under a masked softmax, whose optimum are the action frequencies of
 * the log. The floor that every other learner should beat.
 *
 * <p>Steps whose logged action lies outside its mask are left out (weight 0).
 */
public final class BehaviorCloning implements Learner {
  private final Network policy;
  private final Setting setting;
  private final Config config;
  private final int actions;

  /**
   * What can be set.
   *
   * @param learningRate of Adam; falls to zero along half a cosine
   */
  public record Config(double learningRate) implements Serializable {
    /** The step size of CORL, the field's benchmark library. */
    public static final Config DEFAULT = new Config(3e-4);

    /** Checks the rate. */
    public Config {
      Require.positive("learning-rate", learningRate);
    }
  }

  /** On this data. */
  public BehaviorCloning(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    actions = setting.discreteActions("behavior-cloning");
    policy = setting.network("policy", actions, config.learningRate());
  }

  @Override
  public Losses update(MiniBatch batch) {
    float[] logits = policy.forward(setting.observations(), batch.observations());
    Loss loss =
        CrossEntropy.of(logits, actions, batch.actions(), batch.masks(), batch.admissibleWeights());
    policy.learningRate(LearningRate.cosine(config.learningRate(), batch.progress()));
    policy.backward(loss.gradient());
    policy.step();
    return Losses.of(Map.of("policy_loss", loss.value()));
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of("policy", policy);
  }

  @Override
  public Network product() {
    return policy;
  }
}
