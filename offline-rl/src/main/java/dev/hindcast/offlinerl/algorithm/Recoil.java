package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.loss.AdvantageWeight;
import dev.hindcast.core.loss.Gumbel;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.offlinerl.network.Architecture.Initialization;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * ReCOIL: imitates a few demonstrations with the help of many other steps, of any quality, and
 * without rewards. Sikchi, Zheng, Zhang, Niekum (2024), arXiv:2302.08560, in the form of the
 * authors' program, whose Q has the fixed targets of Al-Hafez and others (2023, LS-IQ,
 * arXiv:2303.00599): a demonstrated step is worth the most there is, {@code 2 / (1 - γ)}, any other
 * one a toll of 2 and then V of what follows. So what leads to where demonstrators act is worth
 * more than what does not.
 *
 * <p>Rewards are never looked at. V is the soft maximum of Q by Gumbel regression, the policy
 * clones by advantage, as in {@link Xql}. However batches are drawn, demonstrations and other steps
 * have half the say each.
 *
 * <p>Departs: V and policy learn from both halves by default, as the paper has it; the program's
 * leave the demonstrations out ({@link LearnsFrom#OTHERS}), as its other steps hold unmarked
 * demonstrations. An end can be told to be a success. With discrete actions the critics have one
 * output per action, the policy is categorical, and steps whose logged action lies outside its mask
 * teach the critics only.
 */
public final class Recoil implements NetworkLearner {
  private static final double TOLL = 2;

  private final StateValue value;
  private final Critics critics;
  private final Actor policy;
  private final Config config;
  private final double discount;
  private final double most;

  /** What V and the policy learn from. */
  public enum LearnsFrom {
    /** Demonstrations and other steps, half and half. */
    ALL,
    /** Steps that are no demonstrations. */
    OTHERS
  }

  /** What it means when the world ends an episode. */
  public enum Endings {
    /** Nothing good can follow. */
    FAILURE,
    /** The best there is. */
    SUCCESS
  }

  /**
   * What can be set.
   *
   * @param temperature of the Gumbel regression, above 0; to be raised until values stay within
   *     their range, see the figure {@code beyond_range}
   * @param clip where its exponent is cut off
   * @param learnsFrom what V and the policy learn from
   * @param endings what an end means
   * @param inverseTemperature of the policy's weights; 0 clones, larger follows the advantage more
   *     sharply
   * @param policy what it is made of when actions are continuous
   * @param learningRate of all networks; the policy's falls to zero along half a cosine
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(
      double temperature,
      double clip,
      LearnsFrom learnsFrom,
      Endings endings,
      double inverseTemperature,
      PolicyForm policy,
      double learningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** The program's settings for locomotion, with the temperature of its example. */
    public static final Config DEFAULT =
        new Config(5, 7, LearnsFrom.ALL, Endings.FAILURE, 3, PolicyForm.GAUSSIAN, 3e-4, 0.005);

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

  /**
   * On this data.
   *
   * @throws UserError when the discount is 1
   */
  public Recoil(Setting setting, Config config) {
    this.config = config;
    discount = setting.discount();
    if (discount == 1) {
      throw UserError.usage(
          "Cannot train recoil with a discount of 1: its values are counted in units of 1 / (1 - discount). Set discount below 1.");
    }
    most = TOLL / (1 - discount);
    Setting.Blueprint blueprint = setting.network().initialized(Initialization.ORTHOGONAL);
    value = new StateValue(setting, blueprint, config.learningRate());
    critics = new Critics(setting, 2, blueprint, config.learningRate());
    policy = Actor.imitating(setting, blueprint, config.policy(), config.learningRate());
  }

  /** One gradient step of value, policy and critics. */
  @Override
  public Losses update(MiniBatch batch) {
    Demonstrated demonstrated = new Demonstrated(batch);
    float[] halves = demonstrated.halves(); // (B)
    float[] shown = config.learnsFrom() == LearnsFrom.ALL ? halves : demonstrated.others(); // (B)

    float[] q = critics.leastTargetLogged(batch); // (B)
    float[] before = value.forward(batch); // (B)
    float[] admissible = product(shown, batch.admissibleWeights());
    double valueLoss =
        value.step(Gumbel.of(before, q, config.temperature(), config.clip(), admissible));

    float[] v = value.of(batch.observations()); // (B)
    float[] weights = AdvantageWeight.of(q, v, config.inverseTemperature()); // (B)
    policy.learningRate(LearningRate.cosine(config.learningRate(), batch.progress()));
    double policyLoss = policy.imitate(batch, product(shown, weights));

    float[] nextV = value.of(batch.nextObservations()); // (B)
    double criticLoss =
        critics.step(
            batch,
            targets(demonstrated, batch.discounts(), nextV),
            (output, target) -> SquaredError.of(output, target, halves));
    critics.follow(config.polyak());

    Map<String, Double> figures = new TreeMap<>();
    figures.put("value_loss", valueLoss);
    figures.put("critic_loss", criticLoss);
    figures.put("policy_loss", policyLoss);
    figures.put("capped_weights", Losses.shareAtLeast(weights, AdvantageWeight.GREATEST));
    figures.put("beyond_range", beyondRange(q));
    demonstrated.putMeans(figures, "q", q);
    return Losses.of(figures);
  }

  /** (B): the most there is for demonstrations; for others a toll and what follows. */
  private float[] targets(Demonstrated demonstrated, float[] discounts, float[] nextV) {
    double end = config.endings() == Endings.SUCCESS ? most : -most;
    float[] targets = new float[nextV.length];
    for (int i = 0; i < targets.length; i++) {
      double following = discounts[i] == 0 ? discount * end : discounts[i] * nextV[i];
      targets[i] = (float) (demonstrated.is(i) ? most : following - TOLL);
    }
    return targets;
  }

  /** (n): a times b. */
  static float[] product(float[] a, float[] b) {
    float[] product = new float[a.length];
    for (int i = 0; i < product.length; i++) {
      product[i] = a[i] * b[i];
    }
    return product;
  }

  /** The share of steps whose Q is larger in size than any can be. */
  private double beyondRange(float[] q) {
    int count = 0;
    for (float x : q) {
      count += Math.abs(x) > most ? 1 : 0;
    }
    return (double) count / q.length;
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
