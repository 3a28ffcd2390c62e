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
    for (int i = 0; i < gradient.length; i++) {
      int output = i % outputs;
      largest[output] = Math.max(largest[output], Math.abs(gradient[i]));
      largest[outputs + output] = Math.max(largest[outputs + output], hessian[i]);
    }
    largest = all.greatest(largest);
    int digits = Long.SIZE - Long.numberOfLeadingZeros(all.count());
    double[] units = new double[largest.length];
    for (int i = 0; i < units.length; i++) {
      int exponent = largest[i] == 0 ? 0 : Math.getExponent(largest[i]);
      units[i] = Math.scalb(1.0, exponent + 1 + digits - DIGITS);
    }
    return new Whole(
        rounded(gradient, outputs, units, 0), rounded(hessian, outputs, units, outputs));
  }

  private static float[] rounded(float[] values, int outputs, double[] units, int from) {
    double[] inverse = new double[outputs];
    for (int k = 0; k < outputs; k++) {
      inverse[k] = 1 / units[from + k];
    }
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int k = i % outputs;
      rounded[i] = (float) (Math.rint(values[i] * inverse[k]) * units[from + k]);
    }
    return rounded;
  }
}
