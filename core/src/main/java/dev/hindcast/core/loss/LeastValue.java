package dev.hindcast.core.loss;

/**
 * The least of several values in each row, and the way back for gradients: only the least one's
 * source is told.
 *
 * @param values (n); not copied
 * @param source (n), whose it is; the first among equals; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one update; never compared
public record LeastValue(float[] values, int[] source) {
  /** Of (sources)(n) values. */
  public static LeastValue of(float[][] all) {
    float[] values = all[0].clone();
    int[] source = new int[values.length];
    for (int s = 1; s < all.length; s++) {
      for (int i = 0; i < values.length; i++) {
        if (all[s][i] < values[i]) {
          values[i] = all[s][i];
          source[i] = s;
        }
      }
    }
    return new LeastValue(values, source);
  }

  /** (sources)(n): a gradient by the least values as one by all values. */
  public float[][] spread(float[] gradient, int sources) {
    float[][] spread = new float[sources][values.length];
    for (int i = 0; i < values.length; i++) {
      spread[source[i]][i] = gradient[i];
    }
    return spread;
  }
}
