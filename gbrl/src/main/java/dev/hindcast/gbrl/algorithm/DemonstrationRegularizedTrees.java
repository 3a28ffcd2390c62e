package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.loss.ReferenceRegularized;
import dev.hindcast.core.loss.ReferenceRegularized.PolicyLoss;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.AllRows;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Demonstration-regularized reinforcement learning with boosted trees and discrete actions: clones
 * the demonstrations, then improves on the clone with the rewards of all steps, paying a price for
 * every nat by which it strays from it. Tiapkin, Belomestny, Calandriello, Moulines, Naumov,
 * Perrault, Valko, Menard (2024), arXiv:2310.17303.
 *
 * <p>Three phases: π₀ by maximum likelihood on the demonstrations. Then Q by {@code y = r + γ (1 -
 * terminated) V(o')} with {@code V = λ log Σ_a π₀(a) exp(min Q / λ)}, the best that can be had at
 * that price, Q the lesser of two of half of the episodes each. Then π, which begins as π₀ and
 * grows against the gradient of the mean of {@code λ KL(π ‖ π₀) - Q}; no gradient by actions is
 * needed, which trees do not have.
 *
 * <p>Departs: the paper plans in tables with bonuses for exploration. Its price follows from a
 * formula with unknown constants; here it is the one at which the best policy strays as far as the
 * budget allows, found anew whenever targets are, unless it is set. Labels of π₀ are smoothed by
 * {@value #SMOOTHING}, so that no admissible action is priceless.
 */
public final class DemonstrationRegularizedTrees implements TreeLearner {
  private static final double SMOOTHING = 0.01;
  private static final double LEAST_PRICE = 1e-4;
  private static final double GREATEST_PRICE = 1e4;
  private static final int HALVINGS = 40;
  private static final int SAMPLE = 4096;

  private final Setting setting;
  private final Config config;
  private final FeatureMatrix steps;
  private final SoftmaxActor reference;
  private final HalvedValues values;
  private final TreeFunction policy;
  private final Followers followers;
  private final ValueBounds bounds;
  private Optional<double[]> cloned = Optional.empty();
  private Optional<Planned> planned = Optional.empty();

  /**
   * What can be set.
   *
   * @param divergenceBudget how far the policy may stray from the clone on average, in nats per
   *     decision, above 0
   * @param price λ: what one nat costs in units of reward; 0 finds the one that suits the budget
   * @param reference how the clone is fitted
   * @param values how Q is learned
   * @param policyRounds how many rounds the policy grows beyond the clone
   */
  public record Config(
      double divergenceBudget,
      double price,
      Imitation reference,
      FittedValues values,
      int policyRounds)
      implements Serializable {
    /** Ours: the paper has tables and linear models only. */
    public static final Config DEFAULT =
        new Config(0.1, 0, Imitation.DEFAULT, FittedValues.DEFAULT, 200);

    /** Checks the ranges. */
    public Config {
      Require.positive("divergence-budget", divergenceBudget);
      Require.nonNegative("price", price);
      Require.positive("policy-rounds", policyRounds);
    }

    /** How many updates all phases take. */
    int rounds() {
      return reference.rounds() + values.rounds() + policyRounds;
    }
  }

  /**
   * What has been found at a refreshment of targets.
   *
   * @param price λ
   * @param divergence of the best policy at that price
   * @param q (observation rows, actions)
   * @param targets (B)
   * @param beyond the share of targets that were cut
   */
  @SuppressWarnings("ArrayRecordComponent") // lives for some rounds; never compared
  private record Planned(
      double price, double divergence, float[] q, float[] targets, double beyond) {}

  /**
   * On this data.
   *
   * @throws UserError when no step is a demonstration
   */
  public DemonstrationRegularizedTrees(Setting setting, Config config) {
    if (!setting.all().isAny(setting.data().hasDemonstrations())) {
      throw UserError.data(
          "Cannot train: demonstration-regularized-trees learns from demonstrations, and none of the "
              + setting.all().count()
              + " steps on the training side is flagged as one. Say which are with ingest.demonstration and ingest again, or train an algorithm that needs none.");
    }
    this.setting = setting;
    this.config = config;
    steps = setting.loggedActions(config.values().growth());
    reference = new SoftmaxActor(setting, config.reference(), "reference", SMOOTHING);
    followers = new Followers(setting.data());
    bounds = ValueBounds.of(setting.experience());
    int[] everywhere = IntStream.range(0, setting.data().observationRows()).toArray();
    values = new HalvedValues(setting, steps, everywhere, config.values(), setting.meanReturn());
    policy =
        setting.function(
            "policy", Output.numbered("action", setting.actions()), config.reference().growth());
  }

  @Override
  public Losses update(MiniBatch batch) {
    int round = (int) batch.update() - config.reference().rounds();
    if (round < 0) {
      return Losses.of(reference.imitate(batch, onlyDemonstrations(batch)));
    }
    return round < config.values().rounds()
        ? value(batch, round)
        : improve(batch, round - config.values().rounds());
  }

  private Losses value(MiniBatch batch, int round) {
    if (planned.isEmpty() || config.values().refreshed(round) == round) {
      planned = Optional.of(plan(batch, config.values().refreshed(round)));
    }
    Planned now = planned.get();
    return Losses.of(
        Map.of(
            "critic_loss", values.learn(batch.rows(), now.targets()),
            "price", now.price(),
            "best_divergence", now.divergence(),
            "regularized_value", Losses.mean(now.targets()),
            "cut_targets", now.beyond()));
  }

  private Planned plan(MiniBatch batch, int round) {
    float[] q = values.least(round);
    double[] clone = cloned();
    double price = config.price() > 0 ? config.price() : priceOfBudget(q, clone, batch.rows());
    float[] v = ReferenceRegularized.values(q, setting.actions(), clone, price);
    float[] ofFollowers = new float[followers.observations().length];
    for (int i = 0; i < ofFollowers.length; i++) {
      ofFollowers[i] = v[followers.observations()[i]];
    }
    float[] targets = batch.targets(followers.next(batch, ofFollowers));
    double beyond = bounds.cut(targets);
    return new Planned(price, divergence(q, clone, batch.rows(), price), q, targets, beyond);
  }

  private Losses improve(MiniBatch batch, int round) {
    if (planned.isEmpty() || round == 0) {
      planned = Optional.of(plan(batch, config.values().rounds()));
    }
    if (round == 0) {
      policy.restore(reference.best().bytes());
    }
    Planned now = planned.get();
    int actions = setting.actions();
    int[] observations = batch.observations();
    float[] logits = policy.outputs(observations);
    double[] clone = cloned();
    double[] divergence = new double[1];
    float[] ones = new float[observations.length];
    Arrays.fill(ones, 1);
    float[] curvature = RowLoss.ofSoftmax(logits, actions, batch.masks(), ones);
    RowLoss.Block block =
        (from, to) -> {
          int[] some = Arrays.copyOfRange(observations, from, to);
          PolicyLoss found =
              PolicyLoss.of(
                  Arrays.copyOfRange(logits, from * actions, to * actions),
                  actions,
                  rows(clone, some, actions),
                  rows(now.q(), some, actions),
                  now.price());
          divergence[0] += found.divergence() * some.length / observations.length;
          return found.loss().times(1 / now.price());
        };
    // in nats: what a leaf weighs does not depend on the price
    RowLoss loss = RowLoss.of(block, observations.length, 1, curvature);
    policy.grow(loss, batch.rows());
    return Losses.of(
        Map.of(
            "policy_loss",
            loss.value() * now.price(),
            "divergence",
            divergence[0],
            "price",
            now.price()));
  }

  /** The least price at which the best policy strays no farther than it may, by halving. */
  private double priceOfBudget(float[] q, double[] clone, int[] rows) {
    double low = Math.log(LEAST_PRICE);
    double high = Math.log(GREATEST_PRICE);
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (divergence(q, clone, rows, Math.exp(middle)) > config.divergenceBudget()) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return Math.exp(high);
  }

  /** The mean KL(π ‖ π₀) of the best policy at a price, over some of these observations. */
  private double divergence(float[] q, double[] clone, int[] rows, double price) {
    AllRows all = setting.all().ofOther(rows.length);
    int n = (int) Math.min(SAMPLE, all.count());
    int[] some =
        IntStream.range(0, n)
            .mapToLong(i -> i * all.count() / n - all.before())
            .filter(place -> place >= 0 && place < rows.length)
            .mapToInt(place -> rows[(int) place])
            .toArray();
    int actions = setting.actions();
    double[] reference = rows(clone, some, actions);
    double[] best = ReferenceRegularized.policy(rows(q, some, actions), actions, reference, price);
    double[] terms = new double[best.length];
    for (int i = 0; i < best.length; i++) {
      terms[i] = best[i] > 0 ? best[i] * Math.log(best[i] / reference[i]) : 0;
    }
    return all.sum(terms) / n;
  }

  /** (observation rows, actions): π₀ when it is ready. */
  private double[] cloned() {
    if (cloned.isEmpty()) {
      reference.rest();
      cloned = Optional.of(reference.probabilities());
    }
    return cloned.get();
  }

  /** (B): 1 for demonstrations, otherwise 0. */
  private static float[] onlyDemonstrations(MiniBatch batch) {
    boolean[] demonstrations = batch.demonstrations();
    float[] weights = new float[demonstrations.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = demonstrations[i] ? 1 : 0;
    }
    return weights;
  }

  private static float[] rows(float[] table, int[] wanted, int width) {
    float[] rows = new float[wanted.length * width];
    for (int i = 0; i < wanted.length; i++) {
      System.arraycopy(table, wanted[i] * width, rows, i * width, width);
    }
    return rows;
  }

  private static double[] rows(double[] table, int[] wanted, int width) {
    double[] rows = new double[wanted.length * width];
    for (int i = 0; i < wanted.length; i++) {
      System.arraycopy(table, wanted[i] * width, rows, i * width, width);
    }
    return rows;
  }

  @Override
  public void restore(LearnerState state) {
    TreeLearner.super.restore(state);
    values.forget();
    cloned = Optional.empty();
    planned = Optional.empty();
  }

  @Override
  public Map<String, Part> parts() {
    Map<String, Part> all = new TreeMap<>(reference.parts());
    all.putAll(values.parts());
    all.put("policy", policy);
    return all;
  }

  @Override
  public TreeProduct product() {
    return TreeProduct.of(
        new Head.Softmax(),
        Head.POLICY,
        policy.rounds() == 0 ? reference.best() : policy.trees(TreeProduct.Input.OBSERVATION));
  }

  @Override
  public void close() {
    TreeLearner.super.close();
    steps.close();
  }
}
