package dev.hindcast.training.bundle;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.List;

/** An ONNX graph being built, node by node. Every node's name is that of its one output. */
public final class OnnxGraph {
  /** The version of ONNX's own operators. */
  public static final int OPSET = 17;

  private static final int IR_VERSION = 8;

  private final ModelProto.Builder model =
      ModelProto.newBuilder()
          .setIrVersion(IR_VERSION)
          .setProducerName("hindcast")
          .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET));
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("hindcast");

  /** The whole model. */
  public ModelProto model() {
    return model.setGraph(graph).build();
  }

  /** Lets nodes come from another set of operators too. */
  public void use(String domain, int version) {
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
  }

  /** An input of 32-bit floats, (N, width). */
  public void floatInput(String name, int width) {
    graph.addInput(value(name, TensorProto.DataType.FLOAT_VALUE, width));
  }

  /** An input of 64-bit integers, (N, width). */
  public void integerInput(String name, int width) {
    graph.addInput(value(name, TensorProto.DataType.INT64_VALUE, width));
  }

  /** An input of booleans, (N, width). */
  public void booleanInput(String name, int width) {
    graph.addInput(value(name, TensorProto.DataType.BOOL_VALUE, width));
  }

  /** An output of 32-bit floats, (N, then the widths). */
  public void floatOutput(String name, int... widths) {
    graph.addOutput(value(name, TensorProto.DataType.FLOAT_VALUE, widths));
  }

  /** A node that was made elsewhere. */
  public void add(NodeProto node) {
    graph.addNode(node);
  }

  /** Any operator without attributes. */
  public void node(String operator, String output, String... inputs) {
    graph.addNode(builder(operator, output, inputs));
  }

  /** Any operator with no attribute but {@code axis}. */
  public void node(String operator, String output, int axis, String... inputs) {
    graph.addNode(builder(operator, output, inputs).addAttribute(integerAttribute("axis", axis)));
  }

  /** {@code input weightᵀ + bias}. */
  public void linear(String output, String input, String weight, String bias) {
    graph.addNode(
        builder("Gemm", output, input, weight, bias).addAttribute(integerAttribute("transB", 1)));
  }

  /** Rows moved to mean 0 and variance 1, times the gain plus the shift. */
  public void layerNormalization(
      String output, String input, String gain, String shift, float epsilon) {
    graph.addNode(
        builder("LayerNormalization", output, input, gain, shift)
            .addAttribute(integerAttribute("axis", -1))
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("epsilon")
                    .setType(AttributeProto.AttributeType.FLOAT)
                    .setF(epsilon)));
  }

  /** (N, 1): the greatest number of each row. */
  public void greatestOfRow(String output, String input) {
    graph.addNode(
        builder("ReduceMax", output, input)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("axes")
                    .setType(AttributeProto.AttributeType.INTS)
                    .addInts(1))
            .addAttribute(integerAttribute("keepdims", 1)));
  }

  /** Columns {@code from} to {@code to}, exclusive, of (N, columns). */
  public void columns(String output, String input, int from, int to) {
    integers(output + ".columns", from, to);
    node("Gather", output, 1, input, output + ".columns");
  }

  /** (N): the one column of (N, 1). */
  public void firstColumn(String output, String input) {
    integer(output + ".column", 0);
    node("Gather", output, 1, input, output + ".column");
  }

  /** Cut to these ends. */
  public void between(String output, String input, float low, float high) {
    constant(output + ".low", List.of(), new float[] {low});
    constant(output + ".high", List.of(), new float[] {high});
    node("Clip", output, input, output + ".low", output + ".high");
  }

  /** Booleans as 0 and 1. */
  public void castToFloat(String output, String input) {
    graph.addNode(
        builder("Cast", output, input)
            .addAttribute(integerAttribute("to", TensorProto.DataType.FLOAT_VALUE)));
  }

  /** A vector of floats. */
  public void constant(String name, float[] values) {
    constant(name, List.of(values.length), values);
  }

  /** Floats of any shape; none makes a scalar. */
  public void constant(String name, List<Integer> shape, float[] values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
    shape.forEach(tensor::addDims);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    graph.addInitializer(tensor);
  }

  /** One integer, a scalar. */
  public void integer(String name, long value) {
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64_VALUE)
            .addInt64Data(value));
  }

  /** These integers, a vector. */
  public void integerList(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64_VALUE)
            .addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    graph.addInitializer(tensor);
  }

  /** The integers {@code from} to {@code to}, exclusive. */
  public void integers(String name, int from, int to) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64_VALUE)
            .addDims((long) to - from);
    for (int i = from; i < to; i++) {
      tensor.addInt64Data(i);
    }
    graph.addInitializer(tensor);
  }

  private static NodeProto.Builder builder(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(Arrays.asList(inputs))
        .addOutput(output);
  }

  private static AttributeProto integerAttribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ValueInfoProto value(String name, int type, int... widths) {
    TensorShapeProto.Builder shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
    for (int width : widths) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }
}
