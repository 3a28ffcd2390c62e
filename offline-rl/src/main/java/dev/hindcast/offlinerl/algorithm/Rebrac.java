package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.LeastValue;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.NormalizedValue;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.offlinerl.network.Architecture.Initialization;
import dev.hindcast.offlinerl.network.Architecture.Normalization;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * ReBRAC: TD3 with behavior cloning where targets, too, pay for leaving the log, with deeper
 * networks and normalized critics. Tarasov, Kurenkov, Nikulin, Kolesnikov (2023), arXiv:2305.09836.
 *
 * <p>Departs: layer normalization adds 1e-5 to the variance, not 1e-6; the policy's last layer
 * begins within 0.003, not 0.001. A step that is not terminated and whose next action is not in the
 * log pays nothing in its target.
 */
public final class Rebrac implements NetworkLearner {
  private final Critics critics;
  private final DeterministicActor policy;
  private final Experience experience;
  private final Config config;

  /**
   * What can be set.
   *
   * @param cloningWeight β of the policy, at least 0: weight of the squared distance to the logged
   *     action
   * @param targetPenalty β of the critics, at least 0: weight of the squared distance of target
   *     actions to the logged next action
   * @param targetNoise deviation of the noise on target actions, where actions reach from -1 to 1
   * @param noiseClip largest size of that noise
   * @param policyDelay critic steps for each step of the policy and the targets, at least 1
   * @param learningRate of all networks
   * @param polyak how far the targets follow when they are moved, in (0, 1]
   */
  public record Config(
      double cloningWeight,
      double targetPenalty,
      double targetNoise,
      double noiseClip,
      int policyDelay,
      double learningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** The paper's for locomotion, with the weights of hopper-medium; made for batches of 1024. */
    public static final Config DEFAULT = new Config(0.01, 0.01, 0.2, 0.5, 2, 1e-3, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.nonNegative("cloning-weight", cloningWeight);
      Require.nonNegative("target-penalty", targetPenalty);
      Require.nonNegative("target-noise", targetNoise);
      Require.nonNegative("noise-clip", noiseClip);
      Require.positive("policy-delay", policyDelay);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public Rebrac(Setting setting, Config config) {
    this.config = config;
    experience = setting.experience();
    Setting.Blueprint blueprint =
        setting.network().layers(3).initialized(Initialization.SMALL_LAST_LAYER);
    critics =
        new Critics(
            setting,
            2,
            blueprint.normalized(Normalization.AFTER_ACTIVATION),
            config.learningRate());
    policy = DeterministicActor.withTarget(setting, blueprint, config.learningRate());
  }

  /**
   * One gradient step of the critics; in every second update, the first included, of the policy.
   */
  @Override
  public Losses update(MiniBatch batch) {
    int[] next = batch.nextObservations();
    float[] nextActions =
        policy.noisyTargetAct(
            next, config.targetNoise(), config.noiseClip(), batch.random("target noise"));
    float[] values = critics.leastTarget(next, nextActions); // (B)
    float[] distances = distances(batch.rows(), nextActions); // (B)
    float[] targets = batch.targets(penalized(values, distances, config.targetPenalty()));

    Map<String, Double> figures = new TreeMap<>();
    figures.put("critic_loss", critics.step(batch, targets));
    figures.put("target_distance", Losses.mean(distances));
    if (batch.update() % config.policyDelay() == 0) {
      policy.follow(config.polyak()); // before the step, as the authors' program does
      figures.putAll(improvePolicy(batch));
      critics.follow(config.polyak());
    }
    return Losses.of(figures);
  }

  /** (B): what values are worth after paying for distances. */
  static float[] penalized(float[] values, float[] distances, double weight) {
    float[] penalized = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      penalized[i] = (float) (values[i] - weight * distances[i]);
    }
    return penalized;
  }

  /** (B): squared distances to the logged next actions; 0 where the log has none. */
  private float[] distances(int[] steps, float[] nextActions) {
    int d = experience.dimensions();
    float[] logged = experience.actionVectors();
    float[] distances = new float[steps.length];
    for (int i = 0; i < steps.length; i++) {
      int after = experience.data().nextActionRow(steps[i]);
      if (after == TransitionColumns.UNKNOWN) {
        continue;
      }
      double sum = 0;
      for (int j = 0; j < d; j++) {
        double error = (double) nextActions[i * d + j] - logged[after * d + j];
        sum += error * error;
      }
      distances[i] = (float) sum;
    }
    return distances;
  }

  /** Raises the least critic's value, on the scale of its mean size, and clones. */
  private Map<String, Double> improvePolicy(MiniBatch batch) {
    int[] observations = batch.observations();
    float[] actions = policy.forward(observations); // (B, dimensions)
    LeastValue least = LeastValue.of(critics.forwardAll(observations, actions));
    NormalizedValue value = NormalizedValue.of(least.values(), 1);
    Loss cloning =
        SquaredError.of(actions, batch.actionVectors())
            .times(config.cloningWeight() * experience.dimensions());
    float[] gradient =
        critics.actionGradient(least.spread(value.loss().gradient(), critics.count()));
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] += cloning.gradient()[i];
    }
    policy.step(gradient);
    return Map.of(
        "policy_loss", value.loss().value() + cloning.value(),
        "cloning_loss", cloning.value(),
        "policy_value", Losses.mean(least.values()),
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
