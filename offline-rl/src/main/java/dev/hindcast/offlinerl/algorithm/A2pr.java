package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.GuidedCloning;
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
 * Adaptive advantage-guided policy regularization: TD3 whose policy clones, in each row, the better
 * of the logged action and one from a model of the good part of the behavior policy, and clones
 * nothing where neither is better than average. Liu, Li, Lan, Gao, Pan, Xu (2024),
 * arXiv:2405.19909.
 *
 * <p>Where the paper and its authors' program differ, this follows the program: the candidate is
 * the model's reconstruction of the policy's own action, not a draw from its prior; the value
 * learns the lesser of the target critics' and the online critics' targets; the threshold on the
 * advantage is 0.
 */
public final class A2pr implements NetworkLearner {
  private final Critics critics;
  private final Network value;
  private final DeterministicActor policy;
  private final ActionAutoencoder behavior;
  private final Setting setting;
  private final Config config;
  private final Guide guide;

  /** Whether the cloning loss also reaches the policy through the candidate it made. */
  public enum Candidate {
    /** It does, as in the authors' program. */
    ATTACHED,
    /** It does not: the candidate stands still. */
    DETACHED
  }

  /** Which action to clone, by (B) values of candidates, of logged actions and of observations. */
  interface Guide {
    GuidedCloning choose(float[] qCandidate, float[] qLogged, float[] value);
  }

