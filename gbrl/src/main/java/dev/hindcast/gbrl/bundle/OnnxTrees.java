package dev.hindcast.gbrl.bundle;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.Forest;
import dev.hindcast.training.bundle.OnnxExport;
import dev.hindcast.training.bundle.OnnxGraph;
import dev.hindcast.training.bundle.OnnxHeads;
import java.util.ArrayList;
import java.util.List;

/**
 * A product as an ONNX graph with the inputs and outputs that networks have too. Numbers may be
 * NaN, where they are missing.
 */
final class OnnxTrees implements OnnxHeads.Functions {
  private static final String FEATURES = "input.features";

  private final OnnxGraph graph = new OnnxGraph();
  private final TreeProduct product;
  private final ObservationSpace observationSpace;
  private final ActionSpace actionSpace;

  private OnnxTrees(
      TreeProduct product, ObservationSpace observationSpace, ActionSpace actionSpace) {
    this.product = product;
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
  }

  /** The model; {@code usesMask} gives a policy over discrete actions a mask. */
  static ModelProto of(
      TreeProduct product,
      ObservationSpace observationSpace,
      ActionSpace actionSpace,
      boolean usesMask) {
    OnnxTrees trees = new OnnxTrees(product, observationSpace, actionSpace);
    trees.graph.use(ForestNode.DOMAIN, ForestNode.OPSET);
    trees.inputs();
    OnnxHeads.add(trees.graph, product.head(), product.vectors(), actionSpace, usesMask, trees);
    return trees.graph.model();
  }

  private void inputs() {
    List<String> parts = new ArrayList<>();
    if (!observationSpace.numeric().isEmpty()) {
      graph.floatInput(OnnxExport.OBSERVATION, observationSpace.numeric().size());
      parts.add(OnnxExport.OBSERVATION);
    }
    if (!observationSpace.categorical().isEmpty()) {
      graph.integerInput(OnnxExport.CODES, observationSpace.categorical().size());
      graph.castToFloat("input.codes", OnnxExport.CODES);
      parts.add("input.codes");
    }
    graph.node("Concat", FEATURES, 1, parts.toArray(String[]::new));
  }

  @Override
  public String outputs(String role, String... extra) {
    Forest forest = product.ensembles().get(role).forest();
    return product.ensembles().get(role).input() == TreeProduct.Input.OBSERVATION
        ? sum(role, forest, FEATURES)
        : ofEveryAction(role, forest);
  }

  @Override
  public String outputsAt(String role, String action) {
    graph.node("Concat", role + ".input", 1, FEATURES, action);
    return sum(role, product.ensembles().get(role).forest(), role + ".input");
  }

  /** (N, outputs) of rows of features. */
  private String sum(String role, Forest forest, String input) {
    float[] intercepts = new float[forest.outputs()];
    for (int k = 0; k < intercepts.length; k++) {
      intercepts[k] = forest.intercept(k);
    }
    graph.constant(role + ".intercepts", intercepts);
    graph.add(ForestNode.of(forest, input, role + ".trees"));
    graph.node("Add", role + ".outputs", role + ".trees", role + ".intercepts");
    return role + ".outputs";
  }

  /** (N, actions): every row so many times, each time with another action. */
  private String ofEveryAction(String role, Forest forest) {
    int actions = ((ActionSpace.Discrete) actionSpace).size();
    float[] codes = new float[actions];
    for (int action = 0; action < actions; action++) {
      codes[action] = action;
    }
    graph.constant(role + ".actions", List.of(1, actions, 1), codes);
    graph.integerList(role + ".one", 1);
    graph.integerList(role + ".ones", 1, 1);
    graph.integerList(role + ".repetition", 1, actions, 1);
    graph.integerList(role + ".width", -1, forest.features());
    graph.integerList(role + ".table", -1, actions);
    graph.node("Unsqueeze", role + ".rows", FEATURES, role + ".one");
    graph.node("Expand", role + ".repeated", role + ".rows", role + ".repetition");
    graph.node("Shape", role + ".shape", FEATURES);
    graph.integers(role + ".first", 0, 1);
    graph.node("Gather", role + ".count", 0, role + ".shape", role + ".first");
    graph.node("Concat", role + ".repetitions", 0, role + ".count", role + ".ones");
    graph.node("Expand", role + ".paired", role + ".actions", role + ".repetitions");
    graph.node("Concat", role + ".pairs", 2, role + ".repeated", role + ".paired");
    graph.node("Reshape", role + ".input", role + ".pairs", role + ".width");
    graph.node("Reshape", role + ".values", sum(role, forest, role + ".input"), role + ".table");
    return role + ".values";
  }
}
