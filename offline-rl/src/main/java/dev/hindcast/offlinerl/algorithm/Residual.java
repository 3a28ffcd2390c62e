package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.offlinerl.network.Architecture.Initialization;
import dev.hindcast.offlinerl.network.Architecture.Normalization;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A residual policy over a cloned base: the base acts and is frozen, and a second network, which
 * sees what the base would do, may correct it within narrow bounds. Ankile, Jiang, Duan, Shi,
 * Abbeel, Nagabandi (2025), arXiv:2509.19301 (ResFiT).
 *
 * <p>First phase: the base imitates the log, while the critics learn what the base is worth. Second
 * phase: critics on the executed action {@code clip(base + scale * tanh(policy))}, their targets
 * the least of two that are drawn from all target critics in every update, as in REDQ (Chen and
 * others, 2021); the policy climbs the mean of all critics. Its last layer begins at 0, so training
 * begins with the base itself.
 *
 * <p>Departs: the base is cloned here instead of given; returns of one step; no terms for the
 * distributional critic, which the paper calls optional; the critics warm up during the first phase
 * instead of after it.
 */
public final class Residual implements NetworkLearner {
  private static final int ASKED = 2;
  private static final double NOISE = 0.05;

  private final Setting setting;
  private final Config config;
  private final DeterministicActor base;
  private final Network policy;
  private final Network targetPolicy;
  private final Critics critics;

  /**
   * What can be set.
   *
   * @param cloningUpdates how many updates the first phase takes, at least 1
   * @param scale how far the policy may move an action that reaches from -1 to 1, above 0
   * @param critics how many, at least 2
   * @param cloningRate learning rate of the base
   * @param policyRate learning rate of the policy
   * @param learningRate of the critics
   * @param polyak how far the targets follow in each update, in (0, 1]
   */
  public record Config(
      int cloningUpdates,
      double scale,
      int critics,
      double cloningRate,
      double policyRate,
      double learningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** Those of the authors' program; the base's rate is that of behavior cloning. */
    public static final Config DEFAULT = new Config(10_000, 0.1, 10, 3e-4, 1e-6, 1e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.positive("cloning-updates", cloningUpdates);
      Require.positive("scale", scale);
      Require.that(critics >= ASKED, "critics is " + critics + ", but must be at least 2.");
      Require.positive("cloning-rate", cloningRate);
      Require.positive("policy-rate", policyRate);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public Residual(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    base = DeterministicActor.alone(setting, setting.network(), config.cloningRate());
    int d = setting.dimensions();
    policy =
        setting
            .network()
            .extra(d)
            .initialized(Initialization.ZERO_LAST_LAYER)
            .create("residual policy", d, config.policyRate());
    targetPolicy = setting.targetOf(policy);
    critics =
        new Critics(
            setting,
            config.critics(),
            setting.network().normalized(Normalization.BEFORE_ACTIVATION),
            config.learningRate());
  }

  @Override
  public Losses update(MiniBatch batch) {
    Map<String, Double> figures = new TreeMap<>();
    figures.put("critic_loss", critics.step(batch, targets(batch)));
    if (batch.update() < config.cloningUpdates()) {
      float[] weights = new float[batch.size()];
      Arrays.fill(weights, 1);
      figures.put("cloning_loss", base.imitate(batch, weights));
    } else {
      figures.putAll(improve(batch));
      targetPolicy.polyakFrom(policy, config.polyak());
    }
    critics.follow(config.polyak());
    return Losses.of(figures);
  }

  /** (B): r + γ (1 − terminated) min Q'(o', a') over two critics, a' executed with noise. */
  private float[] targets(MiniBatch batch) {
    int[] next = batch.nextObservations();
    SplittableRandom random = batch.random("target noise");
    float[] baseActions = base.act(next);
    float[] moves = targetPolicy.predict(setting.observations(), next, baseActions);
    float[] actions = executed(baseActions, moves, config.scale());
    for (int i = 0; i < actions.length; i++) {
      double noise = Math.min(2 * NOISE, Math.max(-2 * NOISE, NOISE * random.nextGaussian()));
      actions[i] = (float) Math.min(1, Math.max(-1, actions[i] + noise));
    }
    int one = random.nextInt(critics.count());
    int other = (one + 1 + random.nextInt(critics.count() - 1)) % critics.count();
    return batch.targets(critics.leastTarget(new int[] {one, other}, next, actions));
  }

  /** One step of the policy along the mean of all critics. */
  private Map<String, Double> improve(MiniBatch batch) {
    int[] here = batch.observations();
    float[] baseActions = base.act(here);
    float[] moves = policy.forward(setting.observations(), here, baseActions);
    float[] actions = executed(baseActions, moves, config.scale());
    float[][] q = critics.forwardAll(here, actions);
    float[][] share = new float[q.length][here.length];
    double value = 0;
    for (int critic = 0; critic < q.length; critic++) {
      Arrays.fill(share[critic], -1f / (q.length * here.length));
      value += Losses.mean(q[critic]) / q.length;
    }
    float[] gradient = critics.actionGradient(share); // (B, dimensions), by the executed actions
    float[] moved = new float[actions.length];
    for (int i = 0; i < gradient.length; i++) {
      double tangent = Math.tanh(moves[i]);
      boolean isCut = Math.abs(baseActions[i] + config.scale() * tangent) > 1;
      gradient[i] *= isCut ? 0 : (float) (config.scale() * (1 - tangent * tangent));
      moved[i] = actions[i] - baseActions[i];
    }
    policy.backward(gradient);
    policy.step();
    return Map.of("policy_loss", -value, "q_mean", value, "correction", Losses.meanAbsolute(moved));
  }

  /** clip(base + scale * tanh(move)) to [-1, 1]. */
  static float[] executed(float[] baseActions, float[] moves, double scale) {
    float[] actions = new float[moves.length];
    for (int i = 0; i < actions.length; i++) {
      double sum = baseActions[i] + scale * Math.tanh(moves[i]);
      actions[i] = (float) Math.min(1, Math.max(-1, sum));
    }
    return actions;
  }

  @Override
  public Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>(critics.networks());
    all.put("base", base.networks().get("policy"));
    all.put("policy", policy);
    all.put("target_policy", targetPolicy);
    return all;
  }

  @Override
  public Product product() {
    return new Product(
        new Head.Residual(config.scale()),
        Map.of(Head.POLICY, policy, Head.BASE, base.networks().get("policy")),
        Map.of());
  }
}
