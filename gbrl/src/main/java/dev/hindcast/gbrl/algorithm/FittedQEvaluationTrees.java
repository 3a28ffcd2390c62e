package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Fitted-Q evaluation with boosted trees: learns what each action is worth when a given target
 * policy acts afterwards. Le, Voloshin, Yue (2019), arXiv:1903.08738, their algorithm 3; the target
 * is {@code r + γ (1 - terminated) E_{a ~ π(o')} Q'(o', a)}. With discrete actions the expectation
 * is a sum; with continuous ones the mean over a few actions drawn from the target policy once,
 * before training.
 *
 * <p>Departs: trees are added to the last iteration's instead of being refitted from scratch, and
 * targets are cut to what a return can be. Where every episode has one step nothing is ever
 * bootstrapped: the result is a model of the reward, valid for any policy, and no target policy is
 * needed.
 */
public final class FittedQEvaluationTrees implements TreeLearner {
  private static final int DRAWS = 4;
  private static final int AT_A_TIME = 4096;

  private final Setting setting;
  private final FittedValues config;
  private final FeatureMatrix steps;
  private final TreeFunction q;
  private final Followers followers;
  private final ValueBounds bounds;
  private final float[] probabilities;
  private final Followed ofTarget;
  private Optional<float[]> targets = Optional.empty();
  private double beyond;

  /** On this data, of the setting's target policy. */
  public FittedQEvaluationTrees(Setting setting, FittedValues config) {
    this.setting = setting;
    this.config = config;
    followers = new Followers(setting.data());
    bounds = ValueBounds.of(setting.experience());
    Chosen chosen = chosen();
    probabilities = chosen.probabilities();
    steps = setting.loggedActions(config.growth());
    float start = setting.meanReturn();
    q =
        setting.function(
            "q",
            steps,
            List.of(Output.named("value of the action").startingAt(start)),
            config.growth());
    ofTarget = new Followed(q, chosen.pairs(), start);
  }

  /**
   * What the target policy does at the followers.
   *
   * @param pairs the actions it may choose, follower after follower
   * @param probabilities (pairs) of each
   */
  @SuppressWarnings("ArrayRecordComponent") // on its way to fields; never compared
  private record Chosen(Pairs pairs, float[] probabilities) {}

  private Chosen chosen() {
    int[] observations = followers.observations();
    if (observations.length == 0) {
      return new Chosen(new Pairs(setting.data(), new int[0], new float[0]), new float[0]);
    }
    Policy target =
        setting
            .target()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Fitted-Q evaluation of episodes with several steps needs a target policy."));
    return setting.isDiscrete() ? choices(target, observations) : draws(target, observations);
  }

  private Chosen choices(Policy target, int[] observations) {
    int actions = setting.actions();
    TransitionColumns data = setting.data();
    int most = observations.length * actions;
    int[] rows = new int[most];
    float[] codes = new float[most];
    float[] probable = new float[most];
    int n = 0;
    for (int from = 0; from < observations.length; from += AT_A_TIME) {
      int to = Math.min(observations.length, from + AT_A_TIME);
      double[] found =
          target
              .categorical(data.decisionsAt(Arrays.copyOfRange(observations, from, to)))
              .probabilities();
      for (int i = 0; i < found.length; i++) {
        if (found[i] > 0) {
          rows[n] = observations[from + i / actions];
          codes[n] = i % actions;
          probable[n++] = (float) found[i];
        }
      }
    }
    return new Chosen(
        new Pairs(data, Arrays.copyOf(rows, n), Arrays.copyOf(codes, n)),
        Arrays.copyOf(probable, n));
  }

  private Chosen draws(Policy target, int[] observations) {
    TransitionColumns data = setting.data();
    int d = setting.dimensions();
    long seed = setting.seedOf("actions of the target policy");
    int[] rows = new int[observations.length * DRAWS];
    float[] actions = new float[rows.length * d];
    for (int from = 0; from < observations.length; from += AT_A_TIME) {
      int to = Math.min(observations.length, from + AT_A_TIME);
      ActionDistribution.Continuous found =
          target.continuous(data.decisionsAt(Arrays.copyOfRange(observations, from, to)));
      for (int follower = from; follower < to; follower++) {
        SplittableRandom random =
            new SplittableRandom(
                StableHash.combine(seed, setting.all().before() + followers.step(follower)));
        for (int i = follower * DRAWS; i < (follower + 1) * DRAWS; i++) {
          rows[i] = observations[follower];
          System.arraycopy(found.draw(follower - from, random), 0, actions, i * d, d);
        }
      }
    }
    float[] equal = new float[rows.length];
    Arrays.fill(equal, 1f / DRAWS);
    return new Chosen(new Pairs(data, rows, actions), equal);
  }

  @Override
  public Losses update(MiniBatch batch) {
    float[] drawnTo = targets(batch);
    int[] rows = batch.rows();
    float[] ones = new float[rows.length];
    Arrays.fill(ones, 1);
    double loss = q.grow(RowLoss.squaredError(q.outputs(rows), drawnTo, ones), rows);
    return Losses.of(
        Map.of("critic_loss", loss, "value", Losses.mean(q.outputs(rows)), "cut_targets", beyond));
  }

  /** (B): those of the last refreshment; the same after a break. */
  private float[] targets(MiniBatch batch) {
    int round = (int) batch.update();
    if (targets.isEmpty() || config.refreshed(round) == round) {
      float[] found = batch.targets(followers.next(batch, expected(config.refreshed(round))));
      beyond = bounds.cut(found);
      targets = Optional.of(found);
    }
    return targets.get();
  }

  /** (followers): Σ_a π(a∣o) Q(o, a) after so many rounds. */
  private float[] expected(int rounds) {
    float[] values = ofTarget.after(rounds);
    int[] observations = followers.observations();
    int[] asked = ofTarget.observations();
    float[] expected = new float[observations.length];
    int at = 0;
    for (int i = 0; i < observations.length; i++) {
      double sum = 0;
      for (; at < asked.length && asked[at] == observations[i]; at++) {
        sum += (double) probabilities[at] * values[at];
      }
      expected[i] = (float) sum;
    }
    return expected;
  }

  @Override
  public void restore(LearnerState state) {
    TreeLearner.super.restore(state);
    ofTarget.forget();
    targets = Optional.empty();
  }

  @Override
  public Map<String, Part> parts() {
    return Map.of("q", q);
  }

  @Override
  public TreeProduct product() {
    return TreeProduct.of(
        setting.isDiscrete() ? new Head.ActionValues() : new Head.ActionValue(),
        Head.Q,
        q.trees(TreeProduct.Input.OBSERVATION_AND_ACTION));
  }

  @Override
  public void close() {
    TreeLearner.super.close();
    steps.close();
  }
}
