package dev.hindcast.offlinerl.network;

/**
 * A function approximator with its optimizer (Adam with the usual moments 0.9 and 0.999, epsilon
 * 1e-8; Kingma and Ba, 2015). Losses live outside: the network takes the gradient of a loss by its
 * outputs and turns it into a step of its parameters.
 *
 * <p>Belongs to the thread that made it. Closing it frees its memory.
 */
public interface Network extends AutoCloseable {
  /** What it is made of. */
  Architecture architecture();

  /** (rows, outputs) for the given observation rows, remembering what {@link #backward} needs. */
  float[] forward(Observations observations, int[] rows);

  /** (rows, outputs) for the given observation rows, remembering nothing. */
  float[] predict(Observations observations, int[] rows);

  /**
   * Adds to the parameter gradients what a loss with this gradient by the outputs of the last
   * {@link #forward} contributes: the vector-Jacobian product. One backward per forward.
   *
   * @param outputGradient (rows, outputs)
   */
  void backward(float[] outputGradient);

  /** One optimizer step along the gradients gathered since the last, which are then forgotten. */
  void step();

  /** Sets the learning rate of the following steps. */
  void learningRate(double rate);

  /**
   * Moves every parameter p to {@code (1 - polyak) p + polyak q}, q the other network's parameter.
   */
  void polyakFrom(Network source, double polyak);

  /** A copy of all parameters in the order of {@link Architecture#tensors()}. */
  float[] parameters();

  /** Sets all parameters. */
  void parameters(float[] values);

  /** A copy of the gradients gathered since the last step, in the order of the parameters. */
  float[] gradients();

  /** A copy of the optimizer's memory. */
  OptimizerState optimizer();

  /** Sets the optimizer's memory. */
  void optimizer(OptimizerState state);

  @Override
  void close();

  /**
   * What Adam remembers.
   *
   * @param steps how many steps it has made
   * @param mean running mean of the gradients, one per parameter
   * @param variance running mean of their squares
   */
  @SuppressWarnings("ArrayRecordComponent") // a snapshot on its way to a file; never compared
  record OptimizerState(long steps, float[] mean, float[] variance) {}
}
