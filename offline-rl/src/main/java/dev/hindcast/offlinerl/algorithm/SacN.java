package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
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
 * Soft actor-critic with many critics: the least of them is low wherever they disagree, which is
 * where the log has not been. An, Moon, Kim, Song (2021), arXiv:2110.01548.
 *
 * <p>Departs: networks begin as others here do. The authors' hidden biases of 0.1 put the kinks of
 * all units in one place, from where networks of a single narrow layer learned nothing.
 */
public final class SacN implements NetworkLearner {
  private final Critics critics;
  private final EntropicPolicy policy;
  private final Config config;

  /**
   * What can be set.
   *
   * @param critics how many, at least 2; each costs as much as all of a plain critic
   * @param learningRate of all networks and the temperature
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(int critics, double learningRate, double polyak)
      implements Serializable, TargetCopies {
    /** The paper's for halfcheetah; the other robots needed 20 to 500 critics. */
    public static final Config DEFAULT = new Config(10, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.that(critics >= 2, "critics is " + critics + ", but must be at least 2.");
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public SacN(Setting setting, Config config) {
    this.config = config;
    Setting.Blueprint blueprint = setting.network().layers(3);
    critics = new Critics(setting, config.critics(), blueprint, config.learningRate());
    policy =
        new EntropicPolicy(
            setting,
            blueprint,
            new Head.SquashedGaussian(-5, 2),
            config.learningRate(),
            config.learningRate());
  }

  /** One gradient step of policy and temperature, then of the critics. */
  @Override
  public Losses update(MiniBatch batch) {
    Map<String, Double> figures =
        new TreeMap<>(policy.improve(batch.observations(), critics, batch.random("policy")));
    float[] targets = batch.targets(Sac.softNextValues(batch, policy, critics));
    figures.put("critic_loss", critics.step(batch, targets));
    critics.follow(config.polyak());
    return Losses.of(figures);
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
