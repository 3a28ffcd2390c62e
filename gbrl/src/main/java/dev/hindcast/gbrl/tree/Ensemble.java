package dev.hindcast.gbrl.tree;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.Require;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import ml.dmlc.xgboost4j.java.XGBoostJNI;

/**
 * A sum of regression trees with several outputs, in native memory, that grows against the
 * gradients of any loss: {@code F(x) = intercept - rate Σ f(x)}, where every round adds for each
 * output one tree f fitted to the gradients by that output (Friedman, 2001; Fuhrer, Tessler and
 * Dalal, 2025, arXiv:2407.08250).
 *
 * <p>Leaves are scalar: XGBoost 3.2 can neither split categories nor explain trees whose leaves are
 * vectors. The same rows, gradients and seed give the same bytes; on the CPU the number of threads
 * does not matter either. An ensemble that is written, read and grown further is the one that would
 * have grown without the break, byte for byte.
 *
 * <p>Growing belongs to one thread at a time; {@link #margins(float[])} may be called from several.
 */
public final class Ensemble implements AutoCloseable {
  private static final String OBJECTIVE = "reg:squarederror";
  private static final int MARGINS = 1;
  private static final int CONTRIBUTIONS = 4;

  private final Features features;
  private final List<Output> outputs;
  private final Growth growth;
  private final long seed;
  private final Native.Handle handle;
  private OptionalInt gpu = OptionalInt.empty();

  private Ensemble(
      Features features, List<Output> outputs, Growth growth, long seed, Native.Handle handle) {
    this.features = features;
    this.outputs = List.copyOf(outputs);
    this.growth = growth;
    this.seed = seed;
    this.handle = handle;
  }

  /**
   * One without trees.
   *
   * @param features what its trees may ask
   * @param outputs what it gives; at least one
   * @param growth how its trees grow
   * @param seed of the rows and columns that rounds learn from
   * @param threads for growing and for the outputs of many rows
   * @throws dev.hindcast.core.config.UserError when constraints of the growth do not fit the
   *     features
   */
  public static Ensemble empty(
      Features features, List<Output> outputs, Growth growth, long seed, int threads) {
    Require.that(!outputs.isEmpty(), "An ensemble needs at least one output.");
    Ensemble ensemble = opened(features, outputs, growth, seed);
    try {
      ensemble.set("base_score", intercepts(outputs));
      ensemble.set("num_feature", Integer.toString(features.width()));
      ensemble.configure(threads);
      ensemble.describe();
      return ensemble;
    } catch (RuntimeException e) {
      ensemble.close();
      throw e;
    }
  }

  /**
   * One that was written before, ready to go on.
   *
   * @param bytes of {@link #bytes()}
   * @param outputs as they were; their intercepts are those in the bytes
   * @throws IllegalArgumentException when the bytes are damaged or were grown on other features
   */
  public static Ensemble read(
      byte[] bytes,
      Features features,
      List<Output> outputs,
      Growth growth,
      long seed,
      int threads) {
    // The library trusts indices in the bytes that the reading in Java checks.
    Forest.read(bytes).checkFits(features, outputs.size());
    Ensemble ensemble = opened(features, outputs, growth, seed);
    try {
      ensemble.set("nthread", Integer.toString(threads)); // reading is parallel too
      Native.check(
          "read an ensemble",
          XGBoostJNI.XGBoosterLoadModelFromBuffer(ensemble.handle.address(), bytes));
      ensemble.configure(threads);
      return ensemble;
    } catch (RuntimeException e) {
      ensemble.close();
      throw e;
    }
  }

  private static Ensemble opened(
      Features features, List<Output> outputs, Growth growth, long seed) {
    growth.checkFits(features);
    long[] made = new long[1];
    Native.check("make an ensemble", XGBoostJNI.XGBoosterCreate(new long[0], made));
    return new Ensemble(
        features,
        outputs,
        growth,
        seed,
        new Native.Handle("ensemble", made[0], XGBoostJNI::XGBoosterFree));
  }

