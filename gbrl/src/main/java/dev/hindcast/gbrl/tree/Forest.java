package dev.hindcast.gbrl.tree;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An {@link Ensemble} that no longer grows, in plain Java: it needs no native library, can be sent
 * to executors and used from many threads, and gives the library's outputs bit for bit. One row
 * takes a few microseconds.
 *
 * <p>A question sends a row to the left when its number is below the threshold, or when its
 * category is not in the set, which holds for every category that training did not see there; a
 * missing value goes where the question says.
 */
public final class Forest implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The attribute of an ensemble that holds the fingerprint of its features. */
  static final String FEATURES = "hindcast.features";

  private static final int LEAF = -1;
  private static final int NUMERIC = -1;

  // A node is four numbers side by side, so that asking it touches one line of the cache.
  private static final int LEFT = 0; // where the left node begins, or LEAF
  private static final int RIGHT = 1;
  private static final int ASKS = 2; // the feature, then two bits
  private static final int NUMBER = 3; // threshold or leaf as float bits, or the place of a set
  private static final int WIDTH = 4;
  private static final int MISSING_LEFT = 1;
  private static final int IS_SET = 2;
  private static final int FLAGS = 2;
  private static final int BLOCK = 64;

  /** The greatest category that the library takes for one. */
  private static final float GREATEST_CATEGORY = 1 << 24;

  private final int features;
  private final String fingerprint;
  private final float[] intercepts;
  private final int[] roots;
  private final int[] outputOfTree;
  private final int[] packed;
  private final float[] gain;
  private final float[] weight;
  private final long[][] sets;

  private Forest(Model model, Nodes nodes) {
    features = model.features();
    fingerprint = model.fingerprint();
    intercepts = model.intercepts();
    outputOfTree = model.outputOfTree();
    roots = nodes.roots;
    packed = nodes.packed();
    gain = nodes.gain;
    weight = nodes.weight;
    sets = nodes.sets.toArray(long[][]::new);
  }

  /**
   * What {@link Ensemble#bytes()} wrote.
   *
   * @throws IllegalArgumentException when it is damaged; the message says how
   */
  public static Forest read(byte[] bytes) {
    Model model = Model.of(BinaryJson.read(bytes));
    return new Forest(model, new Nodes(model));
  }

  /**
   * Checks that it speaks of these features, dictionaries included, and has so many outputs.
   *
   * @throws IllegalArgumentException when not; the message says what is different
   */
  public void checkFits(Features expected, int outputs) {
    if (features != expected.width() || !fingerprint.equals(expected.fingerprint().value())) {
      throw new IllegalArgumentException(
          "its trees were grown on other features or dictionaries than "
              + expected.names()
              + " (fingerprint "
              + fingerprint
              + ", not "
              + expected.fingerprint()
              + ")");
    }
    if (outputs != outputs()) {
      throw new IllegalArgumentException("it has " + outputs() + " outputs, not " + outputs);
    }
  }

  /**
   * (rows, outputs): the outputs of rows.
   *
   * @param values (rows, features), NaN where missing
   */
  public float[] margins(float[] values) {
    int rows = values.length / features;
    int width = outputs();
    float[] margins = new float[rows * width];
    for (int i = 0; i < margins.length; i++) {
      margins[i] = intercepts[i % width];
    }
    // Rows in blocks, so that a tree stays in the cache for all of them; sums are in tree order.
    for (int from = 0; from < rows; from += BLOCK) {
      int to = Math.min(rows, from + BLOCK);
      for (int tree = 0; tree < roots.length; tree++) {
        for (int row = from; row < to; row++) {
          margins[row * width + outputOfTree[tree]] += leaf(tree, values, row * features);
        }
      }
    }
    return margins;
  }

  private float leaf(int tree, float[] values, int row) {
    int at = roots[tree] * WIDTH;
    while (packed[at + LEFT] != LEAF) {
      int asks = packed[at + ASKS];
      float value = values[row + (asks >> FLAGS)];
      boolean goesLeft;
      if (Float.isNaN(value)) {
        goesLeft = (asks & MISSING_LEFT) != 0;
      } else if ((asks & IS_SET) == 0) {
        goesLeft = value < Float.intBitsToFloat(packed[at + NUMBER]);
      } else {
        goesLeft = !contains(sets[packed[at + NUMBER]], value);
      }
      at = packed[at + (goesLeft ? LEFT : RIGHT)];
    }
    return Float.intBitsToFloat(packed[at + NUMBER]);
  }

  private static boolean contains(long[] set, float category) {
    if (category < 0 || category >= GREATEST_CATEGORY) {
      return false;
    }
    int code = (int) category;
    return code >> 6 < set.length && (set[code >> 6] >> code & 1) == 1;
  }

  /** How many features its rows have. */
  public int features() {
    return features;
  }

  /** How many outputs it has. */
  public int outputs() {
    return intercepts.length;
  }

  /** What an output is before any tree. */
  public float intercept(int output) {
    return intercepts[output];
  }

  /** How many trees it has, over all outputs. */
  public int trees() {
    return roots.length;
  }

  /** The output that a tree adds to. */
  public int outputOf(int tree) {
    return outputOfTree[tree];
  }

  /** The node at which a tree begins; its others follow it. */
  public int root(int tree) {
    return roots[tree];
  }

  /** How many nodes all trees have together. */
  public int nodes() {
    return gain.length;
  }

  /** Whether a node asks nothing. */
  public boolean isLeaf(int node) {
    return packed[node * WIDTH + LEFT] == LEAF;
  }

  /** Where a row goes that is below the threshold, or not in the set. */
  public int left(int node) {
    return packed[node * WIDTH + LEFT] / WIDTH;
  }

  /** Where a row goes otherwise. */
  public int right(int node) {
    return packed[node * WIDTH + RIGHT] / WIDTH;
  }

  /** What a node asks for. */
  public int feature(int node) {
    return packed[node * WIDTH + ASKS] >> FLAGS;
  }

  /** Whether a node asks for a category. */
  public boolean isCategorical(int node) {
    return (packed[node * WIDTH + ASKS] & IS_SET) != 0;
  }

  /** The threshold of a numeric question, or what a leaf adds. */
  public float number(int node) {
    return Float.intBitsToFloat(packed[node * WIDTH + NUMBER]);
  }

  /** Whether a row without the feature goes left. */
  public boolean isMissingLeft(int node) {
    return (packed[node * WIDTH + ASKS] & MISSING_LEFT) != 0;
  }

  /** The categories that a question sends to the right, in order. */
  public int[] categories(int node) {
    long[] set = sets[packed[node * WIDTH + NUMBER]];
    return java.util.stream.IntStream.range(0, set.length * Long.SIZE)
        .filter(code -> contains(set, code))
        .toArray();
  }

  /** (features): by how much questions for each feature lowered the loss in training, summed. */
  public double[] gains() {
    double[] gains = new double[features];
    for (int node = 0; node < nodes(); node++) {
      if (!isLeaf(node)) {
        gains[feature(node)] += gain[node];
      }
    }
    return gains;
  }

  /** The sum of Hessians of the training rows in a node. */
  public float weight(int node) {
    return weight[node];
  }

  /** What stands in the file besides the nodes. */
  @SuppressWarnings("ArrayRecordComponent") // on its way into a forest; never compared
  private record Model(
      int features,
      String fingerprint,
      float[] intercepts,
      int[] outputOfTree,
      List<Map<?, ?>> trees) {
    static Model of(Map<?, ?> file) {
      Map<?, ?> learner = object(file, "learner");
      Map<?, ?> parameters = object(learner, "learner_model_param");
      Map<?, ?> booster = object(learner, "gradient_booster");
      check("gbtree".equals(booster.get("name")), "its booster is not gbtree");
      Map<?, ?> model = object(booster, "model");
      float[] intercepts = vector(text(parameters, "base_score"));
      int outputs =
          Math.max(1, Math.max(count(parameters, "num_target"), count(parameters, "num_class")));
      check(
          intercepts.length == outputs,
          intercepts.length + " intercepts do not fit " + outputs + " outputs");
      int[] outputOfTree = integers(model, "tree_info");
      List<Map<?, ?>> trees = new ArrayList<>();
      if (!(model.get("trees") instanceof List<?> list)) {
        throw new IllegalArgumentException("it has no trees");
      }
      for (Object tree : list) {
        check(tree instanceof Map, "a tree is no object");
        trees.add((Map<?, ?>) tree);
      }
      check(
          outputOfTree.length == trees.size(),
          outputOfTree.length + " outputs do not fit " + trees.size() + " trees");
      for (int output : outputOfTree) {
        check(output >= 0 && output < outputs, "a tree is for output " + output);
      }
      Object fingerprint = object(learner, "attributes").get(FEATURES);
      return new Model(
          count(parameters, "num_feature"),
          fingerprint instanceof String text ? text : "none",
          intercepts,
          outputOfTree,
          trees);
    }
  }

  /** The nodes of all trees, one tree after the other. */
  private static final class Nodes {
    final int[] roots;
    final int[] left;
    final int[] right;
    final int[] feature;
    final float[] number;
    final boolean[] missingLeft;
    final float[] gain;
    final float[] weight;
    final int[] setOf;
    final List<long[]> sets = new ArrayList<>();

    Nodes(Model model) {
      roots = new int[model.trees().size()];
      int total = 0;
      for (int tree = 0; tree < roots.length; tree++) {
        roots[tree] = total;
        total += integers(model.trees().get(tree), "left_children").length;
      }
      left = new int[total];
      right = new int[total];
      feature = new int[total];
      number = new float[total];
      missingLeft = new boolean[total];
      gain = new float[total];
      weight = new float[total];
      setOf = new int[total];
      for (int tree = 0; tree < roots.length; tree++) {
        try {
          add(model.trees().get(tree), roots[tree], model.features());
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("tree " + tree + ": " + e.getMessage(), e);
        }
      }
    }

    private int[] packed() {
      int[] packed = new int[Math.multiplyExact(left.length, WIDTH)];
      for (int i = 0; i < left.length; i++) {
        boolean isSet = setOf[i] != NUMERIC && left[i] != LEAF;
        packed[i * WIDTH + LEFT] = left[i] == LEAF ? LEAF : left[i] * WIDTH;
        packed[i * WIDTH + RIGHT] = left[i] == LEAF ? LEAF : right[i] * WIDTH;
        packed[i * WIDTH + ASKS] =
            feature[i] << FLAGS | (isSet ? IS_SET : 0) | (missingLeft[i] ? MISSING_LEFT : 0);
        packed[i * WIDTH + NUMBER] = isSet ? setOf[i] : Float.floatToRawIntBits(number[i]);
      }
      return packed;
    }

    private void add(Map<?, ?> tree, int root, int features) {
      int[] lefts = integers(tree, "left_children");
      int n = lefts.length;
      int[] rights = integers(tree, "right_children", n);
      int[] indices = integers(tree, "split_indices", n);
      int[] types = integers(tree, "split_type", n);
      int[] missing = integers(tree, "default_left", n);
      float[] conditions = floats(tree, "split_conditions", n);
      float[] gains = floats(tree, "loss_changes", n);
      float[] weights = floats(tree, "sum_hessian", n);
      check(n > 0, "it has no node");
      check(count(object(tree, "tree_param"), "size_leaf_vector") <= 1, "its leaves are vectors");
      for (int i = 0; i < n; i++) {
        boolean isLeaf = lefts[i] == LEAF;
        check(Float.isFinite(conditions[i]), "node " + i + " holds " + conditions[i]);
        check(
            isLeaf || (indices[i] >= 0 && indices[i] < features),
            "node " + i + " asks feature " + indices[i]);
        left[root + i] = isLeaf ? LEAF : root + lefts[i];
        right[root + i] = isLeaf ? LEAF : root + rights[i];
        feature[root + i] = indices[i];
        number[root + i] = conditions[i];
        missingLeft[root + i] = missing[i] != 0;
        gain[root + i] = gains[i];
        weight[root + i] = weights[i];
        setOf[root + i] = NUMERIC;
      }
      checkIsTree(lefts, rights);
      addSets(tree, root, types);
    }

    /** Every node has at most one parent, so that no row walks forever. */
    private static void checkIsTree(int[] lefts, int[] rights) {
      boolean[] hasParent = new boolean[lefts.length];
      hasParent[0] = true;
      for (int i = 0; i < lefts.length; i++) {
        for (int child : lefts[i] == LEAF ? new int[0] : new int[] {lefts[i], rights[i]}) {
          check(
              child > 0 && child < lefts.length && !hasParent[child],
              "node " + i + " leads to node " + child);
          hasParent[child] = true;
        }
      }
    }

    private void addSets(Map<?, ?> tree, int root, int[] types) {
      int[] nodes = integers(tree, "categories_nodes");
      int[] starts = integers(tree, "categories_segments", nodes.length);
      int[] sizes = integers(tree, "categories_sizes", nodes.length);
      int[] categories = integers(tree, "categories");
      for (int i = 0; i < nodes.length; i++) {
        check(
            nodes[i] >= 0 && nodes[i] < types.length && types[nodes[i]] == 1,
            "categories belong to node " + nodes[i]);
        check(
            starts[i] >= 0 && sizes[i] >= 0 && starts[i] <= categories.length - sizes[i],
            "the categories of node " + nodes[i] + " are not there");
        setOf[root + nodes[i]] = sets.size();
        sets.add(set(Arrays.copyOfRange(categories, starts[i], starts[i] + sizes[i])));
      }
      for (int i = 0; i < types.length; i++) {
        check(types[i] == 0 || setOf[root + i] != NUMERIC, "node " + i + " lacks its categories");
      }
    }

    private static long[] set(int[] categories) {
      int greatest = 0;
      for (int category : categories) {
        check(category >= 0 && category < GREATEST_CATEGORY, "category " + category);
        greatest = Math.max(greatest, category);
      }
      long[] set = new long[(greatest >> 6) + 1];
      for (int category : categories) {
        set[category >> 6] |= 1L << category;
      }
      return set;
    }
  }

  private static Map<?, ?> object(Map<?, ?> parent, String name) {
    if (parent.get(name) instanceof Map<?, ?> object) {
      return object;
    }
    throw new IllegalArgumentException("it has no object " + name);
  }

  private static String text(Map<?, ?> parent, String name) {
    if (parent.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("it has no text " + name);
  }

  private static int count(Map<?, ?> parent, String name) {
    try {
      return Integer.parseInt(text(parent, name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is " + text(parent, name), e);
    }
  }

  private static float[] vector(String text) {
    String[] parts = text.replaceAll("[\\[\\]]", "").split(",", -1);
    float[] vector = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      try {
        vector[i] = Float.parseFloat(parts[i].strip());
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("base_score is " + text, e);
      }
      check(Float.isFinite(vector[i]), "base_score is " + text);
    }
    return vector;
  }

  private static float[] floats(Map<?, ?> parent, String name, int length) {
    if (parent.get(name) instanceof float[] found && found.length == length) {
      return found;
    }
    throw new IllegalArgumentException("it does not have " + length + " numbers " + name);
  }

  private static int[] integers(Map<?, ?> parent, String name, int length) {
    int[] found = integers(parent, name);
    check(
        found.length == length, "it has " + found.length + " numbers " + name + ", not " + length);
    return found;
  }

  private static int[] integers(Map<?, ?> parent, String name) {
    Object found = parent.get(name);
    if (found instanceof long[] numbers) {
      return Arrays.stream(numbers).mapToInt(number -> fitting(number, name)).toArray();
    }
    if (found instanceof List<?> list) {
      return list.stream()
          .mapToInt(
              value ->
                  value instanceof Long number
                      ? fitting(number, name)
                      : fitting(Long.MAX_VALUE, name))
          .toArray();
    }
    throw new IllegalArgumentException("it has no list " + name);
  }

  private static int fitting(long number, String name) {
    check(number == (int) number, name + " holds something that is no index");
    return (int) number;
  }

  private static void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
