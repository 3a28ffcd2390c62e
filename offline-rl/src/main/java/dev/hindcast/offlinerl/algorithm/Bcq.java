package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.ChosenAction;
import dev.hindcast.core.loss.CrossEntropy;
import dev.hindcast.core.loss.Huber;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Batch-constrained Q-learning with discrete actions: double Q-learning that only ever considers
 * actions which a model of the behavior policy finds probable enough, in targets as in the final
 * policy. Fujimoto, Conti, Ghavamzadeh, Pineau (2019), arXiv:1910.01708; equation numbers are that
 * paper's.
 *
 * <p>Departs: an action exactly at the threshold counts as probable enough, so that a threshold of
 * 1 means the most probable action instead of none; Q and the behavior model share no layers;
 * target networks follow by Polyak averaging. Both keep to the masks; steps whose logged action
 * lies outside its mask teach the temporal difference only.
 */
public final class Bcq implements NetworkLearner {
  private static final double HUBER_THRESHOLD = 1;
  private static final double LOGIT_PENALTY = 0.01;

  private final Setting setting;
  private final Config config;
  private final DoubleQ critic;
  private final Network behavior;

  /**
   * What can be set.
   *
   * @param threshold τ of Eq. 18, in [0, 1]: how probable an action must be, relative to the most
   *     probable one; 0 admits all, 1 only the most probable
   * @param learningRate of both networks; falls to zero along half a cosine
   * @param polyak how far the target critic follows in each update, in (0, 1]
   */
  public record Config(double threshold, double learningRate, double polyak)
      implements Serializable, TargetCopies {
    /** The paper's threshold. */
    public static final Config DEFAULT = new Config(0.3, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.closed("threshold", threshold, 0, 1);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public Bcq(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    critic = new DoubleQ(setting, setting.network(), config.learningRate());
    behavior = setting.network().create("behavior", setting.actions(), config.learningRate());
  }

  @Override
  public Losses update(MiniBatch batch) {
    double rate = LearningRate.cosine(config.learningRate(), batch.progress());
    float[] nextLogits = behavior.predict(setting.observations(), batch.nextObservations());
    boolean[] probable = // (B, actions)
        probable(nextLogits, setting.actions(), batch.nextMasks(), config.threshold());

    float[] targets = critic.targets(batch, probable); // (B), Eq. 19
    float[] q = ChosenAction.of(critic.forward(batch), setting.actions(), batch.actions());
    Loss error = Huber.of(q, targets, HUBER_THRESHOLD);
    critic.network().learningRate(rate);
    critic.step(ChosenAction.spread(error, setting.actions(), batch.actions()), config.polyak());

    behavior.learningRate(rate);
    return Losses.of(
        Map.of(
            "critic_loss", error.value(),
            "behavior_loss", imitate(batch),
            "q_mean", Losses.mean(q),
            "probable_actions", count(probable) / (double) batch.size()));
  }

  /**
   * One step of maximum likelihood of the logged actions, with a small penalty on the size of the
   * logits; the likelihood's part of the loss.
   */
  private double imitate(MiniBatch batch) {
    float[] logits = behavior.forward(setting.observations(), batch.observations());
    Loss likelihood =
        CrossEntropy.of(
            logits, setting.actions(), batch.actions(), batch.masks(), batch.admissibleWeights());
    Loss penalty = SquaredError.of(logits, new float[logits.length]).times(LOGIT_PENALTY);
    behavior.backward(likelihood.plus(penalty).gradient());
    behavior.step();
    return likelihood.value();
  }

  /**
   * (rows, actions): which admissible actions are at least {@code threshold} times as probable as
   * the most probable one, Eq. 18.
   *
   * @param masks (rows, actions), empty without masks
   */
  static boolean[] probable(float[] logits, int actions, boolean[] masks, double threshold) {
    double[] probabilities = MaskedSoftmax.of(logits, actions, masks);
    boolean[] probable = new boolean[logits.length];
    for (int at = 0; at < logits.length; at += actions) {
      double greatest = 0;
      for (int i = at; i < at + actions; i++) {
        greatest = Math.max(greatest, probabilities[i]);
      }
      for (int i = at; i < at + actions; i++) {
        boolean admissible = masks.length == 0 || masks[i];
        probable[i] = admissible && probabilities[i] >= threshold * greatest;
      }
    }
    return probable;
  }

  private static int count(boolean[] flags) {
    int count = 0;
    for (boolean flag : flags) {
      count += flag ? 1 : 0;
    }
    return count;
  }

  @Override
  public Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>(critic.networks());
    all.put("behavior", behavior);
    return all;
  }

  @Override
  public Product product() {
    Head head = new Head.Greedy(config.threshold());
    return config.threshold() == 0
        ? Product.of(head, Head.Q, critic.network())
        : new Product(head, Map.of(Head.Q, critic.network(), Head.BEHAVIOR, behavior), Map.of());
  }
}
