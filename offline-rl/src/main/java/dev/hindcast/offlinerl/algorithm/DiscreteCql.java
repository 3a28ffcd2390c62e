package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.ChosenAction;
import dev.hindcast.core.loss.CrossEntropy;
import dev.hindcast.core.loss.Huber;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;

/**
 * Conservative Q-learning with discrete actions: double Q-learning that also pushes down the values
 * of all actions and up those of the logged ones, so that the greedy policy does not chase what the
 * log never tried. Kumar, Zhou, Tucker, Levine (2020), arXiv:2006.04779; the regularizer is their
 * CQL(H), Eq. 4.
 *
 * <p>The regularizer is the cross-entropy of the logged action under the softmax of Q: without
 * weight this is double Q-learning, with a large weight the softmax of Q clones the log.
 *
 * <p>Departs: a target network that follows by Polyak averaging in place of hard copies, and one
 * expected value per action in place of quantiles. Greedy choices and the regularizer keep to the
 * masks; steps whose logged action lies outside its mask teach the temporal difference only.
 */
public final class DiscreteCql implements NetworkLearner {
  private static final double HUBER_THRESHOLD = 1;

  private final Setting setting;
  private final Config config;
  private final DoubleQ critic;

  /**
   * What can be set.
   *
   * @param conservativeWeight α of Eq. 4, at least 0; must suit the scale of the rewards
   * @param learningRate of Adam; falls to zero along half a cosine
   * @param polyak how far the target critic follows in each update, in (0, 1]
   */
  public record Config(double conservativeWeight, double learningRate, double polyak)
      implements Serializable, TargetCopies {
    /** The weight of the paper's experiments with discrete actions, on rewards of size 1. */
    public static final Config DEFAULT = new Config(1, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.nonNegative("conservative-weight", conservativeWeight);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public DiscreteCql(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    critic = new DoubleQ(setting, setting.network(), config.learningRate());
  }

  @Override
  public Losses update(MiniBatch batch) {
    int actions = setting.actions();
    int[] logged = batch.actions();
    float[] targets = critic.targets(batch, batch.nextMasks()); // (B)
    float[] outputs = critic.forward(batch); // (B, actions)
    float[] q = ChosenAction.of(outputs, actions, logged); // (B)

    Loss error = ChosenAction.spread(Huber.of(q, targets, HUBER_THRESHOLD), actions, logged);
    Loss conservative = // mean of log Σ_a exp Q(o, a) − Q(o, logged)
        CrossEntropy.of(outputs, actions, logged, batch.masks(), batch.admissibleWeights());
    critic.network().learningRate(LearningRate.cosine(config.learningRate(), batch.progress()));
    critic.step(error.plus(conservative.times(config.conservativeWeight())), config.polyak());
    return Losses.of(
        Map.of(
            "critic_loss", error.value(),
            "conservative_loss", conservative.value(),
            "q_mean", Losses.mean(q)));
  }

  @Override
  public Map<String, Network> networks() {
    return critic.networks();
  }

  @Override
  public Product product() {
    return Product.of(new Head.Greedy(0), Head.Q, critic.network());
  }
}
