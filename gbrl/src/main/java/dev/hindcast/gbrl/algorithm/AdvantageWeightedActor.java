package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.loss.AdvantageWeight;
import dev.hindcast.gbrl.product.TreeProduct;
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
  private final Actor actor;
  private final InSampleValues values;
  private final double inverseTemperature;
  private final AdvantageUnit unit;
  private final double greatestWeight;
  private Optional<Weights> weights = Optional.empty();

  AdvantageWeightedActor(
      Actor actor,
      InSampleValues values,
      double inverseTemperature,
      AdvantageUnit unit,
      double greatestWeight) {
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
     */
    static Weights of(
        float[] q,
        float[] v,
        float[] counting,
        double inverseTemperature,
        AdvantageUnit unit,
        double greatest) {
      double size = unit == AdvantageUnit.REWARD ? 1 : deviation(q, v, counting);
      float[] all = AdvantageWeight.of(q, v, size > 0 ? inverseTemperature / size : 0, greatest);
      double count = 0;
      double sum = 0;
      double squares = 0;
      double capped = 0;
      for (int i = 0; i < all.length; i++) {
        count += counting[i];
        sum += counting[i] * all[i];
        squares += counting[i] * all[i] * all[i];
        capped += all[i] >= greatest ? counting[i] : 0;
      }
      for (int i = 0; i < all.length && sum > 0; i++) {
        all[i] = (float) (all[i] * count / sum);
      }
      return new Weights(all, capped / count, sum * sum / (count * squares));
    }

    private static double deviation(float[] q, float[] v, float[] counting) {
      double count = 0;
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < q.length; i++) {
        double advantage = (double) q[i] - v[i];
        count += counting[i];
        sum += counting[i] * advantage;
        squares += counting[i] * advantage * advantage;
      }
      double mean = sum / count;
      return Math.sqrt(Math.max(0, squares / count - mean * mean));
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
                  greatestWeight));
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
