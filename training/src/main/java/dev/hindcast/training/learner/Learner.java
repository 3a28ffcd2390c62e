package dev.hindcast.training.learner;

import java.util.function.IntPredicate;

/**
 * An algorithm at work: what it has learned so far, and what one batch does to that. Deterministic:
 * equal states and batches give equal updates. Belongs to one thread.
 */
public interface Learner extends AutoCloseable {
  /**
   * One step of everything that learns.
   *
   * @throws TrainingStopped when going on would be pointless
   */
  Losses update(MiniBatch batch);

  /**
   * Which steps it wants to be shown, of those that are usable at all; a row of the training data
   * each. Asked once, before the first update.
   */
  default IntPredicate steps() {
    return row -> true;
  }

  /** A copy of all that must be kept to go on later. */
  LearnerState state();

  /**
   * Goes on from there.
   *
   * @param state {@linkplain LearnerState#isLike like} its own
   */
  void restore(LearnerState state);

  /**
   * What it would leave in a bundle if training ended now, as bytes that only its own room reads.
   */
  byte[] snapshot();

  @Override
  void close();
}
