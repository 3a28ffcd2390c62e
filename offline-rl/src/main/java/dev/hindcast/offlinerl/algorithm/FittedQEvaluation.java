package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Returns;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.ChosenAction;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Head;
import dev.hindcast.offlinerl.product.Product;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * Fitted-Q evaluation: learns what each action is worth when a given target policy acts afterwards.
 * Le, Voloshin, Yue (2019), arXiv:1903.08738, their algorithm 3; the target is {@code r + γ (1 -
 * terminated) Σ_a π(a|o') Q'(o', a)}.
 *
 * <p>Departs: instead of refitting from scratch in rounds, one network takes gradient steps against
 * a target network that follows by Polyak averaging. The target policy's probabilities are computed
 * once, before training. Where every episode has one step nothing is ever bootstrapped: the result
 * is a model of the reward, valid for any policy, and no target policy is needed.
 */
public final class FittedQEvaluation implements Learner {
  private static final int CHUNK = 4096;

  private final Network critic;
  private final Network targetCritic;
  private final Setting setting;
  private final Config config;
  private final int actions;
  private final float[] targetProbabilities;
  private final double bound;

  /**
   * What can be set.
   *
   * @param learningRate of Adam; falls to zero along half a cosine
   * @param polyak how far the target critic follows in each update, in (0, 1]
   */
  public record Config(double learningRate, double polyak) implements Serializable {
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
    actions = setting.actions();
    targetProbabilities = targetProbabilities(setting, actions);
    // fitting overshoots a little on its way, while a divergence does not stop there
    bound = 2 * Returns.bound(setting.data(), setting.discount()) + 1;
    critic = setting.network().create("critic", actions, config.learningRate());
    targetCritic = setting.targetOf(critic);
  }

  @Override
  public Losses update(MiniBatch batch) {
    int[] next = batch.nextObservations();
    float[] nextQ = targetCritic.predict(setting.observations(), next); // (B, actions)
    float[] targets = targets(batch, next, nextQ); // (B)
    refuseDivergence(targets, batch.discounts());
    int[] chosen = batch.actions();
    float[] outputs = critic.forward(setting.observations(), batch.observations());
    float[] q = ChosenAction.of(outputs, actions, chosen); // (B)
    Loss loss = SquaredError.of(q, targets);
    critic.learningRate(LearningRate.cosine(config.learningRate(), batch.progress()));
    critic.backward(ChosenAction.spread(loss, actions, chosen).gradient());
    critic.step();
    targetCritic.polyakFrom(critic, config.polyak());
    double mean = 0;
    for (float x : q) {
      mean += (double) x / q.length;
    }
    return Losses.of(Map.of("critic_loss", loss.value(), "value", mean));
  }

  /** r + γ (1 − terminated) Σ_a π(a|o') Q'(o', a). */
  private float[] targets(MiniBatch batch, int[] next, float[] nextQ) {
    float[] discounts = batch.discounts();
    float[] nextV = new float[next.length];
    for (int i = 0; i < nextV.length; i++) {
      double v = 0;
      for (int action = 0; action < actions && discounts[i] != 0; action++) {
        v += (double) targetProbabilities[next[i] * actions + action] * nextQ[i * actions + action];
      }
      nextV[i] = (float) v;
    }
    return batch.targets(nextV);
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

  /** (observation rows, actions); only rows that are bootstrapped from are filled. */
  private static float[] targetProbabilities(Setting setting, int actions) {
    TransitionColumns data = setting.data();
    int[] wanted = new int[data.rows()];
    int n = 0;
    for (int row = 0; row < data.rows(); row++) {
      if (!data.terminated(row) && data.next(row) != TransitionColumns.UNKNOWN) {
        wanted[n++] = data.next(row);
      }
    }
    float[] probabilities = new float[n == 0 ? 0 : data.observationRows() * actions];
    if (n == 0) {
      return probabilities;
    }
    Policy target =
        setting
            .target()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Fitted-Q evaluation of episodes with several steps needs a target policy."));
    for (int from = 0; from < n; from += CHUNK) {
      int to = Math.min(n, from + CHUNK);
      Decisions decisions = data.decisionsAt(Arrays.copyOfRange(wanted, from, to));
      double[] chunk = target.categorical(decisions).probabilities();
      for (int i = from; i < to; i++) {
        for (int action = 0; action < actions; action++) {
          probabilities[wanted[i] * actions + action] =
              (float) chunk[(i - from) * actions + action];
        }
      }
    }
    return probabilities;
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of("critic", critic, "target_critic", targetCritic);
  }

  @Override
  public Product product() {
    return Product.of(new Head.ActionValues(), Head.Q, critic);
  }
}
