package dev.hindcast.offlinerl.network.simd;

import dev.hindcast.offlinerl.network.Architecture;
import java.util.List;

/**
 * What one pass through a network leaves behind: the input of every layer, and what backward needs
 * of every activation. Its memory is used again by the next pass and grows with the largest.
 */
final class Pass implements AutoCloseable {
  private final List<Integer> widths;
  private final boolean normalized;
  private final Block[] values;
  private final float[][] rectified;
  private final float[][] centered;
  private final float[][] scales;
  private int capacity;

  Pass(Architecture architecture) {
    widths = architecture.widths();
    normalized = architecture.normalization() != Architecture.Normalization.NONE;
    values = new Block[widths.size()];
    int hidden = architecture.hidden().size();
    rectified = new float[hidden][];
    centered = new float[hidden][];
    scales = new float[hidden][];
  }

  /** Makes room for this many rows; what was there is lost when it grows. */
  void reserve(int rows) {
    if (rows <= capacity) {
      return;
    }
    close();
    for (int i = 0; i < values.length; i++) {
      values[i] = new Block((long) rows * widths.get(i));
    }
    for (int i = 0; i < rectified.length; i++) {
      int size = rows * widths.get(i + 1);
      rectified[i] = new float[size];
      centered[i] = new float[normalized ? size : 0];
      scales[i] = new float[normalized ? rows : 0];
    }
    capacity = rows;
  }

  /** (rows, inputs) of a layer; one past the last: the network's outputs. */
  Block input(int layer) {
    return values[layer];
  }

  /** (rows, outputs) of a hidden layer after the rectification, before any normalization of it. */
  float[] rectified(int layer) {
    return rectified[layer];
  }

  /** (rows, outputs) of a hidden layer after normalization, before gain and shift. */
  float[] centered(int layer) {
    return centered[layer];
  }

  /** For every row one over the deviation that normalization found. */
  float[] scales(int layer) {
    return scales[layer];
  }

  @Override
  public void close() {
    for (Block block : values) {
      if (block != null) {
        block.close();
      }
    }
    capacity = 0;
  }
}
