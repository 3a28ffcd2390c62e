package dev.hindcast.offlinerl.bundle;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.offlinerl.network.Architecture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A network as an ONNX graph that takes raw observations.
 *
 * <p>Inputs: {@code observation} (N, numeric fields), 32-bit floats as they stand in the dataset,
 * the normalizer is inside; {@code observation_codes} (N, categorical fields), 64-bit dictionary
 * codes; {@code action_mask} (N, actions), for policies trained with masks. An input without fields
 * is absent. Output: {@code probabilities} or {@code values}, (N, actions).
 */
final class OnnxModel {
  static final int OPSET = 17;
  static final String OBSERVATION = "observation";
  static final String CODES = "observation_codes";
  static final String MASK = "action_mask";
  static final String PROBABILITIES = "probabilities";
  static final String VALUES = "values";
  private static final int IR_VERSION = 8;
  private static final float MASKED_LOGIT = -1e9f;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("hindcast");

  private OnnxModel() {}

  /** The model; {@code isPolicy} ends it with a softmax, {@code usesMask} gives that a mask. */
  static ModelProto of(
      Architecture architecture,
      Normalizer normalizer,
      float[] parameters,
      boolean isPolicy,
      boolean usesMask) {
    OnnxModel model = new OnnxModel();
    String input = model.input(architecture, normalizer);
    String outputs = model.layers(architecture, parameters, input);
    String result = isPolicy ? PROBABILITIES : VALUES;
    if (isPolicy) {
      model.policyHead(outputs, architecture.outputs(), usesMask);
    } else {
      model.node("Identity", result, outputs);
    }
    model.graph.addOutput(value(result, TensorProto.DataType.FLOAT_VALUE, architecture.outputs()));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("hindcast")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(model.graph)
        .build();
  }

  private String input(Architecture architecture, Normalizer normalizer) {
    List<String> parts = new ArrayList<>();
    if (architecture.numeric() > 0) {
      graph.addInput(value(OBSERVATION, TensorProto.DataType.FLOAT_VALUE, architecture.numeric()));
      floats("normalizer.mean", List.of(architecture.numeric()), normalizer.mean());
      floats("normalizer.scale", List.of(architecture.numeric()), normalizer.scale());
      node("Sub", "centered", OBSERVATION, "normalizer.mean");
      node("Div", "normalized", "centered", "normalizer.scale");
      parts.add("normalized");
    }
    int fields = architecture.embeddings().size();
    if (fields > 0) {
      graph.addInput(value(CODES, TensorProto.DataType.INT64_VALUE, fields));
    }
    for (int i = 0; i < fields; i++) {
      graph.addInitializer(
          TensorProto.newBuilder()
              .setName("field." + i)
              .setDataType(TensorProto.DataType.INT64_VALUE)
              .addInt64Data(i));
      graph.addNode(
          nodeBuilder("Gather", "codes." + i, CODES, "field." + i)
              .addAttribute(integer("axis", 1)));
      graph.addNode(
          nodeBuilder("Gather", "embedded." + i, "embedding." + i + ".weight", "codes." + i)
              .addAttribute(integer("axis", 0)));
      parts.add("embedded." + i);
    }
    if (parts.size() == 1) {
      return parts.get(0);
    }
    graph.addNode(
        nodeBuilder("Concat", "input", parts.toArray(String[]::new))
            .addAttribute(integer("axis", 1)));
    return "input";
  }

  private String layers(Architecture architecture, float[] parameters, String input) {
    for (Architecture.Tensor tensor : architecture.tensors()) {
      floats(
          tensor.name(),
          tensor.shape(),
          Arrays.copyOfRange(parameters, tensor.offset(), tensor.offset() + tensor.size()));
    }
    String values = input;
    int layers = architecture.hidden().size() + 1;
    for (int i = 0; i < layers; i++) {
      String sum = "layer." + i;
      graph.addNode(
          nodeBuilder("Gemm", sum, values, sum + ".weight", sum + ".bias")
              .addAttribute(integer("transB", 1)));
      values = sum;
      if (i + 1 < layers) {
        values = sum + ".rectified";
        node("Relu", values, sum);
      }
    }
    return values;
  }

  private void policyHead(String logits, int actions, boolean usesMask) {
    String masked = logits;
    if (usesMask) {
      graph.addInput(value(MASK, TensorProto.DataType.BOOL_VALUE, actions));
      floats("masked.logit", List.of(1), new float[] {MASKED_LOGIT});
      node("Where", "masked", MASK, logits, "masked.logit");
      masked = "masked";
    }
    graph.addNode(nodeBuilder("Softmax", PROBABILITIES, masked).addAttribute(integer("axis", 1)));
  }

  private void node(String operator, String output, String... inputs) {
    graph.addNode(nodeBuilder(operator, output, inputs));
  }

  private static NodeProto.Builder nodeBuilder(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(Arrays.asList(inputs))
        .addOutput(output);
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private void floats(String name, List<Integer> shape, float[] values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
    shape.forEach(tensor::addDims);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    graph.addInitializer(tensor);
  }

  private static ValueInfoProto value(String name, int type, int width) {
    TensorShapeProto.Builder shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }
}
