package dev.hindcast.training.sampling;

import dev.hindcast.training.learner.MiniBatch;

/**
 * Gives all steps in every update, each once and in the order of the data, whatever size of batch
 * is asked for.
 *
 * @param steps those that can be drawn
 */
record EveryStep(ReplayBuffer steps) implements Sampler {
  @Override
  public MiniBatch sample(long update, long updates, int batchSize) {
    return steps.batch(steps.rows(), update, updates);
  }

  @Override
  public int size() {
    return steps.size();
  }

  @Override
  public int leftOut() {
    return steps.leftOut();
  }
}
