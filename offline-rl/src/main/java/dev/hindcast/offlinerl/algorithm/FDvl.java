package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.AdvantageWeight;
import dev.hindcast.core.loss.FDivergence;
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
 * Dual value learning with an f-divergence (f-DVL): as implicit Q-learning it never asks Q about an
 * action absent from the data, but its V is the solution of the dual of staying near the data's
 * visits, a low-order loss where extreme Q-learning has an exponential. Sikchi, Zheng, Zhang,
 * Niekum (2024), arXiv:2302.08560; order of steps, weights and Huber loss are those of the authors'
 * program.
 *
 * <p>Departs: {@link FDivergence#CHI_SQUARE} counts what lies above V only; the program's loss is
 * {@link FDivergence#CHI_SQUARE_RELEASED}. Residuals are divided by a temperature, 1 in the paper.
 * The policy's weights are exponential as in the program, where the paper has the divergence's own.
 * With discrete actions the critics have one output per action, the policy is categorical, and
 * steps whose logged action lies outside its mask teach the critics only.
 */
public final class FDvl implements NetworkLearner {
  private static final double HUBER = 20;

  private final StateValue value;
  private final Critics critics;
  private final Actor policy;
  private final Config config;

  /**
   * What can be set.
   *
   * @param divergence which f
   * @param conservatism λ, in (0, 1), with total variation in (0.5, 1); nearer 1 brings V nearer to
   *     the best action in the data
   * @param temperature α: differences of values are measured in this unit; of no consequence to
   *     total variation
   * @param inverseTemperature of the policy's weights; 0 clones, larger follows the advantage more
   *     sharply; must suit the scale of the rewards
   * @param policy what it is made of when actions are continuous
   * @param learningRate of all networks; the policy's falls to zero along half a cosine
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(
      FDivergence divergence,
      double conservatism,
      double temperature,
      double inverseTemperature,
      PolicyForm policy,
      double learningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** The program's locomotion settings; λ from the middle of the range worth trying. */
    public static final Config DEFAULT =
        new Config(FDivergence.CHI_SQUARE, 0.7, 1, 3, PolicyForm.GAUSSIAN, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      double least = divergence == FDivergence.TOTAL_VARIATION ? 0.5 : 0;
      Require.open("conservatism", conservatism, least, 1);
      Require.positive("temperature", temperature);
      Require.nonNegative("inverse-temperature", inverseTemperature);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public FDvl(Setting setting, Config config) {
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
            config
                .divergence()
                .of(
                    before,
                    q,
                    config.conservatism(),
                    config.temperature(),
                    batch.admissibleWeights()));

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
            "above_value",
            Losses.shareAbove(q, before, 0),
            "far_below_value",
            1 - Losses.shareAbove(q, before, -4 * config.temperature()),
            "capped_weights",
            Losses.shareAtLeast(weights, AdvantageWeight.GREATEST)));
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
