package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import dev.hindcast.training.learner.ReturnToGo;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calibrated Q-learning: {@link Cql} that never pushes the value of the policy's actions below what
 * the log earned from there on, so that learning can go on with fresh steps without first having to
 * unlearn. Nakamoto, Zhai, Singh, Mark, Ma, Finn, Kumar, Levine (2023), arXiv:2303.05479.
 *
 * <p>Departs as {@link Cql} does, and: what followed a truncated episode is worth what the target
 * critics say (the paper's episodes end by themselves).
 */
public final class CalQl implements NetworkLearner {
  private final Critics critics;
  private final EntropicPolicy policy;
  private final ReturnToGo reference;
  private final ConservativeWeight weight;
  private final Config config;

  /**
   * What can be set.
   *
   * @param conservativeWeight of the penalty, at least 0
   * @param targetGap what the penalty is brought to by a learned multiplier of its weight, at least
   *     0; 0 leaves the weight fixed
   * @param samples actions of each of three kinds drawn for each row, and next actions among which
   *     targets take the best
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
    /** The paper's, with the weight that it uses for mazes. */
    public static final Config DEFAULT = new Config(5, 0, 10, 3e-4, 1e-4, 0.005);

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
  public CalQl(Setting setting, Config config) {
    this.config = config;
    weight =
        new ConservativeWeight(
            config.conservativeWeight(), config.targetGap(), config.learningRate());
    reference = new ReturnToGo(setting.experience());
    Setting.Blueprint blueprint = setting.network();
    critics = new Critics(setting, 2, blueprint.layers(4), config.learningRate());
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
    float[] targets = batch.targets(bestNextValues(batch, next, nextOutputs)); // (B)
    ConservativeDraws draws =
        new ConservativeDraws(batch, policy.actor(), nextOutputs, config.samples());
    float[] references = reference.of(batch.rows(), ends -> values(ends, batch)); // (B)

    Map<String, Double> figures =
        new TreeMap<>(policy.improve(batch.observations(), critics, batch.random("policy")));
    ConservativeDraws.Tally tally =
        draws.step(critics, targets, draws.floors(references), weight.value());
    critics.follow(config.polyak());
    if (weight.isLearned()) {
      figures.put("conservative_multiplier", weight.multiplier());
    }
    weight.follow(tally.gap());
    figures.put("critic_loss", tally.bellman());
    figures.put("conservative_gap", tally.gap());
    figures.put("bound_rate", tally.boundRate());
    figures.put("reference", Losses.mean(references));
    figures.put("q_mean", tally.q());
    return Losses.of(figures);
  }

  /** (B): the greatest over several drawn next actions of the least of the target critics. */
  private float[] bestNextValues(MiniBatch batch, int[] next, float[] nextOutputs) {
    int samples = config.samples();
    float[] actions =
        policy
            .actor()
            .sample(
                ConservativeDraws.repeated(nextOutputs, next.length, samples),
                batch.random("next actions"))
            .actions();
    int[] observations = new int[next.length * samples];
    for (int i = 0; i < observations.length; i++) {
      observations[i] = next[i / samples];
    }
    float[] values = critics.leastTarget(observations, actions); // (B, samples)
    float[] best = new float[next.length];
    Arrays.fill(best, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < values.length; i++) {
      best[i / samples] = Math.max(best[i / samples], values[i]);
    }
    return best;
  }

  /** (B): what the target critics say of the policy where the log broke off. */
  private float[] values(int[] observations, MiniBatch batch) {
    return critics.leastTarget(
        observations, policy.actor().draw(observations, batch.random("after the end")).actions());
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
