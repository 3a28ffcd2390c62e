package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Behavior cloning of the best episodes only: those with the highest returns, a given share of all.
 * A floor that is hard to beat where whole episodes went well; it cannot put good parts of
 * different episodes together. The 10% BC of Chen and others (2021), arXiv:2106.01345.
 *
 * <p>The best episodes are the share of all, rounded down, but one at least; of equal returns the
 * earlier ones. An episode's return is the sum of its logged rewards on the scale of training,
 * whether it ended or was truncated.
 */
public final class PercentBehaviorCloning implements NetworkLearner {
  private final BehaviorCloning cloning;
  private final boolean[] best;

  /**
   * What can be set.
   *
   * @param share of the episodes, in (0, 1]
   * @param rankingDiscount γ of the returns by which episodes are ranked, in [0, 1]
   * @param policy what it is made of when actions are continuous
   * @param learningRate of Adam; falls to zero along half a cosine
   */
  public record Config(double share, double rankingDiscount, PolicyForm policy, double learningRate)
      implements Serializable {
    /** The share and discount of CORL, the field's benchmark library. */
    public static final Config DEFAULT = new Config(0.1, 1, PolicyForm.GAUSSIAN, 3e-4);

    /** Checks the ranges. */
    public Config {
      Require.positive("share", share);
      Require.closed("share", share, 0, 1);
      Require.closed("ranking-discount", rankingDiscount, 0, 1);
      Require.positive("learning-rate", learningRate);
    }
  }

  /** On this data. */
  public PercentBehaviorCloning(Setting setting, Config config) {
    cloning =
        new BehaviorCloning(
            setting, new BehaviorCloning.Config(config.policy(), config.learningRate()));
    best = best(setting.experience(), config);
  }

  /** (rows): whether a row belongs to one of the best episodes. */
  private static boolean[] best(Experience experience, Config config) {
    TransitionColumns data = experience.data();
    double[] returns = new double[data.episodes()];
    Integer[] ranked = new Integer[data.episodes()];
    for (int episode = 0; episode < returns.length; episode++) {
      double factor = 1;
      for (int row = data.start(episode); row < data.end(episode); row++) {
        returns[episode] += factor * experience.reward(row);
        factor *= data.discount(row, config.rankingDiscount());
      }
      ranked[episode] = episode;
    }
    Arrays.sort(ranked, Comparator.comparingDouble((Integer episode) -> -returns[episode]));
    int count = Math.max(1, (int) (config.share() * ranked.length));
    boolean[] rows = new boolean[data.rows()];
    for (int i = 0; i < Math.min(count, ranked.length); i++) {
      Arrays.fill(rows, data.start(ranked[i]), data.end(ranked[i]), true);
    }
    return rows;
  }

  @Override
  public IntPredicate steps() {
    return row -> best[row];
  }

  @Override
  public Losses update(MiniBatch batch) {
    return cloning.update(batch);
  }

  @Override
  public Map<String, Network> networks() {
    return cloning.networks();
  }

  @Override
  public Map<String, FreeParameters> parameters() {
    return cloning.parameters();
  }

  @Override
  public Product product() {
    return cloning.product();
  }
}
