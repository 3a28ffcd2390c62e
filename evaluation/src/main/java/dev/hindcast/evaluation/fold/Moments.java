package dev.hindcast.evaluation.fold;

import java.io.Serializable;

/** A number of each episode, summed: plainly, and in every bootstrap replicate. */
final class Moments implements Serializable {
  private static final long serialVersionUID = 1L;

  private double sum;
  private final double[] sums;

  Moments(int replicates) {
    sums = new double[replicates];
  }

  void add(double number, double[] counts) {
    sum += number;
    if (number != 0) {
      TermSums.addScaled(sums, counts, number);
    }
  }

  void merge(Moments later) {
    sum += later.sum;
    TermSums.addScaled(sums, later.sums, 1);
  }

  /** The mean over episodes. */
  double mean(double episodes) {
    return sum / episodes;
  }

  /** The mean in one replicate. */
  double mean(int replicate, double[] drawn) {
    return sums[replicate] / drawn[replicate];
  }
}
