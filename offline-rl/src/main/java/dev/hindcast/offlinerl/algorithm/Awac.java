package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.AdvantageWeight;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Advantage-weighted actor-critic (AWAC): clones the log, each action weighted by how much better
 * it is than what the policy itself would do, and values that policy. Nair, Gupta, Dalal, Levine
 * (2020), arXiv:2006.09359; equation numbers are that paper's, settings CORL's.
 *
 * <p>V is the Q of one action drawn from the policy, cut to the box; with discrete actions it is
 * the exact expectation over the admissible ones, the policy is categorical, and steps whose logged
 * action lies outside its mask teach the critics only.
 *
 * <p>Departs: weights end at 100, as in CORL.
 */
public final class Awac implements NetworkLearner {
  private static final int LAYERS = 3;

  private final Critics critics;
  private final Conduct policy;
  private final Config config;

  /**
   * What can be set.
   *
   * @param inverseTemperature 1/λ of Eq. 9; 0 clones, larger follows the advantage more sharply;
   *     must suit the scale of the rewards
   * @param learningRate of all networks
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(double inverseTemperature, double learningRate, double polyak)
      implements Serializable, TargetCopies {
    /** The settings of CORL, the field's benchmark library, for locomotion. */
    public static final Config DEFAULT = new Config(3, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.nonNegative("inverse-temperature", inverseTemperature);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** A policy whose own actions can be valued. */
  private sealed interface Conduct {
    /** What clones. */
    Actor actor();

    /** (B): the least of the critics for what the policy does now. */
    float[] values(MiniBatch batch, Critics critics);

    /** (B): the least of the target critics for what the policy does next. */
    float[] nextValues(MiniBatch batch, Critics critics);
  }

  /** Over discrete actions: the expectation. */
  private record Expected(CategoricalActor actor) implements Conduct {
    @Override
    public float[] values(MiniBatch batch, Critics critics) {
      int[] observations = batch.observations();
      return expectation(
          actor.probabilities(observations, batch.masks()), critics.leastOfAll(observations));
    }

    @Override
    public float[] nextValues(MiniBatch batch, Critics critics) {
      int[] observations = batch.nextObservations();
      return expectation(
          actor.probabilities(observations, batch.nextMasks()),
          critics.leastTargetOfAll(observations));
    }

    private float[] expectation(double[] probabilities, float[] q) {
      int actions = actor.actions();
      float[] v = new float[q.length / actions];
      for (int row = 0; row < v.length; row++) {
        double sum = 0;
        for (int i = row * actions; i < (row + 1) * actions; i++) {
          sum += probabilities[i] * q[i];
        }
        v[row] = (float) sum;
      }
      return v;
    }
  }

  /** Over continuous actions: one draw. */
  private record Drawn(GaussianActor actor) implements Conduct {
    @Override
    public float[] values(MiniBatch batch, Critics critics) {
      int[] observations = batch.observations();
      return critics.least(observations, actor.draw(observations, batch.random("actions")));
    }

    @Override
    public float[] nextValues(MiniBatch batch, Critics critics) {
      int[] observations = batch.nextObservations();
      return critics.leastTarget(
          observations, actor.draw(observations, batch.random("next actions")));
    }
  }

  /** On this data. */
  public Awac(Setting setting, Config config) {
    this.config = config;
    Setting.Blueprint blueprint = setting.network().layers(LAYERS);
    double rate = config.learningRate();
    critics = new Critics(setting, 2, blueprint, rate);
    policy =
        setting.isDiscrete()
            ? new Expected(new CategoricalActor(setting, blueprint, rate))
            : new Drawn(new GaussianActor(setting, blueprint, GaussianActor.Mean.FREE, rate));
  }

  /** One gradient step of critics and policy. */
  @Override
  public Losses update(MiniBatch batch) {
    float[] targets = batch.targets(policy.nextValues(batch, critics)); // (B)
    double criticLoss = critics.step(batch, targets); // Eq. 7

    float[] q = critics.leastLogged(batch); // (B)
    float[] v = policy.values(batch, critics); // (B)
    float[] weights = AdvantageWeight.of(q, v, config.inverseTemperature()); // (B)
    double policyLoss = policy.actor().imitate(batch, weights); // Eq. 9
    critics.follow(config.polyak());
    return Losses.of(
        Map.of(
            "critic_loss", criticLoss,
            "policy_loss", policyLoss,
            "value", Losses.mean(v),
            "q_mean", Losses.mean(q),
            "capped_weights", Losses.shareAtLeast(weights, AdvantageWeight.GREATEST)));
  }

  @Override
  public Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>(critics.networks());
    all.putAll(policy.actor().networks());
    return all;
  }

  @Override
  public Map<String, FreeParameters> parameters() {
    return policy.actor().parameters();
  }

  @Override
  public Product product() {
    return policy.actor().product();
  }
}
