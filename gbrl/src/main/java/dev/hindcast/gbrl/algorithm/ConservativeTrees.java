package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.ChosenAction;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Conservative Q-learning with boosted trees: Q-learning that also pushes down the values of all
 * actions and up those of the logged ones. Kumar, Zhou, Tucker, Levine (2020), arXiv:2006.04779,
 * Eq. 4, the regularizer CQL(H): the cross-entropy of the logged action under the softmax of Q. It
 * speaks of every action at every observation, so there is one output for each action.
 *
 * <p>Departs: no target function, as a round moves Q by its rate only; targets are cut to what a
 * return can be; squared errors in place of Huber's. Greedy choices and the regularizer keep to the
 * masks; steps whose logged action lies outside its mask teach the temporal difference only.
 */
public final class ConservativeTrees implements TreeLearner {
  private final Setting setting;
  private final Config config;
  private final TreeFunction q;
  private final ValueBounds bounds;

  /**
   * What can be set.
   *
   * @param conservativeWeight α of Eq. 4, at least 0; must suit the scale of the rewards
   * @param rounds how many trees every action has
   * @param growth how they grow
   */
  public record Config(double conservativeWeight, int rounds, Growth growth)
      implements Serializable {
    /** The weight of the paper's experiments with discrete actions, on rewards of size 1. */
    public static final Config DEFAULT = new Config(1, 400, Valuation.GROWTH);

    /** Checks the ranges. */
    public Config {
      Require.nonNegative("conservative-weight", conservativeWeight);
      Require.positive("rounds", rounds);
    }
  }

  /** On this data. */
  public ConservativeTrees(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    float start = setting.meanReturn();
    List<Output> outputs =
        Output.numbered("value of action", setting.actions()).stream()
            .map(output -> output.startingAt(start))
            .toList();
    q = setting.function("q", outputs, config.growth());
    bounds = ValueBounds.of(setting.experience());
  }

  @Override
  public Losses update(MiniBatch batch) {
    int actions = setting.actions();
    int[] logged = batch.actions();
    float[] targets = batch.targets(greatestNext(batch)); // (B)
    final double beyond = bounds.cut(targets);
    float[] outputs = q.outputs(batch.observations()); // (B, actions)
    float[] chosen = ChosenAction.of(outputs, actions, logged); // (B)
    float[] ones = new float[batch.size()];
    Arrays.fill(ones, 1);

    RowLoss error = RowLoss.squaredError(chosen, targets, ones);
    RowLoss conservative = // mean of log Σ_a exp Q(o, a) − Q(o, logged)
        RowLoss.crossEntropy(outputs, actions, logged, batch.masks(), batch.admissibleWeights(), 0);
    q.grow(
        error.ofChosen(actions, logged).plus(conservative.times(config.conservativeWeight())),
        batch.rows());
    return Losses.of(
        Map.of(
            "critic_loss", error.value(),
            "conservative_loss", conservative.value(),
            "q_mean", Losses.mean(chosen),
            "cut_targets", beyond));
  }

  /** (B): the greatest value of an admissible action at what followed. */
  private float[] greatestNext(MiniBatch batch) {
    int actions = setting.actions();
    float[] values = q.outputs(batch.nextObservations());
    boolean[] masks = batch.nextMasks();
    float[] greatest = new float[batch.size()];
    Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < values.length; i++) {
      if (masks.length == 0 || masks[i]) {
        greatest[i / actions] = Math.max(greatest[i / actions], values[i]);
      }
    }
    return greatest;
  }

  @Override
  public Map<String, Part> parts() {
    return Map.of("q", q);
  }

  @Override
  public TreeProduct product() {
    return TreeProduct.of(new Head.Greedy(0), Head.Q, q.trees(TreeProduct.Input.OBSERVATION));
  }
}
