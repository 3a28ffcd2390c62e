package dev.hindcast.gbrl.tree;

import dev.hindcast.training.learner.AllRows;

/**
 * Gradients and Hessians as whole numbers of a common unit, so large that any sum of them is exact
 * in double precision, in which histograms are summed: rows may then be divided and added up in any
 * order, and the same trees grow. Among a million rows the unit is the largest gradient times
 * 2<sup>-32</sup>, which most floats are multiples of anyway.
 *
 * @param gradient (rows, outputs)
 * @param hessian (rows, outputs)
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to the library; never compared
record Whole(float[] gradient, float[] hessian) {
  private static final int DIGITS = 53;

  /** With a unit for each output. */
  static Whole of(float[] gradient, float[] hessian, int outputs, AllRows all) {
    double[] largest = new double[2 * outputs];
    int k = 0;
    for (int i = 0; i < gradient.length; i++) {
      double size = Math.abs(gradient[i]);
      largest[k] = size > largest[k] ? size : largest[k];
      largest[outputs + k] = hessian[i] > largest[outputs + k] ? hessian[i] : largest[outputs + k];
      k = k + 1 == outputs ? 0 : k + 1;
    }
    largest = all.greatest(largest);
    int digits = Math.max(2, Long.SIZE - Long.numberOfLeadingZeros(all.count()));
    double[] units = new double[largest.length];
    for (int i = 0; i < units.length; i++) {
      int exponent = largest[i] == 0 ? 0 : Math.getExponent(largest[i]);
      units[i] = Math.scalb(1.0, exponent + 1 + digits - DIGITS);
    }
    return new Whole(
        rounded(gradient, outputs, units, 0), rounded(hessian, outputs, units, outputs));
  }

  /** To the nearest multiple: of a double so large the unit is the last digit. */
  private static float[] rounded(float[] values, int outputs, double[] units, int from) {
    double[] large = new double[outputs];
    for (int k = 0; k < outputs; k++) {
      large[k] = 1.5 * Math.scalb(units[from + k], DIGITS - 1);
    }
    float[] rounded = new float[values.length];
    int k = 0;
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) (values[i] + large[k] - large[k]);
      k = k + 1 == outputs ? 0 : k + 1;
    }
    return rounded;
  }
}
