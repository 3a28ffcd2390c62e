package dev.hindcast.evaluation.fold;

import java.io.Serializable;

/**
 * Influences and their squares, summed over episodes: plainly, and in every bootstrap replicate.
 */
final class Spread implements Serializable {
  private static final long serialVersionUID = 1L;

  private double sum;
  private double squares;
  private final double[] sums;
  private final double[] squareSums;

  Spread(int replicates) {
    sums = new double[replicates];
    squareSums = new double[replicates];
  }

  void add(double influence, double[] counts) {
    sum += influence;
    squares += influence * influence;
    TermSums.addScaled(sums, counts, influence);
    TermSums.addScaled(squareSums, counts, influence * influence);
  }

  void merge(Spread later) {
    sum += later.sum;
    squares += later.squares;
    TermSums.addScaled(sums, later.sums, 1);
    TermSums.addScaled(squareSums, later.squareSums, 1);
  }

  /** The standard error of the estimate. */
  double error(double episodes) {
    return error(sum, squares, episodes);
  }

  /** (replicates) The same in every replicate. */
  double[] replicateErrors(double[] drawn) {
    double[] errors = new double[drawn.length];
    for (int b = 0; b < errors.length; b++) {
      errors[b] = error(sums[b], squareSums[b], drawn[b]);
    }
    return errors;
  }

  private static double error(double sum, double squares, double n) {
    double mean = sum / n;
    return Math.sqrt(Math.max(0, squares / n - mean * mean) / n);
  }
}
