package dev.hindcast.gbrl.bundle;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.hindcast.gbrl.tree.Forest;

/**
 * A forest as one node of an ONNX graph: {@code TreeEnsemble} of {@code ai.onnx.ml} version 5, the
 * first with sets of categories. It gives the sum of the trees without the intercepts.
 *
 * <p>The true branch of a question is the left one below a threshold, and the right one in a set.
 */
final class ForestNode {
  /** The operators' domain. */
  static final String DOMAIN = "ai.onnx.ml";

  /** The first version of the domain with this operator. */
  static final int OPSET = 5;

  private static final int SUM = 1;
  private static final int BELOW = 1; // BRANCH_LT
  private static final int MEMBER = 6; // BRANCH_MEMBER

  private final Forest forest;
  private final NodeProto.Builder node = NodeProto.newBuilder().setOpType("TreeEnsemble");
  private final AttributeProto.Builder features = integers("nodes_featureids");
  private final AttributeProto.Builder trueIds = integers("nodes_truenodeids");
  private final AttributeProto.Builder trueLeaves = integers("nodes_trueleafs");
  private final AttributeProto.Builder falseIds = integers("nodes_falsenodeids");
  private final AttributeProto.Builder falseLeaves = integers("nodes_falseleafs");
  private final AttributeProto.Builder missingTrue = integers("nodes_missing_value_tracks_true");
  private final AttributeProto.Builder roots = integers("tree_roots");
  private final AttributeProto.Builder targets = integers("leaf_targetids");
  private final TensorProto.Builder splits = floats();
  private final TensorProto.Builder weights = floats();
  private final TensorProto.Builder members = floats();
  private final ByteString.Output modes = ByteString.newOutput();
  private int questions;
  private int leaves;

  private ForestNode(Forest forest) {
    this.forest = forest;
  }

  /**
   * The node.
   *
   * @param input (N, features), NaN where missing
   * @param output (N, outputs)
   */
  static NodeProto of(Forest forest, String input, String output) {
    ForestNode made = new ForestNode(forest);
    for (int tree = 0; tree < forest.trees(); tree++) {
      made.add(tree);
    }
    if (forest.trees() == 0) { // nothing has grown yet, and the operator needs a tree
      made.addConstant(0, 0);
    }
    return made.build(input, output);
  }

  private NodeProto build(String input, String output) {
    TensorProto.Builder kinds =
        TensorProto.newBuilder()
            .setDataType(TensorProto.DataType.UINT8_VALUE)
            .addDims(questions)
            .setRawData(modes.toByteString());
    node.setDomain(DOMAIN).setName(output).addInput(input).addOutput(output);
    node.addAttribute(integer("aggregate_function", SUM));
    node.addAttribute(integer("post_transform", 0));
    node.addAttribute(integer("n_targets", forest.outputs()));
    node.addAttribute(tensor("nodes_modes", kinds));
    node.addAttribute(tensor("nodes_splits", splits.addDims(questions)));
    node.addAttribute(tensor("leaf_weights", weights.addDims(leaves)));
    if (members.getFloatDataCount() > 0) {
      node.addAttribute(tensor("membership_values", members.addDims(members.getFloatDataCount())));
    }
    for (AttributeProto.Builder list :
        new AttributeProto.Builder[] {
          features, trueIds, trueLeaves, falseIds, falseLeaves, missingTrue, roots, targets
        }) {
      node.addAttribute(list);
    }
    return node.build();
  }

  private void add(int tree) {
    int root = forest.root(tree);
    if (forest.isLeaf(root)) {
      addConstant(forest.number(root), forest.outputOf(tree));
    } else {
      roots.addInts(questions);
      add(root, tree);
    }
  }

  /**
   * A tree needs a question, and a leaf of its own for either answer: onnxruntime 1.26 takes the
   * leaves of all later trees for others where two answers share one.
   */
  private void addConstant(float number, int output) {
    roots.addInts(questions);
    ask(0, BELOW, 0, 0);
    trueIds.addInts(leaf(number, output));
    trueLeaves.addInts(1);
    falseIds.addInts(leaf(number, output));
    falseLeaves.addInts(1);
  }

  /** Adds a question and all below it; its place among the questions. */
  private int add(int at, int tree) {
    int place = questions;
    boolean isSet = forest.isCategorical(at);
    boolean isMissingTrue = forest.isMissingLeft(at) != isSet;
    ask(
        forest.feature(at),
        isSet ? MEMBER : BELOW,
        isSet ? 0 : forest.number(at),
        isMissingTrue ? 1 : 0);
    if (isSet) {
      for (int category : forest.categories(at)) {
        members.addFloatData(category);
      }
      members.addFloatData(Float.NaN); // ends the set
    }
    trueIds.addInts(0);
    trueLeaves.addInts(0);
    falseIds.addInts(0);
    falseLeaves.addInts(0);
    answer(trueIds, trueLeaves, place, isSet ? forest.right(at) : forest.left(at), tree);
    answer(falseIds, falseLeaves, place, isSet ? forest.left(at) : forest.right(at), tree);
    return place;
  }

  private void ask(int feature, int mode, float split, int missing) {
    features.addInts(feature);
    modes.write(mode);
    splits.addFloatData(split);
    missingTrue.addInts(missing);
    questions++;
  }

  private void answer(
      AttributeProto.Builder ids, AttributeProto.Builder areLeaves, int place, int to, int tree) {
    boolean isLeaf = forest.isLeaf(to);
    ids.setInts(place, isLeaf ? leaf(forest.number(to), forest.outputOf(tree)) : add(to, tree));
    areLeaves.setInts(place, isLeaf ? 1 : 0);
  }

  private int leaf(float number, int output) {
    weights.addFloatData(number);
    targets.addInts(output);
    return leaves++;
  }

  private static TensorProto.Builder floats() {
    return TensorProto.newBuilder().setDataType(TensorProto.DataType.FLOAT_VALUE);
  }

  private static AttributeProto.Builder integers(String name) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
  }

  private static AttributeProto.Builder integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value);
  }

  private static AttributeProto.Builder tensor(String name, TensorProto.Builder value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.TENSOR)
        .setT(value);
  }
}
