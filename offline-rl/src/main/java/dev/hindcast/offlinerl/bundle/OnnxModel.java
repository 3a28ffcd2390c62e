package dev.hindcast.offlinerl.bundle;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Architecture.Normalization;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.offlinerl.product.Head;
import dev.hindcast.training.bundle.OnnxExport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A product as an ONNX graph that takes raw observations and gives actions in the environment's
 * units; {@code docs/spec/bundle.md} lists the inputs and outputs of every head.
 */
final class OnnxModel {
  static final int OPSET = 17;
  private static final int IR_VERSION = 8;
  private static final float MASKED_LOGIT = -1e9f;
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
    if (actionSpace instanceof ActionSpace.Box box) {
      model.continuous(box);
    } else {
      model.discrete(((ActionSpace.Discrete) actionSpace).size(), usesMask);
    }
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("hindcast")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(model.graph.build())
        .build();
  }

  /** Declares the observation and normalizes its numbers, once for all networks. */
  private void inputs(Normalizer normalizer) {
    Architecture any = product.networks().values().iterator().next().architecture();
    if (any.numeric() > 0) {
      graph.floatInput(OnnxExport.OBSERVATION, any.numeric());
      graph.constant("normalizer.mean", normalizer.mean());
      graph.constant("normalizer.scale", normalizer.scale());
      graph.node("Sub", "input.centered", OnnxExport.OBSERVATION, "normalizer.mean");
      graph.node("Div", SHARED, "input.centered", "normalizer.scale");
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

  private void discrete(int actions, boolean usesMask) {
    Head head = product.head();
    if (head instanceof Head.ActionValues) {
      graph.node("Identity", OnnxExport.VALUES, network(Head.Q));
      graph.floatOutput(OnnxExport.VALUES, actions);
      return;
    }
    if (usesMask) {
      graph.booleanInput(OnnxExport.MASK, actions);
      graph.constant("masked.logit", new float[] {MASKED_LOGIT});
    }
    if (head instanceof Head.Greedy greedy) {
      greedy(greedy, actions, usesMask);
    } else {
      String logits = masked("policy.masked", network(Head.POLICY), usesMask);
      graph.node("Softmax", OnnxExport.PROBABILITIES, 1, logits);
      graph.floatOutput(OnnxExport.PROBABILITIES, actions);
    }
  }

  /** Values of actions that do not count fall below all others; then the greatest is marked. */
  private void greedy(Head.Greedy head, int actions, boolean usesMask) {
    graph.node("Identity", OnnxExport.VALUES, network(Head.Q));
    String values = masked("q.masked", OnnxExport.VALUES, usesMask);
    if (head.threshold() > 0) {
      String logits = masked("behavior.masked", network(Head.BEHAVIOR), usesMask);
      graph.constant("behavior.threshold", new float[] {(float) Math.log(head.threshold())});
      graph.constant("improbable.value", new float[] {-Float.MAX_VALUE});
      graph.greatestOfRow("behavior.greatest", logits);
      graph.node("Sub", "behavior.relative", logits, "behavior.greatest");
      graph.node("GreaterOrEqual", "behavior.probable", "behavior.relative", "behavior.threshold");
      graph.node("Where", "q.probable", "behavior.probable", values, "improbable.value");
      values = "q.probable";
    }
    graph.node("ArgMax", "q.best", 1, values);
    graph.integers("actions", 0, actions);
    graph.node("Equal", "q.chosen", "q.best", "actions");
    graph.castToFloat(OnnxExport.PROBABILITIES, "q.chosen");
    graph.floatOutput(OnnxExport.PROBABILITIES, actions);
    graph.floatOutput(OnnxExport.VALUES, actions);
  }

  private String masked(String name, String values, boolean usesMask) {
    if (!usesMask) {
      return values;
    }
    graph.node("Where", name, OnnxExport.MASK, values, "masked.logit");
    return name;
  }

  private void continuous(ActionSpace.Box box) {
    int d = box.dimensions();
    Head head = product.head();
    if (head instanceof Head.ActionValue) {
      actionValue(box);
      return;
    }
    box(box);
    if (head instanceof Head.SquashedGaussian squashed) {
      String outputs = network(Head.POLICY);
      graph.columns(OnnxExport.MEAN, outputs, 0, d);
      graph.columns("policy.log_deviation", outputs, d, 2 * d);
      graph.between(
          OnnxExport.LOG_DEVIATION,
          "policy.log_deviation",
          (float) squashed.minLogDeviation(),
          (float) squashed.maxLogDeviation());
      graph.node("Tanh", "policy.units", OnnxExport.MEAN);
      stretched("policy.stretched", "policy.units");
      cut("policy.stretched");
    } else if (head instanceof Head.Residual residual) {
      graph.node("Tanh", "base.units", network(Head.BASE));
      graph.node("Tanh", "policy.correction", network(Head.POLICY, "base.units"));
      graph.constant("policy.scale", new float[] {(float) residual.scale()});
      graph.node("Mul", "policy.moved", "policy.correction", "policy.scale");
      graph.node("Add", "policy.sum", "base.units", "policy.moved");
      graph.between("policy.units", "policy.sum", -1, 1);
      stretched("policy.stretched", "policy.units");
      cut("policy.stretched");
    } else if (head instanceof Head.Deterministic) {
      graph.node("Tanh", "policy.units", network(Head.POLICY));
      stretched("policy.stretched", "policy.units");
      cut("policy.stretched");
    } else {
      gaussian(box, head instanceof Head.TanhMeanGaussian);
    }
    graph.floatOutput(OnnxExport.ACTION, d);
    if (product.head() instanceof Head.SquashedGaussian || !product.head().vectors().isEmpty()) {
      graph.floatOutput(OnnxExport.MEAN, d);
      graph.floatOutput(OnnxExport.LOG_DEVIATION, d);
    }
  }

  private void gaussian(ActionSpace.Box box, boolean tanh) {
    String units = network(Head.POLICY);
    if (tanh) {
      graph.node("Tanh", "policy.units", units);
      units = "policy.units";
    }
    stretched(OnnxExport.MEAN, units);
    cut(OnnxExport.MEAN);
    float[] stored = product.vectors().get(Head.LOG_DEVIATION);
    float[] log = new float[stored.length];
    for (int j = 0; j < log.length; j++) {
      double half = 0.5 * ((double) box.high().get(j) - box.low().get(j));
      log[j] = (float) Math.log(Math.max(Float.MIN_NORMAL, Math.exp(stored[j]) * half));
    }
    graph.constant("policy.log_deviation", log);
    graph.node("Shape", "mean.shape", OnnxExport.MEAN);
    graph.node("Expand", OnnxExport.LOG_DEVIATION, "policy.log_deviation", "mean.shape");
  }

  private void actionValue(ActionSpace.Box box) {
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
    graph.floatInput(OnnxExport.ACTION, d);
    graph.constant("action.low", low);
    graph.constant("action.scale", scale);
    graph.constant("action.offset", offset);
    graph.node("Sub", "action.above", OnnxExport.ACTION, "action.low");
    graph.node("Mul", "action.scaled", "action.above", "action.scale");
    graph.node("Add", "action.units", "action.scaled", "action.offset");
    graph.firstColumn(OnnxExport.VALUE, network(Head.Q, "action.units"));
    graph.floatOutput(OnnxExport.VALUE);
  }

  private void box(ActionSpace.Box box) {
    int d = box.dimensions();
    float[] low = new float[d];
    float[] high = new float[d];
    float[] half = new float[d];
    float[] middle = new float[d];
    for (int j = 0; j < d; j++) {
      low[j] = box.low().get(j);
      high[j] = box.high().get(j);
      half[j] = (float) (0.5 * ((double) high[j] - low[j]));
      middle[j] = (float) (0.5 * ((double) high[j] + low[j]));
    }
    graph.constant("box.low", low);
    graph.constant("box.high", high);
    graph.constant("box.half", half);
    graph.constant("box.middle", middle);
  }

  /** From [-1, 1] to the box's units. */
  private void stretched(String name, String units) {
    graph.node("Mul", name + ".wide", units, "box.half");
    graph.node("Add", name, name + ".wide", "box.middle");
  }

  /** The action: cut to the box. */
  private void cut(String values) {
    graph.node("Max", "action.raised", values, "box.low");
    graph.node("Min", OnnxExport.ACTION, "action.raised", "box.high");
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
