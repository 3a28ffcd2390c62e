package dev.hindcast.evaluation.fold;

import dev.hindcast.evaluation.interval.PoissonBootstrap;
import java.util.ArrayList;
import java.util.List;

/**
 * A few neighboring episodes with how often each counts in every bootstrap replicate. What sums are
 * to take of them waits until all have been looked at; then every sum takes its part of a few
 * replicates, then of the next few, and so on: the counts of those stay in a core's nearest cache
 * meanwhile. The order of episodes in each sum is theirs, so it all comes to the same bits as one
 * after another.
 */
final class Chunk {
  /** The most episodes. */
  static final int EPISODES = 32;

  // 32 episodes of so many counts are 128 KiB.
  private static final int TOGETHER = 512;

  private final PoissonBootstrap bootstrap;
  private final double[][] counts; // (episodes, replicates)
  private final List<ReplicateSums> waiting = new ArrayList<>();
  private int size;

  Chunk(PoissonBootstrap bootstrap) {
    this.bootstrap = bootstrap;
    counts = new double[EPISODES][bootstrap.replicates()];
  }

  /** Takes in an episode, and says which of the chunk it is. */
  int draw(String episodeId) {
    bootstrap.counts(episodeId, counts[size]);
    return size++;
  }

  boolean isFull() {
    return size == EPISODES;
  }

  /** Will have the sums take what they are to. */
  void await(ReplicateSums sums) {
    waiting.add(sums);
  }

  /** Has all sums take what they are to, and forgets the episodes. */
  void settle() {
    for (int from = 0; from < bootstrap.replicates(); from += TOGETHER) {
      for (ReplicateSums sums : waiting) {
        sums.take(counts, from, from + TOGETHER);
      }
    }
    waiting.forEach(ReplicateSums::taken);
    waiting.clear();
    size = 0;
  }
}
