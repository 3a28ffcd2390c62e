package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.loss.FDivergence;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Dual value learning with an f-divergence (f-DVL) with boosted trees: as {@link
 * AdvantageWeightedTrees}, but V is the solution of the dual of staying near the data's visits.
 * Sikchi, Zheng, Zhang, Niekum (2024), arXiv:2302.08560. The loss needs nothing but gradients by
 * outputs, so trees take it as it is; its kinks get a curvature, {@link RowLoss#divergence}.
 *
 * <p>Departs: as {@link AdvantageWeightedTrees}; {@link FDivergence#CHI_SQUARE} counts what lies
 * above V only, and residuals are divided by a temperature. One Q in place of the lesser of two,
 * and squared errors in place of Huber's.
 */
public final class FDvlTrees implements TreeLearner {
  private final InSampleValues values;
  private final AdvantageWeightedActor policy;

  /**
   * What can be set.
   *
   * @param divergence which f
   * @param conservatism λ, in (0, 1), with total variation in (0.5, 1); nearer 1 brings V nearer to
   *     the best action in the data
   * @param temperature α: differences of values are measured in this unit; of no consequence to
   *     total variation
   * @param inverseTemperature of the policy's weights; 0 clones, larger follows the advantage more
   *     sharply
   * @param advantageUnit in what advantages are measured
   * @param greatestWeight the cap of weights, above 0
   * @param values how they are learned
   * @param policy how it is fitted
   */
  public record Config(
      FDivergence divergence,
      double conservatism,
      double temperature,
      double inverseTemperature,
      AdvantageUnit advantageUnit,
      double greatestWeight,
      Valuation values,
      Imitation policy)
      implements Serializable {
    /** λ from the middle of the range worth trying; the rest as advantage-weighted trees. */
    public static final Config DEFAULT =
        new Config(
            FDivergence.CHI_SQUARE,
            0.7,
            1,
            3,
            AdvantageUnit.DEVIATION,
            20,
            Valuation.DEFAULT,
            Imitation.DEFAULT);

    /** Checks the ranges. */
    public Config {
      double least = divergence == FDivergence.TOTAL_VARIATION ? 0.5 : 0;
      Require.open("conservatism", conservatism, least, 1);
      Require.positive("temperature", temperature);
      Require.nonNegative("inverse-temperature", inverseTemperature);
      Require.positive("greatest-weight", greatestWeight);
    }

    /** How many updates both phases take. */
    int rounds() {
      return values.rounds() + policy.rounds();
    }
  }

  /** On this data. */
  public FDvlTrees(Setting setting, Config config) {
    values =
        new InSampleValues(
            setting,
            config.values(),
            (v, q, weights) ->
                RowLoss.divergence(
                    config.divergence(),
                    v,
                    q,
                    config.conservatism(),
                    config.temperature(),
                    weights,
                    setting.all()));
    policy =
        new AdvantageWeightedActor(
            setting.all(),
            Actor.imitating(setting, config.policy()),
            values,
            config.inverseTemperature(),
            config.advantageUnit(),
            config.greatestWeight());
  }

  /** One round of the values, or of the policy when they are ready. */
  @Override
  public Losses update(MiniBatch batch) {
    return values.learnsIn(batch.update()) ? values.update(batch) : policy.imitate(batch);
  }

  @Override
  public Map<String, Part> parts() {
    Map<String, Part> all = new TreeMap<>(values.parts());
    all.putAll(policy.parts());
    return all;
  }

  @Override
  public TreeProduct product() {
    return policy.product();
  }

  @Override
  public void close() {
    TreeLearner.super.close();
    values.close();
  }
}
