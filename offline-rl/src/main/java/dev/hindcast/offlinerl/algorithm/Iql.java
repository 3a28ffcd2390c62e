package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.AdvantageWeight;
import dev.hindcast.core.loss.Expectile;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Implicit Q-learning: learns a good policy without ever asking Q about an action absent from the
 * data. Kostrikov, Nair, Levine (2021), arXiv:2110.06169; equation numbers are that paper's.
 *
 * <p>Departs: the policy is extracted in the same step as the values (the paper allows both), with
 * the advantage from before the value step, as CORL does. With discrete actions the critics have
 * one output per action, the policy is categorical, and steps whose logged action lies outside its
 * mask teach the critics only: value and policy speak of what may be done.
 */
public final class Iql implements NetworkLearner {
  private final StateValue value;
  private final Critics critics;
  private final Actor policy;
  private final Config config;

  /**
   * What can be set.
   *
   * @param expectile τ of Eq. 5, in [0.5, 1); nearer 1 trusts the best actions in the data more
   * @param inverseTemperature β of Eq. 7; 0 clones, larger follows the advantage more sharply; must
   *     suit the scale of the rewards
   * @param policy what it is made of when actions are continuous
   * @param learningRate of all networks; the policy's falls to zero along half a cosine
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(
      double expectile,
      double inverseTemperature,
      PolicyForm policy,
      double learningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** The paper's locomotion settings. */
    public static final Config DEFAULT = new Config(0.7, 3, PolicyForm.GAUSSIAN, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.halfOpen("expectile", expectile, 0.5, 1);
      Require.nonNegative("inverse-temperature", inverseTemperature);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public Iql(Setting setting, Config config) {
    this.config = config;
    value = new StateValue(setting, setting.network(), config.learningRate());
    critics = new Critics(setting, 2, setting.network(), config.learningRate());
    policy = Actor.imitating(setting, setting.network(), config.policy(), config.learningRate());
  }

  /** One gradient step of value, critics and policy. */
  @Override
  public Losses update(MiniBatch batch) {
    float[] nextV = value.of(batch.nextObservations()); // (B)
    float[] q = critics.leastTargetLogged(batch); // (B)
    float[] v = value.forward(batch); // (B)

    double valueLoss =
        value.step(Expectile.of(v, q, config.expectile(), batch.admissibleWeights())); // Eq. 5

    double criticLoss = critics.step(batch, batch.targets(nextV), Iql::halfSquaredError); // Eq. 6
    critics.follow(config.polyak());

    float[] weights = AdvantageWeight.of(q, v, config.inverseTemperature()); // (B)
    policy.learningRate(LearningRate.cosine(config.learningRate(), batch.progress()));
    double policyLoss = policy.imitate(batch, weights); // Eq. 7
    return Losses.of(
        Map.of(
            "value_loss",
            valueLoss,
            "critic_loss",
            criticLoss,
            "policy_loss",
            policyLoss,
            "value",
            Losses.mean(v),
            "q_mean",
            Losses.mean(q),
            "capped_weights",
            Losses.shareAtLeast(weights, AdvantageWeight.GREATEST)));
  }

  /** Eq. 6 for one critic, halved as there are two. */
  private static Loss halfSquaredError(float[] q, float[] targets) {
    return SquaredError.of(q, targets).times(0.5);
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
