package dev.hindcast.training.sampling;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.MiniBatch;
import java.util.function.IntPredicate;

/**
 * Draws a fixed share of every batch from one set of steps and the rest from another, however
 * different their sizes: the symmetric sampling of Ball, Smith, Kostrikov and Levine (2023),
 * arXiv:2302.02948. Within each set steps are drawn with replacement, so a set of ten fills half a
 * batch of 256.
 */
public final class HybridSampler implements Sampler {
  private final ReplayBuffer first;
  private final ReplayBuffer second;
  private final double share;

  /**
   * Of two sets of steps of the same experience.
   *
   * @param share of every batch that comes from the first set, in [0, 1]; rounded to whole steps
   */
  public HybridSampler(ReplayBuffer first, ReplayBuffer second, double share) {
    Require.closed("share", share, 0, 1);
    this.first = first;
    this.second = second;
    this.share = share;
  }

  /**
   * Of demonstrations and all other steps. Where every step is a demonstration, all are drawn
   * alike.
   *
   * @param wanted which rows the learner wants to be shown
   * @param share of every batch that are demonstrations, in [0, 1]
   * @throws UserError when no usable step is a demonstration
   */
  public static Sampler ofDemonstrations(
      Experience experience, Uses uses, IntPredicate wanted, double share, long seed) {
    TransitionColumns data = experience.data();
    IntPredicate demonstrated = row -> wanted.test(row) && data.isDemonstration(row);
    IntPredicate other = row -> wanted.test(row) && !data.isDemonstration(row);
    ReplayBuffer all = new ReplayBuffer(experience, uses, wanted, seed);
    if (!all.holdsAny(demonstrated)) {
      throw UserError.data(
          "Cannot train: this algorithm learns from demonstrations, and none of the "
              + all.size()
              + " usable steps on the training side is flagged as one. Say which are with ingest.demonstration and ingest again, or train an algorithm that needs none.");
    }
    return all.holdsAny(other)
        ? new HybridSampler(
            new ReplayBuffer(experience, uses, demonstrated, seed),
            new ReplayBuffer(experience, uses, other, seed),
            share)
        : all;
  }

  /**
   * Of fresh steps and of the log's. Where there are only steps of one kind, all are drawn alike.
   *
   * @param wanted which rows the learner wants to be shown
   * @param share of every batch that are fresh, in [0, 1]
   */
  public static Sampler ofFresh(
      Experience experience, Uses uses, IntPredicate wanted, double share, long seed) {
    IntPredicate fresh = row -> wanted.test(row) && experience.isFresh(row);
    IntPredicate logged = row -> wanted.test(row) && !experience.isFresh(row);
    ReplayBuffer all = new ReplayBuffer(experience, uses, wanted, seed);
    return all.holdsAny(fresh) && all.holdsAny(logged)
        ? new HybridSampler(
            new ReplayBuffer(experience, uses, fresh, seed),
            new ReplayBuffer(experience, uses, logged, seed),
            share)
        : all;
  }

  @Override
  public MiniBatch sample(long update, long updates, int batchSize) {
    int fromFirst = (int) Math.round(share * batchSize);
    int[] rows = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      rows[i] = (i < fromFirst ? first : second).row(update, i);
    }
    return first.batch(rows, update, updates);
  }

  @Override
  public int size() {
    return first.size() + second.size();
  }

  @Override
  public int leftOut() {
    return first.leftOut() - second.size();
  }
}
