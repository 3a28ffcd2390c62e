package dev.hindcast.streaming.estimate;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.evaluation.running.WindowSums;

/**
 * The sums of a window over the episodes of one bucket. There are always as many buckets, however
 * many tasks share them, so that sums are of the same episodes in the same order.
 *
 * @param bucket at least 0
 * @param sums over its episodes
 */
record BucketSums(int bucket, WindowSums sums) {
  /** As many tasks at most can add up at the same time. */
  private static final int BUCKETS = 32;

  /** Where an episode belongs. */
  static int bucket(String episodeId) {
    return (int) Math.floorMod(StableHash.of(episodeId), (long) BUCKETS);
  }
}
