package dev.hindcast.offlinerl.network.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.hindcast.offlinerl.network.Observations;

/** Observation rows in device memory. */
final class DjlObservations implements Observations {
  private final NDManager manager;
  private final int rows;
  private final PtNDArray numbers;
  private final PtNDArray[] codes;

  /** {@code numbers} is null when there are no numeric fields. */
  DjlObservations(NDManager manager, int rows, PtNDArray numbers, PtNDArray[] codes) {
    this.manager = manager;
    this.rows = rows;
    this.numbers = numbers;
    this.codes = codes;
  }

  @Override
  public int rows() {
    return rows;
  }

  /**
   * The input of the first layer, (batch, inputs): numbers, then one embedding per field, then the
   * extra inputs, which may be null. All intermediates belong to the scope.
   */
  PtNDArray input(PtNDManager scope, int[] batch, PtNDArray[] tables, PtNDArray extra) {
    long[] indices = new long[batch.length];
    for (int i = 0; i < batch.length; i++) {
      indices[i] = batch[i];
    }
    PtNDArray at = (PtNDArray) scope.create(indices, new Shape(batch.length));
    PtNDArray[] parts =
        new PtNDArray[codes.length + (numbers == null ? 0 : 1) + (extra == null ? 0 : 1)];
    int part = 0;
    if (numbers != null) {
      parts[part++] = JniUtils.embedding(at, numbers, false);
    }
    for (int field = 0; field < codes.length; field++) {
      PtNDArray column = JniUtils.embedding(at, codes[field], false);
      PtNDArray flat = JniUtils.reshape(column, new long[] {batch.length});
      parts[part++] = JniUtils.embedding(flat, tables[field], false);
    }
    if (extra != null) {
      parts[part] = extra;
    }
    return parts.length == 1 ? parts[0] : JniUtils.cat(parts, 1);
  }

  @Override
  public void close() {
    manager.close();
  }
}
