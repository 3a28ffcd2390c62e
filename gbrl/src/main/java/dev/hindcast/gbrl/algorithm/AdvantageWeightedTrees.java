package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Advantage-weighted regression with boosted trees: values of logged actions and observations
 * first, by the expectiles of implicit Q-learning; then the policy under which the actions that
 * turned out better than their observations' values are most likely. Peng, Kumar, Zhang, Levine
 * (2019), arXiv:1910.00177; Kostrikov, Nair, Levine (2021), arXiv:2110.06169; on trees Fuhrer,
 * Tessler, Dalal (2025), arXiv:2407.08250.
 *
 * <p>It never asks about actions absent from the data. Steps whose logged action lies outside its
 * mask teach Q only.
 *
 * <p>Departs: the policy is fitted once to weights that stay, by Newton steps and until episodes
 * held out no longer gain, where the papers take gradient steps while values still move. Advantages
 * are measured in their own standard deviation unless {@code advantage-unit} is {@code reward}.
 */
public final class AdvantageWeightedTrees implements TreeLearner {
  private final InSampleValues values;
  private final AdvantageWeightedActor policy;

  /**
   * What can be set.
   *
   * @param expectile τ of implicit Q-learning's Eq. 5, in [0.5, 1); nearer 1 trusts the best
   *     actions in the data more
   * @param inverseTemperature 0 clones, larger follows the advantage more sharply
   * @param advantageUnit in what advantages are measured
   * @param greatestWeight the cap of weights, above 0
   * @param values how they are learned
   * @param policy how it is fitted
   */
  public record Config(
      double expectile,
      double inverseTemperature,
      AdvantageUnit advantageUnit,
      double greatestWeight,
      Valuation values,
      Imitation policy)
      implements Serializable {
    /** Cap: that of advantage-weighted regression; the rest is ours. */
    public static final Config DEFAULT =
        new Config(0.8, 3, AdvantageUnit.DEVIATION, 20, Valuation.DEFAULT, Imitation.DEFAULT);

    /** Checks the ranges. */
    public Config {
      Require.halfOpen("expectile", expectile, 0.5, 1);
      Require.nonNegative("inverse-temperature", inverseTemperature);
      Require.positive("greatest-weight", greatestWeight);
    }

    /** How many updates both phases take. */
    int rounds() {
      return values.rounds() + policy.rounds();
    }
  }

  /** On this data. */
  public AdvantageWeightedTrees(Setting setting, Config config) {
    values =
        new InSampleValues(
            setting,
            config.values(),
            (v, q, weights) -> RowLoss.expectile(v, q, config.expectile(), weights));
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
