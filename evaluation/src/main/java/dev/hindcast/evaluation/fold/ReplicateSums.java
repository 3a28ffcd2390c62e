package dev.hindcast.evaluation.fold;

import java.io.Serializable;

/** A number of each episode, summed in every bootstrap replicate. */
final class ReplicateSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] sums;
  private final transient double[] numbers = new double[Chunk.EPISODES]; // that wait
  private final transient int[] episodes = new int[Chunk.EPISODES];
  private transient int waiting;

  /** Nothing yet, in so many replicates; the first of a chunk where it has more. */
  ReplicateSums(int replicates) {
    sums = new double[replicates];
  }

  /**
   * Adds the number of an episode, which each replicate counts as often as it has drawn the
   * episode; at the latest when the chunk is settled.
   */
  void add(double number, Chunk chunk, int episode) {
    if (number == 0) {
      return;
    }
    if (waiting == 0) {
      chunk.await(this);
    }
    numbers[waiting] = number;
    episodes[waiting++] = episode;
  }

  void merge(ReplicateSums later) {
    addScaled(sums, later.sums, 1);
  }

  /** The sum in one replicate. */
  double sum(int replicate) {
    return sums[replicate];
  }

  /** (replicates) The sums; not to be changed. */
  double[] sums() {
    return sums;
  }

  /** Some replicates take what waits, in its order. */
  void take(double[][] counts, int from, int to) {
    int end = Math.min(to, sums.length);
    int i = 0;
    for (; i + 4 <= waiting; i += 4) {
      addFour(counts, i, from, end);
    }
    for (; i < waiting; i++) {
      double number = numbers[i];
      double[] drawn = counts[episodes[i]];
      for (int b = from; b < end; b++) {
        sums[b] += number * drawn[b];
      }
    }
  }

  /** Nothing waits any longer. */
  void taken() {
    waiting = 0;
  }

  /** Sums are read and written once for four episodes. */
  private void addFour(double[][] counts, int i, int from, int to) {
    double[] into = sums;
    double[] first = counts[episodes[i]];
    double[] second = counts[episodes[i + 1]];
    double[] third = counts[episodes[i + 2]];
    double[] fourth = counts[episodes[i + 3]];
    double a = numbers[i];
    double b = numbers[i + 1];
    double c = numbers[i + 2];
    double d = numbers[i + 3];
    for (int r = from; r < to; r++) { // from left to right, as one after another
      into[r] = into[r] + a * first[r] + b * second[r] + c * third[r] + d * fourth[r];
    }
  }

  /** Simple enough for the compiler to use vector instructions. */
  static void addScaled(double[] into, double[] counts, double scale) {
    for (int b = 0; b < into.length; b++) {
      into[b] += scale * counts[b];
    }
  }
}