  /** A vector in the library's own notation: it refuses one number for several outputs. */
  private static String intercepts(List<Output> outputs) {
    return outputs.stream()
        .map(output -> Float.toString(output.intercept()))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private void configure(int threads) {
    Map<String, String> parameters = new LinkedHashMap<>(growth.parameters(features));
    parameters.put("objective", OBJECTIVE);
    parameters.put("num_target", Integer.toString(outputs.size()));
    parameters.put("nthread", Integer.toString(threads));
    parameters.put("verbosity", "0");
    parameters.forEach(this::set);
  }

  private void describe() {
    Native.check(
        "name the features",
        XGBoostJNI.XGBoosterSetStrFeatureInfo(
            handle.address(), "feature_name", features.names().toArray(String[]::new)));
    Native.check(
        "note the fingerprint of the features",
        XGBoostJNI.XGBoosterSetAttr(
            handle.address(), Forest.FEATURES, features.fingerprint().value()));
  }

  /**
   * From now on it grows on a GPU, in whose sums the order of terms is not fixed: equal inputs then
   * give about equal trees, not the same bits.
   *
   * @param number of the GPU, below {@link Gpus#visible}
   */
  public Ensemble growOn(int number) {
    int visible = Gpus.visible();
    // the library would quietly take another one, or the CPU
    Require.that(
        number >= 0 && number < visible,
        "Trees cannot grow on GPU " + number + ": XGBoost sees " + visible + ".");
    set("device", "cuda:" + number);
    gpu = OptionalInt.of(number);
    return this;
  }

  private void set(String name, String value) {
    Native.check(
        "set " + name + " to " + value,
        XGBoostJNI.XGBoosterSetParam(handle.address(), name, value));
  }

  /**
   * One round: a tree for each output, against the gradients of a loss that is summed over rows.
   * Gradients are by row, not divided by the number of rows, so that a step does not depend on it.
   *
   * @param gradient (rows, outputs)
   * @param hessian (rows, outputs), 0 or more: the curvature of the loss, or 1 for plain gradient
   *     steps
   */
  public void boost(FeatureMatrix matrix, float[] gradient, float[] hessian) {
    check(matrix, gradient, hessian);
    float[] scaled = gradient;
    if (outputs.stream().anyMatch(output -> output.rate() != 1)) {
      scaled = gradient.clone();
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= (float) outputs.get(i % outputs.size()).rate();
      }
    }
    growPlainly(matrix, scaled, hessian);
  }

  /** {@link #boost(FeatureMatrix, float[], float[])} with Hessians of 1. */
  public void boost(FeatureMatrix matrix, float[] gradient) {
    float[] ones = new float[gradient.length];
    Arrays.fill(ones, 1);
    boost(matrix, gradient, ones);
  }

  private void check(FeatureMatrix matrix, float[] gradient, float[] hessian) {
    Require.that(
        matrix.features().equals(features),
        "Rows of " + matrix.features().names() + " do not fit trees on " + features.names() + ".");
    int expected = matrix.rows() * outputs.size();
    Require.that(
        gradient.length == expected && hessian.length == expected,
        gradient.length
            + " gradients and "
            + hessian.length
            + " Hessians do not fit "
            + matrix.rows()
            + " rows of "
            + outputs.size()
            + " outputs.");
    for (int i = 0; i < expected; i++) {
      if (!Float.isFinite(gradient[i]) || !(hessian[i] >= 0) || Float.isInfinite(hessian[i])) {
        throw new IllegalArgumentException(
            "Trees cannot grow against gradient "
                + gradient[i]
                + " and Hessian "
                + hessian[i]
                + " of output "
                + outputs.get(i % outputs.size()).name()
                + " in row "
                + i / outputs.size()
                + ".");
      }
    }
  }

  /** A round with the same rate for every output. */
  void growPlainly(FeatureMatrix matrix, float[] gradient, float[] hessian) {
    int round = rounds();
    float[] gradients = gradient;
    float[] hessians = hessian;
    if (growth.rowShare() < 1) {
      // Not XGBoost's own sampling: its state is lost when an ensemble is written and read.
      boolean[] included = growth.rowsOfRound(matrix.rows(), matrix.all().before(), seed, round);
      gradients = gradient.clone();
      hessians = hessian.clone();
      for (int i = 0; i < gradients.length; i++) {
        if (!included[i / outputs.size()]) {
          gradients[i] = 0;
          hessians[i] = 0;
        }
      }
    }
    if (growth.columnShare() < 1) {
      drawColumns(round);
    }
    Whole whole = Whole.of(gradients, hessians, outputs.size(), matrix.all());
    Native.check(
        "grow trees",
        XGBoostJNI.XGBoosterTrainOneIter(
            handle.address(), matrix.address(), round, whole.gradient(), whole.hessian()));
  }

