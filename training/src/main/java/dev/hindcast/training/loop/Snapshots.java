package dev.hindcast.training.loop;

import dev.hindcast.core.config.Require;
import dev.hindcast.training.learner.Learner;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a run has learned at some moments towards its end, {@link Learner#snapshot()}. A single
 * moment of training can be lucky or unlucky; the mean over a few says more of an algorithm.
 */
public final class Snapshots {
  /** Moments lie a tenth of the training apart, and the last of them is its end. */
  private static final int MOMENTS = 10;

  private final int wanted;
  private final SortedMap<Long, byte[]> taken = new TreeMap<>();

  private Snapshots(int wanted) {
    this.wanted = wanted;
  }

  /** The last so many tenths of a training, from 0 to 10. */
  public static Snapshots last(int wanted) {
    check(wanted);
    return new Snapshots(wanted);
  }

  /**
   * Checks a number of snapshots.
   *
   * @throws IllegalArgumentException when it is not from 0 to 10
   */
  public static void check(int wanted) {
    Require.closed("snapshots", wanted, 0, MOMENTS);
  }

  /** Those taken so far, by the updates made. */
  public SortedMap<Long, byte[]> taken() {
    return Collections.unmodifiableSortedMap(taken);
  }

  /** Takes one if this is a moment for it. */
  void consider(long updates, long of, Learner learner) {
    for (int i = MOMENTS - wanted + 1; i <= MOMENTS; i++) {
      if (updates == Math.max(1, of * i / MOMENTS)) {
        taken.put(updates, learner.snapshot());
      }
    }
  }

  /** Puts back what a checkpoint kept. */
  void restore(SortedMap<Long, byte[]> kept) {
    taken.clear();
    taken.putAll(kept);
  }
}
