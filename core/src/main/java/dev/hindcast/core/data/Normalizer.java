package dev.hindcast.core.data;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Moves numeric observation fields to mean 0 and standard deviation about 1: {@code (x - mean) /
 * (deviation + 1e-3)}, the convention of offline RL code since TD3+BC (Fujimoto and Gu, 2021).
 * Fitted on the training split; it travels in the bundle. A missing number (NaN) counts as the
 * mean.
 */
public final class Normalizer implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final double FLOOR = 1e-3;

  private final float[] mean;
  private final float[] scale;

  /**
   * From stored numbers: {@code mean} and {@code scale} (deviation plus floor), one each per
   * numeric field.
   */
  public Normalizer(float[] mean, float[] scale) {
    if (mean.length != scale.length) {
      throw new IllegalArgumentException("A normalizer needs as many scales as means.");
    }
    this.mean = mean.clone();
    this.scale = scale.clone();
  }

  /** Fitted on all observation rows. */
  public static Normalizer fit(TransitionColumns columns) {
    return Moments.of(columns).normalizer();
  }

  /** Mean and spread of numeric fields, of observations in one place or of several merged. */
  public static final class Moments implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long[] rows; // by field, those with a number
    private final double[] mean;
    private final double[] square; // sum of squared distances from the mean

    private Moments(long[] rows, double[] mean, double[] square) {
      this.rows = rows;
      this.mean = mean;
      this.square = square;
    }

    /** Of all observation rows. */
    public static Moments of(TransitionColumns columns) {
      int d = columns.observationSpace().numeric().size();
      int n = columns.observationRows();
      long[] rows = new long[d];
      double[] mean = new double[d];
      double[] square = new double[d];
      float[] x = columns.numeric();
      for (int row = 0; row < n; row++) {
        for (int j = 0; j < d; j++) {
          if (!Float.isNaN(x[row * d + j])) {
            rows[j]++;
            double delta = x[row * d + j] - mean[j];
            mean[j] += delta / rows[j];
            square[j] += delta * (x[row * d + j] - mean[j]);
          }
        }
      }
      return new Moments(rows, mean, square);
    }

    /** Of both together: Chan, Golub, LeVeque (1979), Updating formulae, equation 2.1. */
    public Moments merge(Moments later) {
      double[] means = new double[mean.length];
      double[] squares = new double[mean.length];
      long[] all = new long[mean.length];
      for (int j = 0; j < means.length; j++) {
        all[j] = rows[j] + later.rows[j];
        if (rows[j] == 0 || later.rows[j] == 0) {
          means[j] = rows[j] == 0 ? later.mean[j] : mean[j];
          squares[j] = rows[j] == 0 ? later.square[j] : square[j];
        } else {
          double delta = later.mean[j] - mean[j];
          means[j] = mean[j] + delta * later.rows[j] / (double) all[j];
          squares[j] =
              square[j]
                  + later.square[j]
                  + delta * delta * rows[j] * later.rows[j] / (double) all[j];
        }
      }
      return new Moments(all, means, squares);
    }

    /** The normalizer that they make. */
    public Normalizer normalizer() {
      float[] means = new float[mean.length];
      float[] scales = new float[mean.length];
      for (int j = 0; j < means.length; j++) {
        means[j] = (float) mean[j];
        scales[j] = (float) (Math.sqrt(rows[j] == 0 ? 0 : square[j] / rows[j]) + FLOOR);
      }
      return new Normalizer(means, scales);
    }
  }

  /** One mean per numeric field. */
  public float[] mean() {
    return mean.clone();
  }

  /** One divisor per numeric field. */
  public float[] scale() {
    return scale.clone();
  }

  /** Normalised copy of (rows, numeric fields); 0 where a number is missing. */
  public float[] apply(float[] numeric) {
    int d = mean.length;
    float[] out = new float[numeric.length];
    for (int i = 0; i < numeric.length; i++) {
      out[i] = Float.isNaN(numeric[i]) ? 0 : (numeric[i] - mean[i % d]) / scale[i % d];
    }
    return out;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Normalizer that
        && Arrays.equals(mean, that.mean)
        && Arrays.equals(scale, that.scale);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(mean) * 31 + Arrays.hashCode(scale);
  }
}
