package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.Alignment;
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
 * Soft actor-critic with critics that are kept from agreeing: {@link SacN}, with a price for slopes
 * by the action that point the same way, so that fewer critics suffice. An, Moon, Kim, Song (2021),
 * arXiv:2110.01548; equation numbers are that paper's.
 *
 * <p>Departs: networks begin as others here do. The authors' hidden biases of 0.1 put the kinks of
 * all units in one place, from where networks of a single narrow layer learned nothing.
 */
public final class Edac implements NetworkLearner {
  private final Critics critics;
  private final EntropicPolicy policy;
  private final int dimensions;
  private final Config config;

  /**
   * What can be set.
   *
   * @param critics how many, at least 2
   * @param diversityWeight η of Eq. 8, at least 0; 0 is {@link SacN}
   * @param learningRate of all networks and the temperature
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(int critics, double diversityWeight, double learningRate, double polyak)
      implements Serializable, TargetCopies {
    /** The paper's for most robots; hopper needed 50 critics. */
    public static final Config DEFAULT = new Config(10, 1, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.that(critics >= 2, "critics is " + critics + ", but must be at least 2.");
      Require.nonNegative("diversity-weight", diversityWeight);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public Edac(Setting setting, Config config) {
    this.config = config;
    dimensions = setting.dimensions();
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
    Alignment alignment =
        Alignment.of(critics.slopes(batch), dimensions, config.diversityWeight()); // Eq. 7
    figures.put("critic_loss", critics.step(batch, targets, alignment.gradients()));
    figures.put("diversity_loss", alignment.value());
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
