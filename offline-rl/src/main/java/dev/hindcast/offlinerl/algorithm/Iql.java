package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.ChosenAction;
import dev.hindcast.core.loss.CrossEntropy;
import dev.hindcast.core.loss.Expectile;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.offlinerl.network.Network;
import java.io.Serializable;
import java.util.Map;

/**
 * Implicit Q-learning: learns a good policy without ever asking Q about an action absent from the
 * data. Kostrikov, Nair, Levine (2021), arXiv:2110.06169; equation numbers are that paper's.
 *
 * <p>Departs: actions are discrete, so the critics have one output per action and the policy is
 * categorical; the policy is extracted in the same step as the values (the paper allows both), with
 * the advantage from before the value step, as CORL does. Steps whose logged action lies outside
 * its mask teach the critics only: value and policy speak of what may be done.
 */
public final class Iql implements Learner {
  private static final double GREATEST_WEIGHT = 100;

  private final Network value;
  private final Network critic1;
  private final Network critic2;
  private final Network targetCritic1;
  private final Network targetCritic2;
  private final Network policy;
  private final Setting setting;
  private final Config config;
  private final int actions;

  /**
   * What can be set.
   *
   * @param expectile τ of Eq. 5, in [0.5, 1); nearer 1 trusts the best actions in the data more
   * @param inverseTemperature β of Eq. 7; 0 clones, larger follows the advantage more sharply; must
   *     suit the scale of the rewards
   * @param learningRate of all networks; the policy's falls to zero along half a cosine
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(
      double expectile, double inverseTemperature, double learningRate, double polyak)
      implements Serializable {
    /** The paper's locomotion settings. */
    public static final Config DEFAULT = new Config(0.7, 3, 3e-4, 0.005);

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
    this.setting = setting;
    this.config = config;
    actions = setting.discreteActions("iql");
    value = setting.network("value", 1, config.learningRate());
    critic1 = setting.network("critic 1", actions, config.learningRate());
    critic2 = setting.network("critic 2", actions, config.learningRate());
    targetCritic1 = setting.targetOf(critic1);
    targetCritic2 = setting.targetOf(critic2);
    policy = setting.network("policy", actions, config.learningRate());
  }

  /** One gradient step of value, critics and policy. */
  @Override
  public Losses update(MiniBatch batch) {
    float[] nextV = value.predict(setting.observations(), batch.nextObservations()); // (B)
    float[] q = pessimisticQ(batch); // (B)
    float[] v = value.forward(setting.observations(), batch.observations()); // (B)

    Loss valueLoss = Expectile.of(v, q, config.expectile(), batch.admissibleWeights()); // Eq. 5
    value.backward(valueLoss.gradient());
    value.step();

    float[] targets = bellmanTargets(batch, nextV); // (B)
    double criticLoss = criticStep(critic1, batch, targets) + criticStep(critic2, batch, targets);
    targetCritic1.polyakFrom(critic1, config.polyak());
    targetCritic2.polyakFrom(critic2, config.polyak());

    float[] weights = advantageWeights(q, v, batch.admissibleWeights()); // (B)
    double policyLoss = policyStep(batch, weights);
    return Losses.of(
        Map.of(
            "value_loss", valueLoss.value(),
            "critic_loss", criticLoss,
            "policy_loss", policyLoss,
            "value", mean(v),
            "capped_weights", share(weights, GREATEST_WEIGHT)));
  }

  /** min over the target critics of Q(o, a) at the logged actions: (B). */
  private float[] pessimisticQ(MiniBatch batch) {
    int[] chosen = batch.actions();
    float[] first =
        ChosenAction.of(
            targetCritic1.predict(setting.observations(), batch.observations()), actions, chosen);
    float[] second =
        ChosenAction.of(
            targetCritic2.predict(setting.observations(), batch.observations()), actions, chosen);
    for (int i = 0; i < first.length; i++) {
      first[i] = Math.min(first[i], second[i]);
    }
    return first;
  }

  /** The target of Eq. 6: r + γ V(o') where the episode goes on, r where the world ended it. */
  private float[] bellmanTargets(MiniBatch batch, float[] nextV) {
    float[] targets = batch.rewards();
    float[] bootstraps = batch.bootstraps();
    for (int i = 0; i < targets.length; i++) {
      targets[i] += (float) (setting.discount() * bootstraps[i] * nextV[i]);
    }
    return targets;
  }

  /** Eq. 6 for one critic, halved as there are two. */
  private double criticStep(Network critic, MiniBatch batch, float[] targets) {
    int[] chosen = batch.actions();
    float[] outputs = critic.forward(setting.observations(), batch.observations());
    Loss loss = SquaredError.of(ChosenAction.of(outputs, actions, chosen), targets).times(0.5);
    critic.backward(ChosenAction.spread(loss, actions, chosen).gradient());
    critic.step();
    return loss.value();
  }

  /** The weights of Eq. 7: exp(β (Q − V)), at most 100; 0 where the mask forbids the action. */
  private float[] advantageWeights(float[] q, float[] v, float[] admissible) {
    float[] weights = new float[q.length];
    for (int i = 0; i < q.length; i++) {
      double weight = Math.exp(config.inverseTemperature() * ((double) q[i] - v[i]));
      weights[i] = (float) (admissible[i] * Math.min(weight, GREATEST_WEIGHT));
    }
    return weights;
  }

  /** Eq. 7. */
  private double policyStep(MiniBatch batch, float[] weights) {
    float[] logits = policy.forward(setting.observations(), batch.observations());
    Loss loss = CrossEntropy.of(logits, actions, batch.actions(), batch.masks(), weights);
    policy.learningRate(LearningRate.cosine(config.learningRate(), batch.progress()));
    policy.backward(loss.gradient());
    policy.step();
    return loss.value();
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float x : values) {
      sum += x;
    }
    return sum / values.length;
  }

  private static double share(float[] values, double wanted) {
    int count = 0;
    for (float x : values) {
      count += x >= wanted ? 1 : 0;
    }
    return (double) count / values.length;
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of(
        "value", value,
        "critic_1", critic1,
        "critic_2", critic2,
        "target_critic_1", targetCritic1,
        "target_critic_2", targetCritic2,
        "policy", policy);
  }

  @Override
  public Network product() {
    return policy;
  }
}