  /**
   * What can be set.
   *
   * @param valueWeight α, at least 0; larger trusts the critic more, 0 clones only
   * @param cloningWeight of the cloning loss, at least 0; 0 makes it TD3
   * @param reconstructionWeight of the behavior model's reconstruction loss, at least 0
   * @param candidate how its gradient flows
   * @param vaeWidth of both hidden layers of the behavior model's halves
   * @param targetNoise deviation of the noise on target actions, where actions reach from -1 to 1
   * @param noiseClip largest size of that noise
   * @param policyDelay critic steps for each step of the policy and the targets, at least 1
   * @param learningRate of policy, critics and value
   * @param vaeLearningRate of the behavior model
   * @param polyak how far the targets follow when they are moved, in (0, 1]
   */
  public record Config(
      double valueWeight,
      double cloningWeight,
      double reconstructionWeight,
      Candidate candidate,
      int vaeWidth,
      double targetNoise,
      double noiseClip,
      int policyDelay,
      double learningRate,
      double vaeLearningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** The defaults of the authors' program, with cloning at full weight. */
    public static final Config DEFAULT =
        new Config(2.5, 1, 1, Candidate.ATTACHED, 750, 0.2, 0.5, 2, 3e-4, 1e-3, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.nonNegative("value-weight", valueWeight);
      Require.nonNegative("cloning-weight", cloningWeight);
      Require.nonNegative("reconstruction-weight", reconstructionWeight);
      Require.positive("vae-width", vaeWidth);
      Require.nonNegative("target-noise", targetNoise);
      Require.nonNegative("noise-clip", noiseClip);
      Require.positive("policy-delay", policyDelay);
      Require.positive("learning-rate", learningRate);
      Require.positive("vae-learning-rate", vaeLearningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public A2pr(Setting setting, Config config) {
    this(setting, config, GuidedCloning::of);
  }

  /** Choosing by another rule. */
  A2pr(Setting setting, Config config, Guide guide) {
    this.setting = setting;
    this.config = config;
    this.guide = guide;
    Setting.Blueprint deep = setting.network().layers(4);
    critics = new Critics(setting, 2, deep, config.learningRate());
    value = deep.create("value", 1, config.learningRate());
    policy =
        DeterministicActor.withTarget(setting, setting.network().layers(3), config.learningRate());
    behavior = new ActionAutoencoder(setting, config.vaeWidth(), config.vaeLearningRate());
  }

  /**
   * One gradient step of critics, value and behavior model; in every second update also of the
   * policy. Comparisons use the critic from after its step and the value from before its.
   */
  @Override
  public Losses update(MiniBatch batch) {
    int[] next = batch.nextObservations();
    float[] nextActions =
        policy.noisyTargetAct(
            next, config.targetNoise(), config.noiseClip(), batch.random("target noise"));
    float[] targets = batch.targets(critics.leastTarget(next, nextActions)); // (B)
    double criticLoss = critics.step(batch, targets);

    float[] online = batch.targets(critics.least(next, nextActions)); // (B)
    float[] v = value.forward(setting.observations(), batch.observations()); // (B)
    Loss valueLoss = SquaredError.of(v, lesser(targets, online));
    value.backward(valueLoss.gradient());
    value.step();

    float[] q = critics.logged(0, batch); // (B)
    float[] good = better(q, v); // (B)
    ActionAutoencoder.Fit fit =
        behavior.fit(
            batch, scaled(good, config.reconstructionWeight()), batch.random("autoencoder"));

    Map<String, Double> figures = new TreeMap<>();
    figures.put("critic_loss", criticLoss);
    figures.put("value_loss", valueLoss.value());
    figures.put("reconstruction_loss", fit.reconstruction());
    figures.put("divergence_loss", fit.divergence());
    figures.put("max_log_deviation", fit.maxLogDeviation());
    figures.put("value", Losses.mean(v));
    figures.put("q_mean", Losses.mean(q));
    figures.put("q_size", Losses.meanAbsolute(q));
    figures.put("behavior_gate", Losses.mean(good));
    if ((batch.update() + 1) % config.policyDelay() == 0) {
      figures.putAll(improvePolicy(batch, q, v));
      critics.follow(config.polyak());
      policy.follow(config.polyak());
    }
    return Losses.of(figures);
  }

  /**
   * Raises the first critic's value of the policy's action, and clones what the guide chose.
   *
   * @param q (B), of the logged actions
   * @param v (B)
   */
  private Map<String, Double> improvePolicy(MiniBatch batch, float[] q, float[] v) {
    int[] observations = batch.observations();
    float[] actions = policy.forward(observations); // (B, dimensions)
    NormalizedValue raised =
        NormalizedValue.of(critics.forward(0, observations, actions), config.valueWeight());
    float[] gradient = critics.actionGradient(0, raised.loss().gradient());

    float[] candidates =
        behavior.reconstruct(observations, actions, batch.random("candidate")); // (B, dimensions)
    GuidedCloning choice = guide.choose(critics.at(0, observations, candidates), q, v);
    GuidedCloning.Cloning cloning =
        choice.of(actions, candidates, batch.actionVectors(), config.cloningWeight());
    add(gradient, cloning.loss().gradient());
    if (config.candidate() == Candidate.ATTACHED) {
      add(gradient, behavior.actionGradient(cloning.candidateGradient()));
    }
    policy.step(gradient);
    return Map.of(
        "policy_loss", raised.loss().value() + cloning.loss().value(),
        "cloning_loss", cloning.loss().value(),
        "cloning_gate", Losses.mean(choice.gates()),
        "candidate_share", choice.candidateShare(),
        "lambda", raised.factor());
  }

  /** (B): 1 where the logged action is better than the value, otherwise 0. */
  private static float[] better(float[] q, float[] v) {
    float[] better = new float[q.length];
    for (int i = 0; i < q.length; i++) {
      better[i] = q[i] > v[i] ? 1 : 0;
    }
    return better;
  }

  private static float[] lesser(float[] a, float[] b) {
    float[] lesser = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      lesser[i] = Math.min(a[i], b[i]);
    }
    return lesser;
  }

  private static float[] scaled(float[] values, double factor) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = (float) (factor * values[i]);
    }
    return scaled;
  }

  private static void add(float[] sum, float[] more) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += more[i];
    }
  }

  @Override
  public Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>(critics.networks());
    all.putAll(policy.networks());
    all.putAll(behavior.networks());
    all.put("value", value);
    return all;
  }

  @Override
  public Product product() {
    return policy.product();
  }
}
