package dev.hindcast.offlinerl.bundle;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Architecture.Normalization;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.training.bundle.OnnxExport;
import dev.hindcast.training.bundle.OnnxGraph;
import dev.hindcast.training.bundle.OnnxHeads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A product as an ONNX graph that takes raw observations and gives actions in the environment's
 * units; {@code docs/spec/bundle.md} lists the inputs and outputs of every head.
 */
final class OnnxModel {
  private static final String SHARED = "input.normalized";

  private final OnnxGraph graph = new OnnxGraph();
  private final FrozenProduct product;

  private OnnxModel(FrozenProduct product) {
    this.product = product;
  }

  /** The model; {@code usesMask} gives a policy over discrete actions a mask. */
  static ModelProto of(
      FrozenProduct product, Normalizer normalizer, ActionSpace actionSpace, boolean usesMask) {
    OnnxModel model = new OnnxModel(product);
    model.inputs(normalizer);
    OnnxHeads.add(
        model.graph,
        product.head(),
        product.vectors(),
        actionSpace,
        usesMask,
        model.functions(actionSpace));
    return model.graph.model();
  }

  private OnnxHeads.Functions functions(ActionSpace actionSpace) {
    return new OnnxHeads.Functions() {
      @Override
      public String outputs(String role, String... extra) {
        return network(role, extra);
      }

      @Override
      public String outputsAt(String role, String action) {
        units((ActionSpace.Box) actionSpace, action);
        return network(role, "action.units");
      }
    };
  }

  private void units(ActionSpace.Box box, String action) {
    int d = box.dimensions();
    float[] low = new float[d];
    float[] scale = new float[d];
    float[] offset = new float[d];
    for (int j = 0; j < d; j++) {
      double width = (double) box.high().get(j) - box.low().get(j);
      low[j] = box.low().get(j);
      scale[j] = width > 0 ? (float) (2 / width) : 0;
      offset[j] = width > 0 ? -1 : 0;
    }
    graph.constant("action.low", low);
    graph.constant("action.scale", scale);
    graph.constant("action.offset", offset);
    graph.node("Sub", "action.above", action, "action.low");
    graph.node("Mul", "action.scaled", "action.above", "action.scale");
    graph.node("Add", "action.units", "action.scaled", "action.offset");
  }

  /** Declares the observation and normalizes its numbers, once for all networks. */
  private void inputs(Normalizer normalizer) {
    Architecture any = product.networks().values().iterator().next().architecture();
    if (any.numeric() > 0) {
      graph.floatInput(OnnxExport.OBSERVATION, any.numeric());
      graph.constant("normalizer.mean", normalizer.mean());
      graph.constant("normalizer.scale", normalizer.scale());
      graph.node("Sub", "input.centered", OnnxExport.OBSERVATION, "normalizer.mean");
      graph.node("Div", "input.scaled", "input.centered", "normalizer.scale");
      graph.constant("input.missing", new float[] {0});
      graph.node("IsNaN", "input.is_missing", OnnxExport.OBSERVATION);
      graph.node("Where", SHARED, "input.is_missing", "input.missing", "input.scaled");
    }
    int fields = any.embeddings().size();
    if (fields > 0) {
      graph.integerInput(OnnxExport.CODES, fields);
      for (int i = 0; i < fields; i++) {
        graph.integer("input.field." + i, i);
        graph.node("Gather", "input.codes." + i, 1, OnnxExport.CODES, "input.field." + i);
      }
    }
  }

  /** The outputs of a network, (N, outputs); extra inputs stand after the observation. */
  private String network(String role, String... extra) {
    FrozenProduct.Weights weights = product.networks().get(role);
    Architecture architecture = weights.architecture();
    for (Architecture.Tensor tensor : architecture.tensors()) {
      graph.constant(
          role + "." + tensor.name(),
          tensor.shape(),
          Arrays.copyOfRange(
              weights.parameters(), tensor.offset(), tensor.offset() + tensor.size()));
    }
    List<String> parts = new ArrayList<>();
    if (architecture.numeric() > 0) {
      parts.add(SHARED);
    }
    for (int i = 0; i < architecture.embeddings().size(); i++) {
      String embedded = role + ".embedded." + i;
      graph.node("Gather", embedded, 0, role + ".embedding." + i + ".weight", "input.codes." + i);
      parts.add(embedded);
    }
    parts.addAll(List.of(extra));
    String values = parts.get(0);
    if (parts.size() > 1) {
      values = role + ".input";
      graph.node("Concat", values, 1, parts.toArray(String[]::new));
    }
    for (int i = 0; i < architecture.hidden().size(); i++) {
      values = hidden(role + ".layer." + i, values, architecture.normalization());
    }
    return linear(role + ".layer." + architecture.hidden().size(), values);
  }

  private String hidden(String layer, String input, Normalization normalization) {
    String values = linear(layer, input);
    if (normalization == Normalization.BEFORE_ACTIVATION) {
      values = normalized(layer, values);
    }
    graph.node("Relu", layer + ".rectified", values);
    return normalization == Normalization.AFTER_ACTIVATION
        ? normalized(layer, layer + ".rectified")
        : layer + ".rectified";
  }

  private String linear(String layer, String input) {
    graph.linear(layer, input, layer + ".weight", layer + ".bias");
    return layer;
  }

  private String normalized(String layer, String values) {
    graph.layerNormalization(
        layer + ".normalized",
        values,
        layer + ".gain",
        layer + ".shift",
        (float) Architecture.NORMALIZATION_EPSILON);
    return layer + ".normalized";
  }
}
