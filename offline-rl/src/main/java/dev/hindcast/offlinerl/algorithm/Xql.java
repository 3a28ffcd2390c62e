package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.AdvantageWeight;
import dev.hindcast.core.loss.Gumbel;
import dev.hindcast.core.loss.Huber;
import dev.hindcast.offlinerl.network.Architecture.Initialization;
import dev.hindcast.offlinerl.network.Architecture.Normalization;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Extreme Q-learning (XQL): as implicit Q-learning it never asks Q about an action absent from the
 * data, and its V is the soft maximum of Q under the data, learned by Gumbel regression. Garg,
 * Hejna, Geist, Ermon (2023), arXiv:2301.02328; order of steps, guards of the exponential, weights
 * and Huber loss are those of the authors' program.
 *
 * <p>Departs: one value step in each update, on logged actions as they are (the program can make
 * several, and add random actions or noise). With discrete actions the critics have one output per
 * action, the policy is categorical, and steps whose logged action lies outside its mask teach the
 * critics only.
 */
public final class Xql implements NetworkLearner {
  private static final double HUBER = 20;

  private final StateValue value;
  private final Critics critics;
  private final Actor policy;
  private final Config config;

  /**
   * What can be set.
   *
   * @param temperature β of the Gumbel regression, above 0; nearer 0 brings V nearer to the best
   *     action in the data, and nearer to where the exponential blows up
   * @param clip where the exponent is cut off
   * @param inverseTemperature of the policy's weights; 0 clones, larger follows the advantage more
   *     sharply; must suit the scale of the rewards
   * @param policy what it is made of when actions are continuous
   * @param learningRate of all networks; the policy's falls to zero along half a cosine
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(
      double temperature,
      double clip,
      double inverseTemperature,
      PolicyForm policy,
      double learningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** The paper's one setting for locomotion. */
    public static final Config DEFAULT = new Config(2, 7, 3, PolicyForm.GAUSSIAN, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.positive("temperature", temperature);
      Require.positive("clip", clip);
      Require.nonNegative("inverse-temperature", inverseTemperature);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public Xql(Setting setting, Config config) {
    this.config = config;
    Setting.Blueprint plain = setting.network().initialized(Initialization.ORTHOGONAL);
    value =
        new StateValue(
            setting, plain.normalized(Normalization.BEFORE_ACTIVATION), config.learningRate());
    critics = new Critics(setting, 2, plain, config.learningRate());
    policy = Actor.imitating(setting, plain, config.policy(), config.learningRate());
  }

  /** One gradient step of value, policy and critics. */
  @Override
  public Losses update(MiniBatch batch) {
    float[] q = critics.leastTargetLogged(batch); // (B)
    float[] before = value.forward(batch); // (B)
    double valueLoss =
        value.step(
            Gumbel.of(before, q, config.temperature(), config.clip(), batch.admissibleWeights()));

    float[] v = value.of(batch.observations()); // (B)
    float[] weights = AdvantageWeight.of(q, v, config.inverseTemperature()); // (B)
    policy.learningRate(LearningRate.cosine(config.learningRate(), batch.progress()));
    double policyLoss = policy.imitate(batch, weights);

    float[] nextV = value.of(batch.nextObservations()); // (B)
    double criticLoss =
        critics.step(
            batch, batch.targets(nextV), (output, target) -> Huber.of(output, target, HUBER));
    critics.follow(config.polyak());
    return Losses.of(
        Map.of(
            "value_loss", valueLoss,
            "critic_loss", criticLoss,
            "policy_loss", policyLoss,
            "value", Losses.mean(v),
            "q_mean", Losses.mean(q),
            "clipped", Losses.shareAbove(q, before, config.clip() * config.temperature()),
            "capped_weights", Losses.shareAtLeast(weights, AdvantageWeight.GREATEST)));
  }

  @Override
  public Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>(critics.networks());
    all.putAll(policy.networks());
    all.put("value", value.network());
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
