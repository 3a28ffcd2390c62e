package dev.hindcast.evaluation.estimator;

import java.util.stream.IntStream;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.DecompositionSolver;
import org.hipparchus.linear.LUDecomposition;

/**
 * Weights that are at least 0, sum to 1 and make {@code x' M x} least, for a handful of estimates
 * with the matrix M of their mean squared errors. Every face of the simplex is tried, which is
 * exact and, with ten estimates, takes a thousand small linear systems.
 */
final class LeastSquareBlend {
  private static final double ROUNDING = 1e-12;

  private LeastSquareBlend() {}

  /**
   * The weights; of equally good ones those with more on later estimates.
   *
   * @param errors positive semi-definite; left as it is
   */
  static double[] of(double[][] errors) {
    int size = errors.length;
    double scale = 0;
    for (int j = 0; j < size; j++) {
      scale = Math.max(scale, errors[j][j]);
    }
    double[] best = new double[size];
    best[size - 1] = 1;
    double least = square(errors, best);
    for (int face = (1 << size) - 1; face > 0 && scale > 0; face--) {
      double[] blend = onFace(errors, face, scale);
      double square = blend.length == 0 ? least : square(errors, blend);
      if (square < least - ROUNDING * scale) {
        least = square;
        best = blend;
      }
    }
    return best;
  }

  /**
   * The least square among blends of exactly these estimates; empty when it lies outside of the
   * simplex, or is not one point, so that a smaller face has it as well.
   */
  private static double[] onFace(double[][] errors, int face, double scale) {
    int[] members = IntStream.range(0, errors.length).filter(j -> (face >> j & 1) == 1).toArray();
    // The least square where weights sum to 1, by its Lagrange conditions.
    int border = members.length;
    Array2DRowRealMatrix system = new Array2DRowRealMatrix(border + 1, border + 1);
    ArrayRealVector right = new ArrayRealVector(border + 1);
    right.setEntry(border, 1);
    for (int j = 0; j < border; j++) {
      for (int k = 0; k < border; k++) {
        system.setEntry(j, k, errors[members[j]][members[k]] / scale);
      }
      system.setEntry(j, border, 1);
      system.setEntry(border, j, 1);
    }
    DecompositionSolver solver = new LUDecomposition(system, ROUNDING).getSolver();
    if (!solver.isNonSingular()) {
      return new double[0];
    }
    double[] shares = solver.solve(right).toArray();
    double[] blend = new double[errors.length];
    for (int j = 0; j < border; j++) {
      if (!(shares[j] >= 0)) {
        return new double[0];
      }
      blend[members[j]] = shares[j];
    }
    return blend;
  }

  private static double square(double[][] errors, double[] blend) {
    double sum = 0;
    for (int j = 0; j < blend.length; j++) {
      for (int k = 0; k < blend.length; k++) {
        sum += blend[j] * errors[j][k] * blend[k];
      }
    }
    return sum;
  }
}
