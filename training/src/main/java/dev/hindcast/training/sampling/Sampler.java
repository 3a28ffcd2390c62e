package dev.hindcast.training.sampling;

import dev.hindcast.training.learner.MiniBatch;

/**
 * Draws the batches of a run. There is no generator state to keep: any batch can be drawn again at
 * any time, and is the same.
 */
public interface Sampler {
  /**
   * The batch of an update.
   *
   * @param update from 0
   * @param updates how many there will be in all
   */
  MiniBatch sample(long update, long updates, int batchSize);

  /** How many steps can be drawn. */
  int size();

  /** How many steps cannot, because what followed them is not known or they are not wanted. */
  int leftOut();
}
