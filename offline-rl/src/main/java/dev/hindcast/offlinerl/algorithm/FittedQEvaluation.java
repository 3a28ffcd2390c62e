package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.Returns;
import dev.hindcast.core.loss.ChosenAction;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import dev.hindcast.training.learner.TrainingStopped;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;

/**
 * Fitted-Q evaluation: learns what each action is worth when a given target policy acts afterwards.
 * Le, Voloshin, Yue (2019), arXiv:1903.08738, their algorithm 3; the target is {@code r + γ (1 -
 * terminated) E_{a ~ π(o')} Q'(o', a)}. With discrete actions the expectation is a sum; with
 * continuous ones the mean over a few draws from the target policy, fresh in every update.
 *
 * <p>Departs: instead of refitting from scratch in rounds, one network takes gradient steps against
 * a target network that follows by Polyak averaging. The target policy is asked once, before
 * training. Where every episode has one step nothing is ever bootstrapped: the result is a model of
 * the reward, valid for any policy, and no target policy is needed.
 */
public final class FittedQEvaluation implements NetworkLearner {
  private final Network critic;
  private final Network targetCritic;
  private final Setting setting;
  private final Config config;
  private final TargetActions targetActions;
  private final double bound;

  /**
   * What can be set.
   *
   * @param learningRate of Adam; falls to zero along half a cosine
   * @param polyak how far the target critic follows in each update, in (0, 1]
   */
  public record Config(double learningRate, double polyak) implements Serializable, TargetCopies {
    /** As the critics of the other learners. */
    public static final Config DEFAULT = new Config(3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data, of the setting's target policy. */
  public FittedQEvaluation(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    targetActions = TargetActions.of(setting);
    // fitting overshoots a little on its way, while a divergence does not stop there
    bound = 2 * Returns.bound(setting.data(), setting.discount()) + 1;
    critic =
        setting
            .network()
            .extra(setting.dimensions())
            .create("critic", setting.isDiscrete() ? setting.actions() : 1, config.learningRate());
    targetCritic = setting.targetOf(critic);
  }

  @Override
  public Losses update(MiniBatch batch) {
    float[] targets = batch.targets(targetActions.nextValues(targetCritic, batch)); // (B)
    refuseDivergence(targets, batch.discounts());
    float[] outputs =
        critic.forward(setting.observations(), batch.observations(), batch.actionVectors());
    float[] q = ofLogged(outputs, batch); // (B)
    Loss loss = SquaredError.of(q, targets);
    critic.learningRate(LearningRate.cosine(config.learningRate(), batch.progress()));
    critic.backward(byOutputs(loss, batch).gradient());
    critic.step();
    targetCritic.polyakFrom(critic, config.polyak());
    return Losses.of(Map.of("critic_loss", loss.value(), "value", Losses.mean(q)));
  }

  private float[] ofLogged(float[] outputs, MiniBatch batch) {
    return setting.isDiscrete()
        ? ChosenAction.of(outputs, setting.actions(), batch.actions())
        : outputs;
  }

  private Loss byOutputs(Loss loss, MiniBatch batch) {
    return setting.isDiscrete()
        ? ChosenAction.spread(loss, setting.actions(), batch.actions())
        : loss;
  }

  /** Only where something is bootstrapped: without that, a fit cannot run away from its rewards. */
  private void refuseDivergence(float[] targets, float[] discounts) {
    for (int i = 0; i < targets.length; i++) {
      if (discounts[i] != 0 && Math.abs(targets[i]) > bound) {
        throw new TrainingStopped(
            String.format(
                Locale.ROOT,
                "it predicts a return of %.4g, but with these rewards and this discount none can be beyond %.4g. Off-policy fitting can diverge where the target policy leaves the data: try a lower learning-rate or polyak, or a lower discount.",
                targets[i],
                bound));
      }
    }
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of("critic", critic, "target_critic", targetCritic);
  }

  @Override
  public Product product() {
    Head head = setting.isDiscrete() ? new Head.ActionValues() : new Head.ActionValue();
    return Product.of(head, Head.Q, critic);
  }
}
