package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.NormalizedValue;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * TD3 with behavior cloning: an actor-critic for continuous actions whose policy is also drawn to
 * the logged action, everywhere alike. Fujimoto and Gu (2021), arXiv:2106.06860; equation numbers
 * are that paper's. The critics are those of TD3 (Fujimoto, van Hoof and Meger, 2018).
 */
public final class Td3Bc implements NetworkLearner {
  private final Critics critics;
  private final DeterministicActor policy;
  private final Config config;

  /**
   * What can be set.
   *
   * @param valueWeight α of Eq. 5, at least 0; larger trusts the critic more, 0 clones
   * @param targetNoise deviation of the noise on target actions, where actions reach from -1 to 1
   * @param noiseClip largest size of that noise
   * @param policyDelay critic steps for each step of the policy and the targets, at least 1
   * @param learningRate of all networks
   * @param polyak how far the targets follow when they are moved, in (0, 1]
   */
  public record Config(
      double valueWeight,
      double targetNoise,
      double noiseClip,
      int policyDelay,
      double learningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** The paper's, for all its datasets. */
    public static final Config DEFAULT = new Config(2.5, 0.2, 0.5, 2, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.nonNegative("value-weight", valueWeight);
      Require.nonNegative("target-noise", targetNoise);
      Require.nonNegative("noise-clip", noiseClip);
      Require.positive("policy-delay", policyDelay);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public Td3Bc(Setting setting, Config config) {
    this.config = config;
    critics = new Critics(setting, 2, setting.network(), config.learningRate());
    policy = DeterministicActor.withTarget(setting, setting.network(), config.learningRate());
  }

  /** One gradient step of the critics; in every second update also of the policy. */
  @Override
  public Losses update(MiniBatch batch) {
    Map<String, Double> figures = new TreeMap<>();
    figures.put("critic_loss", critics.step(batch, targets(batch)));
    if ((batch.update() + 1) % config.policyDelay() == 0) {
      figures.putAll(improvePolicy(batch));
      critics.follow(config.polyak());
      policy.follow(config.polyak());
    }
    return Losses.of(figures);
  }

  /** (B): {@code r + γ min Q'(o', a')}, a' the target policy's action with clipped noise. */
  private float[] targets(MiniBatch batch) {
    int[] next = batch.nextObservations();
    float[] nextActions =
        policy.noisyTargetAct(
            next, config.targetNoise(), config.noiseClip(), batch.random("target noise"));
    return batch.targets(critics.leastTarget(next, nextActions));
  }

  /** Eq. 5: the first critic's value of the policy's action, and the distance to the logged one. */
  private Map<String, Double> improvePolicy(MiniBatch batch) {
    int[] observations = batch.observations();
    float[] actions = policy.forward(observations); // (B, dimensions)
    float[] q = critics.forward(0, observations, actions); // (B)
    NormalizedValue value = NormalizedValue.of(q, config.valueWeight());
    Loss cloning = SquaredError.of(actions, batch.actionVectors());
    float[] gradient = critics.actionGradient(0, value.loss().gradient());
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] += cloning.gradient()[i];
    }
    policy.step(gradient);
    return Map.of(
        "policy_loss", value.loss().value() + cloning.value(),
        "cloning_loss", cloning.value(),
        "q_mean", Losses.mean(q),
        "lambda", value.factor());
  }

  @Override
  public Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>(critics.networks());
    all.putAll(policy.networks());
    return all;
  }

  @Override
  public Product product() {
    return policy.product();
  }
}
