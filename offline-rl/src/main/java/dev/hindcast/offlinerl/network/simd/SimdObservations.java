package dev.hindcast.offlinerl.network.simd;

import dev.hindcast.offlinerl.network.Observations;

/** Observation rows on the Java heap. */
final class SimdObservations implements Observations {
  private final float[] numeric;
  private final int width;
  private final int[] categories;
  private final int fields;
  private final int rows;

  SimdObservations(float[] numeric, int[] categories, int fields, int rows) {
    this.numeric = numeric;
    this.categories = categories;
    this.fields = fields;
    this.rows = rows;
    width = rows == 0 ? 0 : numeric.length / rows;
  }

  @Override
  public int rows() {
    return rows;
  }

  /** How many numeric fields a row has. */
  int width() {
    return width;
  }

  /** How many categorical fields a row has. */
  int fields() {
    return fields;
  }

  /** Copies the numeric fields of a row. */
  void numbers(int row, float[] into, int at) {
    System.arraycopy(numeric, row * width, into, at, width);
  }

  /** The code of one categorical field. */
  int code(int row, int field) {
    return categories[row * fields + field];
  }

  @Override
  public void close() {}
}
