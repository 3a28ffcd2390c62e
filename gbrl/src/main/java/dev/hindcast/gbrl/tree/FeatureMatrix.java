package dev.hindcast.gbrl.tree;

import dev.hindcast.core.config.Require;
import dev.hindcast.training.learner.AllRows;
import ml.dmlc.xgboost4j.java.XGBoostJNI;

/**
 * Rows of features in native memory: what ensembles grow on. The first ensemble that grows on it
 * sorts its numbers into bins, and every ensemble remembers its outputs on it, so one matrix for
 * all rounds is many times faster than one for each. Belongs to one thread at a time.
 */
public final class FeatureMatrix implements AutoCloseable {
  private final Features features;
  private final int rows;
  private final AllRows all;
  private final Native.Handle handle;

  private FeatureMatrix(Features features, int rows, AllRows all, Native.Handle handle) {
    this.features = features;
    this.rows = rows;
    this.all = all;
    this.handle = handle;
  }

  /**
   * A copy of these rows.
   *
   * @param values (rows, features), NaN where missing
   */
  public static FeatureMatrix of(Features features, float[] values) {
    return of(features, values, AllRows.here(values.length / features.width()));
  }

  /**
   * A copy of these rows, of all rows that trees grow on: whatever part of them is here, the same
   * trees grow, bit for bit. The members of a gathering make it together.
   *
   * @param values (rows, features), NaN where missing
   * @param bins thresholds that trees will try; with others the trees are not the same
   * @param steps what the first rows are; the rest are never learned from
   */
  public static FeatureMatrix divided(Features features, float[] values, int bins, AllRows steps) {
    AllRows all = steps.ofOther(values.length / features.width());
    return of(features, Coarse.of(features, values, bins, all), steps);
  }

  private static FeatureMatrix of(Features features, float[] values, AllRows all) {
    int rows = values.length / features.width();
    Require.that(
        rows > 0 && rows * features.width() == values.length,
        values.length + " numbers do not fill rows of " + features.width() + " features.");
    long[] made = new long[1];
    Native.check(
        "take in " + rows + " rows of features",
        XGBoostJNI.XGDMatrixCreateFromMat(values, rows, features.width(), Float.NaN, made));
    FeatureMatrix matrix =
        new FeatureMatrix(
            features,
            rows,
            all,
            new Native.Handle("matrix of features", made[0], XGBoostJNI::XGDMatrixFree));
    matrix.describe();
    return matrix;
  }

  /** Without types, categories would be taken for numbers, and nobody would notice. */
  private void describe() {
    String[] types = new String[features.width()];
    for (int i = 0; i < types.length; i++) {
      types[i] = features.isCategorical(i) ? "c" : "q";
    }
    Native.check(
        "set the types of features",
        XGBoostJNI.XGDMatrixSetStrFeatureInfo(address(), "feature_type", types));
  }

  /**
   * What outputs are before any tree, row by row, in place of an ensemble's intercepts. To be set
   * before any ensemble sees the matrix.
   *
   * @param margins (rows, outputs)
   */
  public FeatureMatrix startingAt(float[] margins) {
    Require.that(
        margins.length % rows == 0,
        margins.length + " margins do not fill " + rows + " rows of outputs.");
    Native.check(
        "set the margins that trees start from",
        XGBoostJNI.XGDMatrixSetFloatInfo(address(), "base_margin", margins));
    return this;
  }

  /** What its columns are. */
  public Features features() {
    return features;
  }

  /** The number of rows. */
  public int rows() {
    return rows;
  }

  /** The steps among all that are learned from. */
  public AllRows all() {
    return all;
  }

  long address() {
    return handle.address();
  }

  @Override
  public void close() {
    handle.close();
  }
}
