package dev.hindcast.offlinerl.network.simd;

import dev.hindcast.offlinerl.network.Architecture;

/**
 * What happens between the products, in loops so plain that the virtual machine turns them into
 * vector instructions: no branch and no call inside, neighbors in memory.
 */
final class Elementwise {
  /** Times this, the smallest normal number still exceeds 1. */
  private static final float HUGE = Float.MAX_VALUE;

  private Elementwise() {}

  /** {@code x += y}, n numbers from x's place on. */
  static void add(float[] x, int at, int n, float[] y) {
    for (int j = 0; j < n; j++) {
      x[at + j] += y[j];
    }
  }

  /** {@code sum += x}, n numbers from x's place on. */
  static void gather(float[] sum, float[] x, int at, int n) {
    for (int j = 0; j < n; j++) {
      sum[j] += x[at + j];
    }
  }

  /** {@code x = max(x + bias, 0)}. */
  static void rectify(float[] x, int at, int n, float[] bias) {
    for (int j = 0; j < n; j++) {
      x[at + j] = Math.max(x[at + j] + bias[j], 0);
    }
  }

  /** {@code x = max(x, 0)}. */
  static void rectify(float[] x, int at, int n) {
    for (int j = 0; j < n; j++) {
      x[at + j] = Math.max(x[at + j], 0);
    }
  }

  /**
   * {@code d = 0} where the rectified value is 0. A comparison would not become a vector
   * instruction on Java 17; a product and a minimum do.
   */
  static void mask(float[] d, int dAt, float[] rectified, int at, int n) {
    for (int j = 0; j < n; j++) {
      d[dAt + j] *= Math.min(rectified[at + j] * HUGE, 1);
    }
  }

  /**
   * Moves a row to mean 0 and variance 1.
   *
   * @return what its distance from the mean was multiplied with
   */
  static float normalize(float[] x, int xAt, float[] into, int at, int n) {
    float mean = sum(x, xAt, n) / n;
    for (int j = 0; j < n; j++) {
      into[at + j] = x[xAt + j] - mean;
    }
    float variance = product(into, at, into, at, n) / n;
    float scale = (float) (1 / Math.sqrt(variance + Architecture.NORMALIZATION_EPSILON));
    for (int j = 0; j < n; j++) {
      into[at + j] *= scale;
    }
    return scale;
  }

  /** {@code y = x gain + shift}. */
  static void stretch(float[] x, int xAt, float[] gain, float[] shift, float[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] = x[xAt + j] * gain[j] + shift[j];
    }
  }

  /** {@code gain += d x}: the gradient of the gains. */
  static void gatherProducts(float[] gain, float[] d, int dAt, float[] x, int at, int n) {
    for (int j = 0; j < n; j++) {
      gain[j] += d[dAt + j] * x[at + j];
    }
  }

  /**
   * The gradient by what was normalized, from that by the outcome.
   *
   * @param d the row's gradient, replaced
   * @param x the normalized row
   * @param scale what {@link #normalize} gave
   */
  static void normalizeBack(
      float[] d, int dAt, float[] x, int at, float[] gain, float scale, int n) {
    for (int j = 0; j < n; j++) {
      d[dAt + j] *= gain[j];
    }
    float mean = sum(d, dAt, n) / n;
    float along = product(d, dAt, x, at, n) / n;
    for (int j = 0; j < n; j++) {
      d[dAt + j] = scale * (d[dAt + j] - mean - x[at + j] * along);
    }
  }

  /**
   * Adam's memory and step for n parameters (Kingma and Ba, 2015, algorithm 1) with both bias
   * corrections moved into the rate and the epsilon.
   *
   * @param at where the optimizer's memory of these parameters begins
   */
  static void adam(
      float[] parameters,
      float[] gradients,
      float[] means,
      float[] variances,
      int at,
      int n,
      float meanDecay,
      float varianceDecay,
      float rate,
      float epsilon) {
    float meanShare = 1 - meanDecay;
    float varianceShare = 1 - varianceDecay;
    for (int j = 0; j < n; j++) {
      means[at + j] = meanDecay * means[at + j] + meanShare * gradients[j];
    }
    for (int j = 0; j < n; j++) {
      variances[at + j] =
          varianceDecay * variances[at + j] + varianceShare * gradients[j] * gradients[j];
    }
    for (int j = 0; j < n; j++) {
      parameters[j] -= rate * means[at + j] / ((float) Math.sqrt(variances[at + j]) + epsilon);
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
  private static float product(float[] x, int xAt, float[] y, int yAt, int n) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int j = 0;
    for (; j + 4 <= n; j += 4) {
      a += x[xAt + j] * y[yAt + j];
      b += x[xAt + j + 1] * y[yAt + j + 1];
      c += x[xAt + j + 2] * y[yAt + j + 2];
      d += x[xAt + j + 3] * y[yAt + j + 3];
    }
    for (; j < n; j++) {
      a += x[xAt + j] * y[yAt + j];
    }
    return (a + b) + (c + d);
  }
}
