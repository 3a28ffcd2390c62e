package dev.hindcast.offlinerl.network;

import dev.hindcast.training.learner.OptimizerState;

/**
 * A function approximator with its optimizer (Adam with the usual moments 0.9 and 0.999, epsilon
 * 1e-8; Kingma and Ba, 2015). Losses live outside: the network takes the gradient of a loss by its
 * outputs and turns it into a step of its parameters.
 *
 * <p>Belongs to the thread that made it. Closing it frees its memory.
 */
public interface Network extends AutoCloseable {
  /** No extra inputs. */
  float[] NO_EXTRA = new float[0];

  /** What it is made of. */
  Architecture architecture();

  /**
   * (rows, outputs) for the given observation rows, remembering what {@link #backward} needs.
   *
   * @param extra (rows, extra inputs), copied; empty where the architecture has none
   */
  float[] forward(Observations observations, int[] rows, float[] extra);

  /** {@link #forward(Observations, int[], float[])} of a network without extra inputs. */
  default float[] forward(Observations observations, int[] rows) {
    return forward(observations, rows, NO_EXTRA);
  }

  /**
   * (rows, outputs) for the given observation rows, remembering nothing; a {@link #forward} before
   * it stays in memory.
   *
   * @param extra (rows, extra inputs), copied; empty where the architecture has none
   */
  float[] predict(Observations observations, int[] rows, float[] extra);

  /** {@link #predict(Observations, int[], float[])} of a network without extra inputs. */
  default float[] predict(Observations observations, int[] rows) {
    return predict(observations, rows, NO_EXTRA);
  }

  /**
   * Adds to the parameter gradients what a loss with this gradient by the outputs of the last
   * {@link #forward} contributes: the vector-Jacobian product. It uses the forward up: one
   * backward, of whichever kind, per forward.
   *
   * @param outputGradient (rows, outputs)
   */
  void backward(float[] outputGradient);

  /**
   * As {@link #backward}, and gives what the loss contributes to the gradient by the extra inputs,
   * (rows, extra): how a loss travels on through a network that another one feeds.
   */
  float[] backwardThrough(float[] outputGradient);

  /**
   * The gradient by the extra inputs alone, (rows, extra), leaving the parameter gradients as they
   * are: how an actor asks a critic. Only between a step and the next backward.
   *
   * @throws IllegalStateException when gradients have been gathered since the last step
   */
  float[] inputGradient(float[] outputGradient);

  /**
   * Adds to the parameter gradients those of {@code <direction, g>}, g what {@link #inputGradient}
   * just gave: how a loss that looks at a critic's slopes teaches the critic. Once per input
   * gradient, with no forward of this network between the two. Rectified units are taken as the
   * piecewise linear functions they are: a kink counts for nothing.
   *
   * @param direction (rows, extra), the gradient of the loss by g
   * @throws IllegalStateException when there is no such input gradient, or layers are normalized:
   *     slopes of normalized layers bend, and this does not follow them
   */
  void backwardOfInputGradient(float[] direction);

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
}