  /**
   * Columns that depend on seed and round only. The library draws them from a state that lives as
   * long as its growing algorithm; changing the algorithm and changing it back starts a new state.
   */
  private void drawColumns(int round) {
    set("tree_method", "approx");
    rounds();
    set("tree_method", "hist");
    long mixed = StableHash.combine(seed, round);
    set("seed", Integer.toString((int) (mixed & Integer.MAX_VALUE)));
  }

  /**
   * (rows, outputs): outputs on a matrix; those of the trees that were there before are remembered.
   */
  public float[] margins(FeatureMatrix matrix) {
    return predict("give outputs", matrix, MARGINS);
  }

  /**
   * (rows, outputs): outputs of rows that are not kept. May be called from several threads while
   * nothing grows.
   *
   * @param values (rows, features), NaN where missing
   */
  public float[] margins(float[] values) {
    float[][] found = new float[1][];
    Native.check(
        "give outputs",
        XGBoostJNI.XGBoosterPredictFromDense(
            handle.address(),
            values,
            values.length / features.width(),
            features.width(),
            Float.NaN,
            0,
            0,
            MARGINS,
            null,
            found));
    return found[0];
  }

  /**
   * (rows): what an ensemble with one output gives for rows that are not kept, after some more
   * rounds. Going on from what was found before gives the same bits as going through all rounds at
   * once.
   *
   * @param values (rows, features), NaN where missing
   * @param before (rows), the output after the first {@code from} rounds; after none, whatever it
   *     is to start from
   * @param from how many rounds are in {@code before} already
   * @param to how many rounds are wanted in all
   */
  public float[] marginsFrom(float[] values, float[] before, int from, int to) {
    Require.that(outputs.size() == 1, "Only one output can be gone on with.");
    if (from == to || values.length == 0) { // the library takes an empty range for all rounds
      return before.clone();
    }
    float[][] found = new float[1][];
    Native.check(
        "give outputs",
        XGBoostJNI.XGBoosterPredictFromDense(
            handle.address(),
            values,
            values.length / features.width(),
            features.width(),
            Float.NaN,
            from,
            to,
            MARGINS,
            before,
            found));
    return found[0];
  }

  /**
   * (rows, outputs, features + 1): how much each feature moved each output away from its mean over
   * the training rows, which stands last (TreeSHAP: Lundberg and others, 2020). They add up to the
   * output.
   */
  public float[] contributions(FeatureMatrix matrix) {
    return predict("explain outputs", matrix, CONTRIBUTIONS);
  }

  private float[] predict(String intention, FeatureMatrix matrix, int what) {
    float[][] found = new float[1][];
    Native.check(
        intention, XGBoostJNI.XGBoosterPredict(handle.address(), matrix.address(), what, 0, found));
    return found[0];
  }

  /** What its trees ask. */
  public Features features() {
    return features;
  }

  /** What it gives. */
  public List<Output> outputs() {
    return outputs;
  }

  /** How it grows. */
  public Growth growth() {
    return growth;
  }

  /** The GPU that it grows on, if any. */
  OptionalInt gpu() {
    return gpu;
  }

  /** Of the rows and columns that rounds learn from. */
  long seed() {
    return seed;
  }

  /** How many rounds it has grown. */
  public int rounds() {
    int[] found = new int[1];
    Native.check(
        "count its rounds", XGBoostJNI.XGBoosterGetNumBoostedRound(handle.address(), found));
    return found[0];
  }

  /** How many trees it has: one for each output and round. */
  public int trees() {
    return rounds() * outputs.size();
  }

  /**
   * All of it, in XGBoost's binary format (universal binary JSON), which its other readers open.
   */
  public byte[] bytes() {
    byte[][] found = new byte[1][];
    Native.check(
        "write an ensemble", XGBoostJNI.XGBoosterSaveModelToBuffer(handle.address(), "ubj", found));
    return found[0];
  }

  /** The same in plain Java: for serving, with a memory of its own. */
  public Forest forest() {
    return Forest.read(bytes());
  }

  @Override
  public void close() {
    handle.close();
  }
}
