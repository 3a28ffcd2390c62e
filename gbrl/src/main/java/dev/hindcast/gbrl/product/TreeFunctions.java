package dev.hindcast.gbrl.product;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.gbrl.tree.Features;
import dev.hindcast.gbrl.tree.Forest;
import dev.hindcast.training.head.Functions;
import dev.hindcast.training.head.HeadPolicy;
import dev.hindcast.training.head.HeadQFunction;
import java.util.Map;
import java.util.TreeMap;

/** The ensembles of a product in plain Java. Equal bits on every call and machine. */
public final class TreeFunctions implements Functions {
  private static final long serialVersionUID = 1L;

  /** How many rows of features are made at a time where every action has a row of its own. */
  private static final int ROWS_AT_A_TIME = 1 << 14;

  private final Map<String, Forest> forests = new TreeMap<>();
  private final Map<String, TreeProduct.Input> inputs = new TreeMap<>();
  private final Features ofObservation;
  private final Features ofAction;
  private final ActionSpace actionSpace;

  private TreeFunctions(
      TreeProduct product, ObservationSpace observationSpace, ActionSpace actionSpace) {
    product.checkFits(observationSpace, actionSpace);
    product
        .ensembles()
        .forEach(
            (role, trees) -> {
              forests.put(role, trees.forest());
              inputs.put(role, trees.input());
            });
    ofObservation = Features.of(observationSpace);
    ofAction = Features.withAction(observationSpace, actionSpace);
    this.actionSpace = actionSpace;
  }

  /**
   * The policy of a product whose head yields a policy.
   *
   * @param usesMask whether it keeps to masks
   */
  public static HeadPolicy policy(
      TreeProduct product,
      ObservationSpace observationSpace,
      ActionSpace actionSpace,
      boolean usesMask) {
    return new HeadPolicy(
        product.head(),
        new TreeFunctions(product, observationSpace, actionSpace),
        product.vectors(),
        actionSpace,
        usesMask);
  }

  /** The Q-function of a product whose head yields values. */
  public static HeadQFunction values(
      TreeProduct product, ObservationSpace observationSpace, ActionSpace actionSpace) {
    return new HeadQFunction(
        product.head(), new TreeFunctions(product, observationSpace, actionSpace), actionSpace);
  }

  @Override
  public float[] outputs(String role, Decisions decisions) {
    return inputs.get(role) == TreeProduct.Input.OBSERVATION
        ? forests.get(role).margins(ofObservation.rows(decisions))
        : ofEveryAction(forests.get(role), decisions);
  }

  private float[] ofEveryAction(Forest forest, Decisions decisions) {
    int actions = ((ActionSpace.Discrete) actionSpace).size();
    int step = Math.max(1, ROWS_AT_A_TIME / actions);
    float[] outputs = new float[decisions.size() * actions];
    float[] observed = ofObservation.rows(decisions);
    int width = ofObservation.width();
    for (int from = 0; from < decisions.size(); from += step) {
      int to = Math.min(decisions.size(), from + step);
      float[] rows = new float[(to - from) * actions * (width + 1)];
      for (int i = 0; i < (to - from) * actions; i++) {
        System.arraycopy(observed, (from + i / actions) * width, rows, i * (width + 1), width);
        rows[(i + 1) * (width + 1) - 1] = i % actions;
      }
      float[] found = forest.margins(rows);
      System.arraycopy(found, 0, outputs, from * actions, found.length);
    }
    return outputs;
  }

  @Override
  public float[] outputs(String role, Decisions decisions, float[] units) {
    throw new UnsupportedOperationException("Trees are not shown what another ensemble gives.");
  }

  @Override
  public float[] outputsAt(String role, Decisions decisions, float[] actions) {
    return forests.get(role).margins(ofAction.rows(decisions, actions));
  }
}
