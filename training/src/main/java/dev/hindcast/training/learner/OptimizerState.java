package dev.hindcast.training.learner;

/**
 * What Adam remembers.
 *
 * @param steps how many steps it has made
 * @param mean running mean of the gradients, one per parameter
 * @param variance running mean of their squares
 */
@SuppressWarnings("ArrayRecordComponent") // a snapshot on its way to a file; never compared
public record OptimizerState(long steps, float[] mean, float[] variance) {}
