package dev.hindcast.gbrl.tree;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.config.UserError;
import java.io.Serializable;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How trees grow (Chen and Guestrin, 2016, arXiv:1603.02754). A leaf whose rows have the gradients
 * g and the Hessians h moves its output by {@code -rate Σg / (Σh + leafPenalty)}; with Hessians of
 * 1 and no penalty that is a step against the mean gradient of its rows.
 *
 * @param rate how far each tree moves its outputs, in (0, 1]
 * @param depth the greatest number of questions before a leaf, in [1, 20]
 * @param maxLeaves the greatest number of leaves of a tree, which then grows where it gains most
 *     first; 0 for no bound but the depth
 * @param minLeafWeight the least sum of Hessians in a leaf: with Hessians of 1, of rows
 * @param minGain the least gain for which a node is split, 0 or more
 * @param leafPenalty λ of the paper's Eq. 5: pulls the outputs of small leaves to 0
 * @param maxDeltaStep the greatest output of a leaf before the rate, either way; 0 for no bound
 * @param bins the number of thresholds tried for each numeric feature, in [2, 4096]
 * @param rowShare the share of rows that each round learns from, in (0, 1]
 * @param columnShare the share of features that each tree may ask, in (0, 1]
 * @param maxCategoriesToOneHot features with fewer categories are split into one category and all
 *     others; those with more into two sets
 * @param maxCategoriesPerSplit how many categories the smaller of two such sets may have
 * @param increasing numeric features with which no output may fall
 * @param decreasing numeric features with which no output may rise
 * @param interactions groups of features that may stand on one path from the root to a leaf; one in
 *     no group stands alone. None: any may
 */
public record Growth(
    double rate,
    int depth,
    int maxLeaves,
    double minLeafWeight,
    double minGain,
    double leafPenalty,
    double maxDeltaStep,
    int bins,
    double rowShare,
    double columnShare,
    int maxCategoriesToOneHot,
    int maxCategoriesPerSplit,
    List<String> increasing,
    List<String> decreasing,
    List<List<String>> interactions)
    implements Serializable {
  /** XGBoost's own defaults, but for the rate, which is that of fits with some hundred trees. */
  public static final Growth DEFAULT =
      new Growth(0.1, 6, 0, 1, 0, 1, 0, 256, 1, 1, 4, 64, List.of(), List.of(), List.of());

  /** Checks the ranges. */
  public Growth {
    increasing = List.copyOf(increasing);
    decreasing = List.copyOf(decreasing);
    interactions = interactions.stream().map(List::copyOf).toList();
    Require.that(rate > 0 && rate <= 1, "rate is " + rate + ", but must lie in (0, 1].");
    Require.closed("depth", depth, 1, 20);
    Require.that(
        maxLeaves == 0 || maxLeaves > 1,
        "max-leaves is " + maxLeaves + ", but must be 0 (no bound) or 2 and more.");
    Require.nonNegative("min-leaf-weight", minLeafWeight);
    Require.nonNegative("min-gain", minGain);
    Require.nonNegative("leaf-penalty", leafPenalty);
    Require.nonNegative("max-delta-step", maxDeltaStep);
    Require.closed("bins", bins, 2, 4096);
    share("row-share", rowShare);
    share("column-share", columnShare);
    Require.positive("max-categories-to-one-hot", maxCategoriesToOneHot);
    Require.positive("max-categories-per-split", maxCategoriesPerSplit);
    Set<String> both = new HashSet<>(increasing);
    both.retainAll(decreasing);
    Require.that(both.isEmpty(), "Features " + both + " stand in increasing and in decreasing.");
    interactions.forEach(
        group -> Require.that(!group.isEmpty(), "A group of interactions names no feature."));
  }

  private static void share(String name, double value) {
    Require.that(value > 0 && value <= 1, name + " is " + value + ", but must lie in (0, 1].");
  }

  /** The same at another rate. */
  public Growth withRate(double other) {
    return new Growth(
        other,
        depth,
        maxLeaves,
        minLeafWeight,
        minGain,
        leafPenalty,
        maxDeltaStep,
        bins,
        rowShare,
        columnShare,
        maxCategoriesToOneHot,
        maxCategoriesPerSplit,
        increasing,
        decreasing,
        interactions);
  }

  /**
   * Checks that constraints name features that there are, and that order is asked of numbers only.
   *
   * @throws UserError when they do not; the message says which and what was meant
   */
  public void checkFits(Features features) {
    checkOrder("increasing", increasing, features);
    checkOrder("decreasing", decreasing, features);
    interactions.forEach(
        group -> group.forEach(name -> checkKnown("interactions", name, features)));
  }

  private static void checkOrder(String key, List<String> names, Features features) {
    for (String name : names) {
      checkKnown(key, name, features);
      if (features.isCategorical(features.names().indexOf(name))) {
        throw UserError.usage(
            "Cannot keep trees "
                + key
                + " in '"
                + name
                + "': it is a categorical feature, whose values have no order.");
      }
    }
  }

  private static void checkKnown(String key, String name, Features features) {
    if (!features.names().contains(name)) {
      throw UserError.usage(
          "Cannot grow trees: "
              + key
              + " names '"
              + name
              + "', which is no feature."
              + DidYouMean.hint(name, features.names()));
    }
  }

  /** XGBoost's parameters. */
  Map<String, String> parameters(Features features) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("tree_method", "hist");
    parameters.put("eta", Double.toString(rate));
    parameters.put("max_depth", Integer.toString(depth));
    parameters.put("max_leaves", Integer.toString(maxLeaves));
    parameters.put("grow_policy", maxLeaves == 0 ? "depthwise" : "lossguide");
    parameters.put("min_child_weight", Double.toString(minLeafWeight));
    parameters.put("gamma", Double.toString(minGain));
    parameters.put("lambda", Double.toString(leafPenalty));
    parameters.put("max_delta_step", Double.toString(maxDeltaStep));
    parameters.put("max_bin", Integer.toString(bins));
    parameters.put("colsample_bytree", Double.toString(columnShare));
    parameters.put("max_cat_to_onehot", Integer.toString(maxCategoriesToOneHot));
    parameters.put("max_cat_threshold", Integer.toString(maxCategoriesPerSplit));
    if (!increasing.isEmpty() || !decreasing.isEmpty()) {
      parameters.put(
          "monotone_constraints",
          features.names().stream()
              .map(name -> increasing.contains(name) ? "1" : decreasing.contains(name) ? "-1" : "0")
              .collect(Collectors.joining(",", "(", ")")));
    }
    if (!interactions.isEmpty()) {
      parameters.put("interaction_constraints", groups(features));
    }
    return parameters;
  }

  private String groups(Features features) {
    return interactions.stream()
        .map(
            group ->
                group.stream()
                    .map(name -> Integer.toString(features.names().indexOf(name)))
                    .collect(Collectors.joining(",", "[", "]")))
        .collect(Collectors.joining(",", "[", "]"));
  }

  /**
   * Which of some rows a round learns from; the same for the same seed and round.
   *
   * @param before how many rows stand before them
   */
  boolean[] rowsOfRound(int rows, long before, long seed, int round) {
    long mixed = StableHash.combine(seed, round);
    boolean[] included = new boolean[rows];
    for (int row = 0; row < rows; row++) {
      included[row] = StableHash.uniform(mixed, before + row) < rowShare;
    }
    return included;
  }
}
