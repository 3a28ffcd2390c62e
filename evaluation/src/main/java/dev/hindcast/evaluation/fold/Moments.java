package dev.hindcast.evaluation.fold;

import java.io.Serializable;

/** A number of each episode, summed: plainly, and in every bootstrap replicate. */
final class Moments implements Serializable {
  private static final long serialVersionUID = 1L;

  private double sum;
  private final ReplicateSums byReplicate;

  Moments(int replicates) {
    byReplicate = new ReplicateSums(replicates);
  }

  void add(double number, Chunk chunk, int episode) {
    sum += number;
    byReplicate.add(number, chunk, episode);
  }

  void merge(Moments later) {
    sum += later.sum;
    byReplicate.merge(later.byReplicate);
  }

  /** The mean over episodes. */
  double mean(double episodes) {
    return sum / episodes;
  }

  /** The mean in one replicate. */
  double mean(int replicate, double[] drawn) {
    return byReplicate.sum(replicate) / drawn[replicate];
  }
}
