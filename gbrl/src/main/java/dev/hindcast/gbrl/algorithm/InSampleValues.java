package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.learner.LambdaReturn;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What logged actions and observations are worth, learned without ever asking about an action
 * absent from the data (Kostrikov, Nair and Levine, 2021, arXiv:2110.06169): Q, a function of
 * observation and action, one tree in each round, is drawn to {@code r + γ V(o')}; V, a function of
 * the observation, to the upper part of Q of the logged actions.
 *
 * <p>Departs: there are no target functions, as a round moves its function by its rate only. What
 * follows a step is first taken from the log, and from V only as rounds pass: λ of the λ-return
 * falls from 1 in a straight line over the first half of the rounds. So values begin as those of
 * the log's own policy, and reach those of a better one in some hundred rounds instead of the some
 * thousand that one-step targets need to travel along long episodes.
 */
final class InSampleValues {
  private final Setting setting;
  private final Valuation how;
  private final ValueLoss loss;
  private final FeatureMatrix steps;
  private final TreeFunction q;
  private final TreeFunction value;

  /** What draws V to the upper part of Q. */
  @FunctionalInterface
  interface ValueLoss {
    /** Of V, against Q, both (n); weights (n). */
    RowLoss of(float[] v, float[] q, float[] weights);
  }

  InSampleValues(Setting setting, Valuation how, ValueLoss loss) {
    this.setting = setting;
    this.how = how;
    this.loss = loss;
    steps = setting.loggedActions(how.growth());
    float start = setting.meanReturn();
    q = setting.function("q", steps, starting("value of the action", start), how.growth());
    value = setting.function("value", starting("value", start), how.growth());
  }

  private static List<Output> starting(String name, float start) {
    return List.of(Output.named(name).startingAt(start));
  }

  /** One round of Q and one of V. */
  Losses update(MiniBatch batch) {
    float[] returns = LambdaReturn.of(setting.experience(), value.outputs(), trace(batch.update()));
    float[] targets = new float[batch.size()];
    int[] rows = batch.rows();
    for (int i = 0; i < targets.length; i++) {
      targets[i] = returns[rows[i]];
    }
    float[] ones = new float[rows.length];
    Arrays.fill(ones, 1);
    double criticLoss = q.grow(RowLoss.squaredError(q.outputs(rows), targets, ones), rows);
    float[] worth = q(batch);
    float[] v = value(batch);
    double valueLoss = value.grow(loss.of(v, worth, batch.admissibleWeights()), rows);
    return Losses.of(
        Map.of(
            "critic_loss", criticLoss,
            "value_loss", valueLoss,
            "value", Losses.mean(v),
            "q_mean", Losses.mean(worth),
            "above_value", Losses.shareAbove(worth, v, 0)));
  }

  /** λ of a round. */
  private double trace(long round) {
    return Math.max(how.trace(), 1 - 2.0 * round / how.rounds());
  }

  /** Whether there is a round of this number. */
  boolean learnsIn(long round) {
    return round < how.rounds();
  }

  /** (B): Q of the logged actions. */
  float[] q(MiniBatch batch) {
    return q.outputs(batch.rows());
  }

  /** (B): V of the steps' observations. */
  float[] value(MiniBatch batch) {
    return value.outputs(batch.observations());
  }

  /** What must be kept to go on later, by name. */
  Map<String, Part> parts() {
    return new TreeMap<>(Map.of("q", q, "value", value));
  }

  /** Frees the steps; the parts are freed by their learner. */
  void close() {
    steps.close();
  }
}
