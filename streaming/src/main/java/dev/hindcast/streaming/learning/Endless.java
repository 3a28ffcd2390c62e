package dev.hindcast.streaming.learning;

import dev.hindcast.training.learner.MiniBatch;
import dev.hindcast.training.sampling.Sampler;

/**
 * Draws as another one, but for a training that has no end: what falls along the way, such as
 * learning rates, stays as it is at the beginning.
 *
 * @param sampler what draws
 */
record Endless(Sampler sampler) implements Sampler {
  @Override
  public MiniBatch sample(long update, long updates, int batchSize) {
    return sampler.sample(update, Long.MAX_VALUE, batchSize);
  }

  @Override
  public int size() {
    return sampler.size();
  }

  @Override
  public int leftOut() {
    return sampler.leftOut();
  }
}
