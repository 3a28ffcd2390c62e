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
 * Conservative Q-learning for continuous actions: soft actor-critic whose critics are pushed down
 * where the policy or chance would go and up where the log went. Kumar, Zhou, Tucker, Levine
 * (2020), arXiv:2006.04779, the variant CQL(H) with importance weights.
 *
 * <p>The weight of the penalty is fixed, or learned by the paper's Lagrange variant. Departs: the
 * policy's log deviations are the network's outputs, without a learned scale and shift; networks
 * begin as others here do, not orthogonal.
 */
public final class Cql implements NetworkLearner {
  private final Critics critics;
  private final EntropicPolicy policy;
  private final ConservativeWeight weight;
  private final Config config;

  /**
   * What can be set.
   *
   * @param conservativeWeight of the penalty, at least 0; 0 is soft actor-critic without entropy in
   *     the targets
   * @param targetGap what the penalty is brought to by a learned multiplier of its weight, at least
   *     0; 0 leaves the weight fixed
   * @param samples actions of each of three kinds drawn for each row
   * @param learningRate of the critics
   * @param policyLearningRate of policy and temperature
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(
      double conservativeWeight,
      double targetGap,
      int samples,
      double learningRate,
      double policyLearningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** The settings of CORL, the field's benchmark library, for locomotion. */
    public static final Config DEFAULT = new Config(10, 0, 10, 3e-4, 3e-5, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.nonNegative("conservative-weight", conservativeWeight);
      Require.nonNegative("target-gap", targetGap);
      Require.positive("samples", samples);
      Require.positive("learning-rate", learningRate);
      Require.positive("policy-learning-rate", policyLearningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public Cql(Setting setting, Config config) {
    this.config = config;
    weight =
        new ConservativeWeight(
            config.conservativeWeight(), config.targetGap(), config.learningRate());
    Setting.Blueprint blueprint = setting.network().layers(3);
    critics = new Critics(setting, 2, blueprint, config.learningRate());
    policy =
        new EntropicPolicy(
            setting,
            blueprint,
            new Head.SquashedGaussian(-20, 2),
            config.policyLearningRate(),
            config.policyLearningRate());
  }

  /** One gradient step of policy and temperature, then, with draws from before it, of critics. */
  @Override
  public Losses update(MiniBatch batch) {
    int[] next = batch.nextObservations();
    float[] nextOutputs = policy.actor().outputs(next); // (B, 2 dimensions)
    float[] nextActions =
        policy.actor().sample(nextOutputs, batch.random("next actions")).actions();
    float[] targets = batch.targets(critics.leastTarget(next, nextActions)); // (B)
    ConservativeDraws draws =
        new ConservativeDraws(batch, policy.actor(), nextOutputs, config.samples());

    Map<String, Double> figures =
        new TreeMap<>(policy.improve(batch.observations(), critics, batch.random("policy")));
    ConservativeDraws.Tally tally =
        draws.step(critics, targets, draws.withoutFloors(), weight.value());
    critics.follow(config.polyak());
    if (weight.isLearned()) {
      figures.put("conservative_multiplier", weight.multiplier());
    }
    weight.follow(tally.gap());
    figures.put("critic_loss", tally.bellman());
    figures.put("conservative_gap", tally.gap());
    figures.put("q_mean", tally.q());
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
    Map<String, FreeParameters> all = new TreeMap<>(policy.parameters());
    all.putAll(weight.parameters());
    return all;
  }

  @Override
  public Product product() {
    return policy.product();
  }
}
