package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.loss.AdvantageWeight;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.training.learner.AllRows;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A policy fitted to the logged actions, each by how much better than its observation it turned
 * out: weights {@code min(exp(inverse temperature * (Q - V)), greatest)}, divided by their mean
 * (Peng and others, 2019, arXiv:1910.00177). The weights are found once, when values have been
 * learned, and stay: weighted maximum likelihood, not a gradient that moves with the policy.
 */
final class AdvantageWeightedActor {
  private final AllRows rows;
  private final Actor actor;
  private final InSampleValues values;
  private final double inverseTemperature;
  private final AdvantageUnit unit;
  private final double greatestWeight;
  private Optional<Weights> weights = Optional.empty();

  AdvantageWeightedActor(
      AllRows rows,
      Actor actor,
      InSampleValues values,
      double inverseTemperature,
      AdvantageUnit unit,
      double greatestWeight) {
    this.rows = rows;
    this.actor = actor;
    this.values = values;
    this.inverseTemperature = inverseTemperature;
    this.unit = unit;
    this.greatestWeight = greatestWeight;
  }

  /**
   * What became of advantages.
   *
   * @param all (B), 1 on average over the steps that count
   * @param capped the share of those that reach the cap
   * @param effective the effective sample size {@code (Σw)² / Σw²} as a share of their number
   */
  @SuppressWarnings("ArrayRecordComponent") // shared through all rounds; never compared
  record Weights(float[] all, double capped, double effective) {
    /**
     * Of Q and V, both (B).
     *
     * @param counting (B), 1 for steps that count, otherwise 0
     * @param rows all of which B are here
     */
    static Weights of(
        float[] q,
        float[] v,
        float[] counting,
        double inverseTemperature,
        AdvantageUnit unit,
        double greatest,
        AllRows rows) {
      double size = unit == AdvantageUnit.REWARD ? 1 : deviation(q, v, counting, rows);
      float[] all = AdvantageWeight.of(q, v, size > 0 ? inverseTemperature / size : 0, greatest);
      double[][] terms = new double[3][all.length];
      double reached = 0;
      for (int i = 0; i < all.length; i++) {
        terms[0][i] = counting[i];
        terms[1][i] = counting[i] * all[i];
        terms[2][i] = counting[i] * all[i] * all[i];
        reached += all[i] >= greatest ? counting[i] : 0;
      }
      double[] sums = rows.sums(terms[0], terms[1], terms[2], new double[] {reached});
      double count = sums[0];
      double sum = sums[1];
      for (int i = 0; i < all.length && sum > 0; i++) {
        all[i] = (float) (all[i] * count / sum);
      }
      return new Weights(all, sums[3] / count, sum * sum / (count * sums[2]));
    }

    private static double deviation(float[] q, float[] v, float[] counting, AllRows rows) {
      double[][] terms = new double[3][q.length];
      for (int i = 0; i < q.length; i++) {
        double advantage = (double) q[i] - v[i];
        terms[0][i] = counting[i];
        terms[1][i] = counting[i] * advantage;
        terms[2][i] = counting[i] * advantage * advantage;
      }
      double[] sums = rows.sums(terms);
      double mean = sums[1] / sums[0];
      return Math.sqrt(Math.max(0, sums[2] / sums[0] - mean * mean));
    }
  }

  /** One round. */
  Losses imitate(MiniBatch batch) {
    Weights found = weights(batch);
    Map<String, Double> figures = new HashMap<>(actor.imitate(batch, found.all()));
    figures.put("capped_weights", found.capped());
    figures.put("effective_share", found.effective());
    return Losses.of(figures);
  }

  /** The same in every round, also after a break: values do not move any more. */
  private Weights weights(MiniBatch batch) {
    if (weights.isEmpty()) {
      weights =
          Optional.of(
              Weights.of(
                  values.q(batch),
                  values.value(batch),
                  batch.admissibleWeights(),
                  inverseTemperature,
                  unit,
                  greatestWeight,
                  rows));
    }
    return weights.get();
  }

  /** What it is so far. */
  TreeProduct product() {
    return actor.product();
  }

  /** What must be kept to go on later, by name. */
  Map<String, Part> parts() {
    return actor.parts();
  }
}
