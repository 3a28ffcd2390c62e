package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.loss.FDivergence;
import dev.hindcast.gbrl.tree.Growth;
import java.util.List;

/** Settings with which small worlds are learned in no time. */
final class Quick {
  /** Shallow trees of long steps, whose leaves average the chance of some rows. */
  static final Growth GROWTH = growth(0.3, 3, 20);

  static final Imitation IMITATION = new Imitation(60, 0.1, 20, GROWTH);

  /** To all episodes, as so few of them are noisy judges. */
  static final Imitation FIT = new Imitation(30, 0, 1, GROWTH);

  private Quick() {}

  static Growth growth(double rate, int depth, double leaf) {
    return new Growth(
        rate, depth, 0, leaf, 0, 0.01, 0, 64, 1, 1, 4, 64, List.of(), List.of(), List.of());
  }

  static AdvantageWeightedTrees.Config advantageWeighted(
      double sharpness, int rounds, Imitation policy) {
    return new AdvantageWeightedTrees.Config(
        0.8, sharpness, AdvantageUnit.REWARD, 100, new Valuation(rounds, 0, GROWTH), policy);
  }

  static FDvlTrees.Config fDvl(double sharpness, int rounds, Imitation policy) {
    return new FDvlTrees.Config(
        FDivergence.CHI_SQUARE,
        0.7,
        0.1,
        sharpness,
        AdvantageUnit.REWARD,
        100,
        new Valuation(rounds, 0, GROWTH),
        policy);
  }
}
