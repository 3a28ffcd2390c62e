package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Fitted Q iteration with boosted trees, greedy among actions that the log makes probable. Ernst,
 * Geurts, Wehenkel (2005), Journal of Machine Learning Research 6; the bound on actions is that of
 * Fujimoto, Conti, Ghavamzadeh, Pineau (2019), arXiv:1910.01708.
 *
 * <p>First a clone of the behavior policy. Then Q is drawn to {@code r + γ (1 - terminated) max
 * Q'(o', a)} over the actions a at least {@code threshold} times as probable as the most probable
 * one, Q' the lesser of two Q-functions of half of the episodes each. Targets are cut to what a
 * return can be.
 *
 * <p>Departs: trees are added to the last iteration's instead of being refitted from scratch.
 */
public final class FittedQTrees implements TreeLearner {
  private final Setting setting;
  private final Config config;
  private final FeatureMatrix steps;
  private final SoftmaxActor behavior;
  private final TreeFunction q;
  private final HalvedValues halves;
  private final Followers followers;
  private final ValueBounds bounds;
  private Optional<boolean[]> support = Optional.empty();
  private Optional<float[]> targets = Optional.empty();
  private double beyond;

  /**
   * What can be set.
   *
   * @param threshold how probable an action must be, as a share of the most probable one's
   *     probability, in [0, 1]; 0 asks for no clone and considers all, 1 clones
   * @param behavior how the clone is fitted
   * @param values how Q is learned
   */
  public record Config(double threshold, Imitation behavior, FittedValues values)
      implements Serializable {
    /** The threshold of the paper's program. */
    public static final Config DEFAULT = new Config(0.3, Imitation.DEFAULT, FittedValues.DEFAULT);

    /** Checks the range. */
    public Config {
      Require.closed("threshold", threshold, 0, 1);
    }

    /** How many updates the first phase takes. */
    int cloningRounds() {
      return threshold > 0 ? behavior.rounds() : 0;
    }

    /** How many updates both phases take. */
    int rounds() {
      return cloningRounds() + values.rounds();
    }
  }

  /** On this data. */
  public FittedQTrees(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    steps = setting.loggedActions(config.values().growth());
    behavior = new SoftmaxActor(setting, config.behavior(), "behavior", 0);
    followers = new Followers(setting.data());
    bounds = ValueBounds.of(setting.experience());
    float start = setting.meanReturn();
    halves = new HalvedValues(setting, steps, followers.observations(), config.values(), start);
    q =
        setting.function(
            "q",
            steps,
            List.of(Output.named("value of the action").startingAt(start)),
            config.values().growth());
  }

  /** One round of the clone, or of the values when it is ready. */
  @Override
  public Losses update(MiniBatch batch) {
    float[] ones = new float[batch.size()];
    Arrays.fill(ones, 1);
    int round = (int) batch.update() - config.cloningRounds();
    if (round < 0) {
      return Losses.of(behavior.imitate(batch, ones));
    }
    float[] drawnTo = targets(batch, round);
    int[] rows = batch.rows();
    double loss = q.grow(RowLoss.squaredError(q.outputs(rows), drawnTo, ones), rows);
    return Losses.of(
        Map.of(
            "critic_loss", loss,
            "halves_loss", halves.learn(rows, drawnTo),
            "q_mean", Losses.mean(q.outputs(rows)),
            "value_mean", Losses.mean(drawnTo),
            "cut_targets", beyond));
  }

  /** (B): those of the last refreshment; the same after a break. */
  private float[] targets(MiniBatch batch, int round) {
    if (targets.isEmpty() || config.values().refreshed(round) == round) {
      float[] least = halves.least(config.values().refreshed(round));
      float[] next = followers.next(batch, greatest(least, supported()));
      float[] found = batch.targets(next);
      beyond = bounds.cut(found);
      targets = Optional.of(found);
    }
    return targets.get();
  }

  /** (followers): the greatest value of an action that counts. */
  private float[] greatest(float[] values, boolean[] counts) {
    int actions = setting.actions();
    float[] greatest = new float[values.length / actions];
    Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < values.length; i++) {
      if (counts[i]) {
        greatest[i / actions] = Math.max(greatest[i / actions], values[i]);
      }
    }
    return greatest;
  }

  /** (followers, actions): admissible and probable enough. */
  private boolean[] supported() {
    if (support.isEmpty()) {
      support = Optional.of(foundSupport());
    }
    return support.get();
  }

  private boolean[] foundSupport() {
    int actions = setting.actions();
    int[] observations = followers.observations();
    boolean[] masks = setting.experience().masks(observations);
    boolean[] counts = new boolean[observations.length * actions];
    if (config.threshold() == 0) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] = masks.length == 0 || masks[i];
      }
      return counts;
    }
    behavior.rest();
    double[] probabilities = behavior.probabilities();
    for (int i = 0; i < observations.length; i++) {
      double most = 0;
      for (int a = 0; a < actions; a++) {
        most = Math.max(most, probabilities[observations[i] * actions + a]);
      }
      for (int a = 0; a < actions; a++) {
        double p = probabilities[observations[i] * actions + a];
        counts[i * actions + a] = p > 0 && p >= config.threshold() * most;
      }
    }
    return counts;
  }

  @Override
  public void restore(LearnerState state) {
    TreeLearner.super.restore(state);
    halves.forget();
    support = Optional.empty();
    targets = Optional.empty();
  }

  @Override
  public Map<String, Part> parts() {
    Map<String, Part> all = new TreeMap<>(behavior.parts());
    all.putAll(halves.parts());
    all.put("q", q);
    return all;
  }

  @Override
  public TreeProduct product() {
    TreeProduct.Trees values = q.trees(TreeProduct.Input.OBSERVATION_AND_ACTION);
    return new TreeProduct(
        new Head.Greedy(config.threshold()),
        config.threshold() == 0
            ? Map.of(Head.Q, values)
            : Map.of(Head.Q, values, Head.BEHAVIOR, behavior.best()),
        Map.of());
  }

  @Override
  public void close() {
    TreeLearner.super.close();
    steps.close();
  }
}
