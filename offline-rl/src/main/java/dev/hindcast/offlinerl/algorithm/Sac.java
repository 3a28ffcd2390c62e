package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.SquashedSample;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Soft actor-critic: an actor-critic for continuous actions that is paid for entropy too. Haarnoja
 * and others (2018), arXiv:1812.05905. Nothing holds its policy to the log: without fresh steps it
 * is a floor that shows what caution is worth.
 */
public final class Sac implements NetworkLearner {
  private final Critics critics;
  private final EntropicPolicy policy;
  private final Config config;

  /**
   * What can be set.
   *
   * @param learningRate of all networks and the temperature
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(double learningRate, double polyak) implements Serializable, TargetCopies {
    /** The paper's. */
    public static final Config DEFAULT = new Config(3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public Sac(Setting setting, Config config) {
    this.config = config;
    critics = new Critics(setting, 2, setting.network(), config.learningRate());
    policy =
        new EntropicPolicy(
            setting,
            setting.network(),
            new Head.SquashedGaussian(-20, 2),
            config.learningRate(),
            config.learningRate());
  }

  /** One gradient step of critics, policy and temperature, in this order. */
  @Override
  public Losses update(MiniBatch batch) {
    float[] targets = batch.targets(softNextValues(batch, policy, critics));
    Map<String, Double> figures = new TreeMap<>();
    figures.put("critic_loss", critics.step(batch, targets));
    figures.putAll(policy.improve(batch.observations(), critics, batch.random("policy")));
    critics.follow(config.polyak());
    return Losses.of(figures);
  }

  /** (B): {@code min Q'(o', a') - α log π(a'|o')}, a' drawn from the policy. */
  static float[] softNextValues(MiniBatch batch, EntropicPolicy policy, Critics critics) {
    int[] next = batch.nextObservations();
    SquashedSample drawn = policy.actor().draw(next, batch.random("next actions"));
    float[] values = critics.leastTarget(next, drawn.actions());
    for (int i = 0; i < values.length; i++) {
      values[i] -= (float) (policy.temperature() * drawn.logDensities()[i]);
    }
    return values;
  }

  @Override
  public Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>(critics.networks());
    all.putAll(policy.networks());
    return all;
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
