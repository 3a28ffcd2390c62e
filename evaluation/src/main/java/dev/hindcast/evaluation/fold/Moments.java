package dev.hindcast.evaluation.fold;

import java.io.Serializable;

/**
 * A number of each episode, summed: plainly, and in every bootstrap replicate. Replicates take a
 * few episodes at a time, in their order and with the same bits as one by one; counts must stay as
 * they are until {@link #settle}.
 */
final class Moments implements Serializable {
  private static final long serialVersionUID = 1L;

  private double sum;
  private final double[] sums;
  private final transient double[] numbers = new double[TermSums.TOGETHER];
  private final transient double[][] counts = new double[TermSums.TOGETHER][];
  private transient int waiting;

  Moments(int replicates) {
    sums = new double[replicates];
  }

  void add(double number, double[] drawn) {
    sum += number;
    if (number != 0) {
      numbers[waiting] = number;
      counts[waiting++] = drawn;
      if (waiting == numbers.length) {
        settle();
      }
    }
  }

  /** Lets replicates take what waits. */
  void settle() {
    TermSums.addScaled(sums, counts, numbers, waiting);
    waiting = 0;
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
