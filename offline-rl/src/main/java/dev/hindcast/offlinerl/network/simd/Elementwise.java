package dev.hindcast.offlinerl.network.simd;

import dev.hindcast.offlinerl.network.Architecture;

/**
 * What happens between the products, in loops so plain that the virtual machine turns them into
 * vector instructions: no branch and no call inside, neighbors in memory, and every array from its
 * beginning (with an offset in one of them Java 17 computes number by number, ten times slower).
 */
final class Elementwise {
  /** Times this, the smallest normal number still exceeds 1. */
  private static final float HUGE = Float.MAX_VALUE;

  private Elementwise() {}

  /** {@code x += y}. */
  static void add(float[] x, int n, float[] y) {
    for (int j = 0; j < n; j++) {
      x[j] += y[j];
    }
  }

  /** {@code x = max(x + bias, 0)}. */
  static void rectify(float[] x, int n, float[] bias) {
    for (int j = 0; j < n; j++) {
      x[j] = Math.max(x[j] + bias[j], 0);
    }
  }

  /** {@code x = max(x, 0)}. */
  static void rectify(float[] x, int n) {
    for (int j = 0; j < n; j++) {
      x[j] = Math.max(x[j], 0);
    }
  }

  /**
   * {@code d = 0} where the rectified value is 0. A comparison would not become a vector
   * instruction on Java 17; a product and a minimum do.
   */
  static void mask(float[] d, float[] rectified, int n) {
    for (int j = 0; j < n; j++) {
      d[j] *= Math.min(rectified[j] * HUGE, 1);
    }
  }

  /**
   * Moves a row to mean 0 and variance 1.
   *
   * @return what its distance from the mean was multiplied with
   */
  static float normalize(float[] x, float[] into, int at, int n) {
    float mean = sum(x, at, n) / n;
    for (int j = at; j < at + n; j++) {
      into[j] = x[j] - mean;
    }
    float variance = product(into, into, at, n) / n;
    float scale = (float) (1 / Math.sqrt(variance + Architecture.NORMALIZATION_EPSILON));
    for (int j = at; j < at + n; j++) {
      into[j] *= scale;
    }
    return scale;
  }

  /** {@code y = x gain + shift}. */
  static void stretch(float[] x, float[] gain, float[] shift, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = x[j] * gain[j] + shift[j];
    }
  }

  /** {@code sum += d x}. */
  static void addProducts(float[] sum, float[] d, float[] x, int n) {
    for (int j = 0; j < n; j++) {
      sum[j] += d[j] * x[j];
    }
  }

  /** {@code d *= gain}. */
  static void multiply(float[] d, float[] gain, int n) {
    for (int j = 0; j < n; j++) {
      d[j] *= gain[j];
    }
  }

  /**
   * The gradient by what was normalized, from that by the normalized row.
   *
   * @param d holds the row's gradient, replaced
   * @param x holds the normalized row
   * @param scale what {@link #normalize} gave
   */
  static void normalizeBack(float[] d, float[] x, int at, int n, float scale) {
    float mean = sum(d, at, n) / n;
    float along = product(d, x, at, n) / n;
    for (int j = at; j < at + n; j++) {
      d[j] = scale * (d[j] - mean - x[j] * along);
    }
  }

  /**
   * Adam's memory and step for n parameters (Kingma and Ba, 2015, algorithm 1) with both bias
   * corrections moved into the rate and the epsilon.
   */
  static void adam(
      float[] parameters,
      float[] gradients,
      float[] means,
      float[] variances,
      int n,
      float meanDecay,
      float varianceDecay,
      float rate,
      float epsilon) {
    float meanShare = 1 - meanDecay;
    float varianceShare = 1 - varianceDecay;
    for (int j = 0; j < n; j++) {
      means[j] = meanDecay * means[j] + meanShare * gradients[j];
    }
    for (int j = 0; j < n; j++) {
      variances[j] = varianceDecay * variances[j] + varianceShare * gradients[j] * gradients[j];
    }
    for (int j = 0; j < n; j++) {
      parameters[j] -= rate * means[j] / ((float) Math.sqrt(variances[j]) + epsilon);
    }
  }

  /** {@code x = keep x + take y}. */
  static void mix(float[] x, float[] y, int n, float keep, float take) {
    for (int j = 0; j < n; j++) {
      x[j] = keep * x[j] + take * y[j];
    }
  }

  /** In eight sums, always in the same order: one would wait for itself at every addition. */
  private static float sum(float[] x, int at, int n) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    float e = 0;
    float f = 0;
    float g = 0;
    float h = 0;
    int j = at;
    for (; j + 8 <= at + n; j += 8) {
      a += x[j];
      b += x[j + 1];
      c += x[j + 2];
      d += x[j + 3];
      e += x[j + 4];
      f += x[j + 5];
      g += x[j + 6];
      h += x[j + 7];
    }
    for (; j < at + n; j++) {
      a += x[j];
    }
    return ((a + b) + (c + d)) + ((e + f) + (g + h));
  }

  /** The inner product, in the manner of {@link #sum}. */
  private static float product(float[] x, float[] y, int at, int n) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int j = at;
    for (; j + 4 <= at + n; j += 4) {
      a += x[j] * y[j];
      b += x[j + 1] * y[j + 1];
      c += x[j + 2] * y[j + 2];
      d += x[j + 3] * y[j + 3];
    }
    for (; j < at + n; j++) {
      a += x[j] * y[j];
    }
    return (a + b) + (c + d);
  }
}
