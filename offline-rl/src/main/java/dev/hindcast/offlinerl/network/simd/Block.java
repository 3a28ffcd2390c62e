package dev.hindcast.offlinerl.network.simd;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Floats outside the Java heap, where BLAS reads and writes them. Zero at first. To be closed.
 *
 * <p>Use after closing is refused: it would touch memory that is someone else's by then.
 */
final class Block implements AutoCloseable {
  private static final int MOST = Integer.MAX_VALUE / Float.BYTES;

  private final FloatPointer memory;
  private final FloatBuffer view;
  private boolean closed;

  Block(long size) {
    if (size > MOST) {
      throw new IllegalArgumentException(
          "Cannot hold a matrix of "
              + size
              + " numbers; the most is "
              + MOST
              + ". Train with smaller batches or narrower layers.");
    }
    memory = new FloatPointer(Math.max(1, size));
    memory.zero();
    view = memory.asBuffer();
  }

  /** How many numbers fit. */
  int size() {
    return view.capacity();
  }

  /** The memory from this number on, for BLAS. */
  FloatPointer at(int offset) {
    requireOpen();
    return offset == 0 ? memory : memory.getPointer(offset);
  }

  /** Copies n numbers from here into an array. */
  void read(int from, float[] into, int at, int n) {
    requireOpen();
    view.get(from, into, at, n);
  }

  /** Copies n numbers from an array to here. */
  void write(int to, float[] from, int at, int n) {
    requireOpen();
    view.put(to, from, at, n);
  }

  /** Adds to one number. */
  void add(int i, float x) {
    requireOpen();
    view.put(i, view.get(i) + x);
  }

  /** One number. */
  float value(int i) {
    requireOpen();
    return view.get(i);
  }

  /** Sets the first n numbers to zero. */
  void clear(int n) {
    float[] zeros = new float[Math.min(n, 4096)];
    for (int at = 0; at < n; at += zeros.length) {
      write(at, zeros, 0, Math.min(zeros.length, n - at));
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("This network or its backend is closed.");
    }
  }

  @Override
  public void close() {
    closed = true;
    memory.close();
  }
}
