package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.Distillation;
import dev.hindcast.gbrl.tree.Ensemble;
import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.learner.TrainingStopped;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;

/**
 * A function in training: an ensemble of trees and the rows it grows on, whose outputs are always
 * at hand, as every round adds to them what its own trees say. Owns the ensemble, not the rows.
 */
final class TreeFunction implements Part {
  private final String name;
  private final List<Output> outputs;
  private final Growth growth;
  private final long seed;
  private final int threads;
  private final OptionalInt gpu;
  private FeatureMatrix matrix;
  private Ensemble ensemble;
  private float[] found = new float[0];

  /**
   * One that gives its outputs' intercepts everywhere.
   *
   * @param gpu to grow on; on the CPU where there is none
   */
  TreeFunction(
      String name,
      FeatureMatrix matrix,
      List<Output> outputs,
      Growth growth,
      long seed,
      int threads,
      OptionalInt gpu) {
    this.name = name;
    this.matrix = matrix;
    this.outputs = List.copyOf(outputs);
    this.growth = growth;
    this.seed = seed;
    this.threads = threads;
    this.gpu = gpu;
    ensemble = placed(Ensemble.empty(matrix.features(), outputs, growth, seed, threads));
  }

  private Ensemble placed(Ensemble made) {
    gpu.ifPresent(made::growOn);
    return made;
  }

  /** Goes on with its trees on other rows, of the same features. */
  void on(FeatureMatrix others) {
    matrix = others;
    found = new float[0];
  }

  /** (rows, outputs) on all its rows; shared, read only. */
  float[] outputs() {
    if (found.length == 0) {
      found = ensemble.margins(matrix);
    }
    return found;
  }

  /** (n, outputs) on some of its rows; shared, read only. */
  float[] outputs(int[] rows) {
    return isAll(rows, matrix.rows()) ? outputs() : at(rows, outputs());
  }

  /** Whether these are so many rows, one after the other. */
  static boolean isAll(int[] rows, int of) {
    boolean isAll = rows.length == of;
    for (int i = 0; i < rows.length && isAll; i++) {
      isAll = rows[i] == i;
    }
    return isAll;
  }

  private float[] at(int[] rows, float[] all) {
    int width = outputs.size();
    float[] some = new float[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(all, rows[i] * width, some, i * width, width);
    }
    return some;
  }

  /**
   * One round against a loss of some of its rows; to all others it is nothing.
   *
   * @param rows (n)
   * @return the loss
   * @throws TrainingStopped when the loss or its gradient is no number
   */
  double grow(RowLoss loss, int[] rows) {
    refuseNaN(loss);
    RowLoss all = loss.among(rows, matrix.rows());
    ensemble.boost(matrix, all.gradient(), all.curvature());
    found = new float[0];
    return loss.value();
  }

  private void refuseNaN(RowLoss loss) {
    boolean isFinite = Double.isFinite(loss.value());
    for (int i = 0; i < loss.gradient().length && isFinite; i++) {
      isFinite = Float.isFinite(loss.gradient()[i]) && Float.isFinite(loss.curvature()[i]);
    }
    if (matrix.all().isAny(!isFinite)) {
      throw new TrainingStopped(
          "the loss of its "
              + name
              + " or the gradient of it is no finite number. Look for rewards or actions of enormous size in that batch.");
    }
  }

  /**
   * Goes on from a smaller ensemble if one gives about the same on rows of this function, which it
   * has not seen. It grows by some rounds at a time until it does.
   *
   * @param on the rows that it is fitted on
   * @param by how its trees grow
   * @param step by how many rounds
   * @param most how many rounds it may have, if that is not less than one step
   * @param rows (n), on which the two are compared
   * @param apart how far outputs of the smaller one, (n, outputs), are from those of this one
   * @param limit how far they may be
   * @return how far they were in the end
   */
  double distill(
      FeatureMatrix on,
      Growth by,
      int step,
      int most,
      int[] rows,
      ToDoubleFunction<float[]> apart,
      double limit) {
    try (Distillation smaller = new Distillation(ensemble, on, by, threads)) {
      double error;
      do {
        smaller.grow(step);
        error = apart.applyAsDouble(at(rows, smaller.margins(matrix)));
      } while (error > limit && smaller.rounds() + step <= most);
      if (error <= limit) {
        Ensemble student = placed(smaller.ensemble());
        ensemble.close();
        ensemble = student;
        found = new float[0];
      }
      return error;
    }
  }

  /** What it is called. */
  String name() {
    return name;
  }

  /** How many rounds it has grown. */
  int rounds() {
    return ensemble.rounds();
  }

  /** The trees; they stay this function's. */
  Ensemble ensemble() {
    return ensemble;
  }

  /** The trees as they are now, for a product. */
  TreeProduct.Trees trees(TreeProduct.Input input) {
    return TreeProduct.Trees.of(input, ensemble);
  }

  /** The trees as they were when they had these {@link #bytes}, for a product. */
  TreeProduct.Trees trees(TreeProduct.Input input, byte[] bytes) {
    return new TreeProduct.Trees(input, outputs.stream().map(Output::name).toList(), bytes);
  }

  @Override
  public byte[] bytes() {
    return ensemble.bytes();
  }

  @Override
  public void restore(byte[] bytes) {
    Ensemble restored =
        placed(Ensemble.read(bytes, matrix.features(), outputs, growth, seed, threads));
    ensemble.close();
    ensemble = restored;
    found = new float[0];
  }

  @Override
  public void close() {
    ensemble.close();
  }
}
