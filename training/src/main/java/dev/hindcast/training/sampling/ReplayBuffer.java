package dev.hindcast.training.sampling;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The steps a learner may use, and the drawing of batches from them.
 *
 * <p>Batches are drawn with replacement. The i-th row of the n-th batch is a hash of seed, n and i,
 * so there is no generator state to keep: any batch can be drawn again at any time.
 */
public final class ReplayBuffer implements Sampler {
  private final Experience experience;
  private final int[] usable;
  private final long seed;
  private final long stream;

  /**
   * The usable steps of these episodes.
   *
   * @param wanted which rows the learner wants to be shown
   * @throws UserError when a reward is not a finite number, or no step is usable
   */
  public ReplayBuffer(Experience experience, Uses uses, IntPredicate wanted, long seed) {
    this.experience = experience;
    this.seed = seed;
    stream = StableHash.combine(seed, StableHash.of("batches"));
    TransitionColumns data = experience.data();
    int[] rows = new int[data.rows()];
    int n = 0;
    for (int episode = 0; episode < data.episodes(); episode++) {
      for (int row = data.start(episode); row < data.end(episode); row++) {
        if (!Double.isFinite(data.reward(row))) {
          throw UserError.data(
              "Cannot train: the reward of episode "
                  + data.episodeId(episode)
                  + " step "
                  + (row - data.start(episode))
                  + " is "
                  + data.reward(row)
                  + ". Ingest the log again; its checks set such rows aside.");
        }
        if ((uses == Uses.ALL_STEPS
                || data.terminated(row)
                || data.next(row) != TransitionColumns.UNKNOWN)
            && wanted.test(row)) {
          rows[n++] = row;
        }
      }
    }
    usable = Arrays.copyOf(rows, n);
    if (n == 0) {
      throw UserError.data(
          data.rows() == 0
              ? "Cannot train: the training side of the dataset has no episodes. Lower ingest.split.held-out, or ingest more."
              : "Cannot train: no step of the dataset is terminated or followed by a known observation, so no return can be learned. Map ingest.terminated, or the next observation.");
    }
  }

  @Override
  public int size() {
    return usable.length;
  }

  @Override
  public int leftOut() {
    return experience.data().rows() - usable.length;
  }

  /** Whether a usable step is like this. */
  boolean holdsAny(IntPredicate like) {
    return Arrays.stream(usable).anyMatch(like);
  }

  @Override
  public MiniBatch sample(long update, long updates, int batchSize) {
    int[] rows = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      rows[i] = row(update, i);
    }
    return batch(rows, update, updates);
  }

  /** All usable steps; shared, read only. */
  int[] rows() {
    return usable;
  }

  /** The step at a place of an update's batch. */
  int row(long update, int place) {
    long draw = StableHash.combine(StableHash.combine(stream, update), place);
    // The high half of a 64 x 64 bit product is uniform over 0 .. size - 1.
    return usable[(int) Math.multiplyHigh(draw >>> 1, 2L * usable.length)];
  }

  /** The batch of an update with these steps. */
  MiniBatch batch(int[] rows, long update, long updates) {
    return new MiniBatch(
        experience,
        rows,
        update,
        (double) update / updates,
        StableHash.combine(seed, StableHash.combine(StableHash.of("noise"), update)));
  }
}
