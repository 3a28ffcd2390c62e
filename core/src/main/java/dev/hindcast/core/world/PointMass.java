package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import java.util.Arrays;
import java.util.Collections;
import java.util.SplittableRandom;

/**
 * A point to be brought to the origin: {@code position' = position + action / 2} in every
 * dimension, paying {@code 1 - |position|^2 - |action|^2 / 2} for the position before the move. A
 * linear-quadratic problem whose dimensions do not touch each other, so the values of linear
 * policies and of the best policy have closed forms. Episodes start uniformly on the cube [-1, 1]
 * and are truncated; values are those of the world that goes on forever.
 *
 * @param dimensions of the position and of the action, at least 1
 * @param steps after so many an episode is truncated
 */
public record PointMass(int dimensions, int steps) implements ContinuousWorld {
  private static final double PUSH = 0.5;
  private static final double EFFORT = 0.5;

  /**
   * The value V of a policy at a position: {@code constant - sum of quadratic * position^2}, with
   * the discounted Lyapunov equation {@code p = 1 + EFFORT k^2 + discount (1 + PUSH k)^2 p} in each
   * dimension.
   *
   * @param policy moves each coordinate by its own position alone, without offset
   * @param discount γ, below 1
   */
  public double value(LinearPolicy policy, double discount, double... position) {
    double value = 1 / (1 - discount);
    for (int i = 0; i < dimensions; i++) {
      requireSeparate(policy, i);
      double p = quadratic(policy.gain(i, i), discount);
      value -= p * position[i] * position[i];
      value -= (EFFORT + discount * PUSH * PUSH * p) * policy.variance(i) / (1 - discount);
    }
    return value;
  }

  /** The expected value of a policy over the positions in which episodes start. */
  public double value(LinearPolicy policy, double discount) {
    double[] typical = new double[dimensions];
    Arrays.fill(typical, Math.sqrt(1.0 / 3)); // position^2 has this mean on [-1, 1]
    return value(policy, discount, typical);
  }

  /**
   * The best policy, which at positions in [-1, 1] stays inside the box whatever the discount:
   * {@code -k * position}, k from the positive root of the scalar Riccati equation {@code p = 1 +
   * discount p - (discount PUSH p)^2 / (EFFORT + discount PUSH^2 p)}.
   *
   * @param discount γ, in (0, 1)
   */
  public LinearPolicy optimal(double discount) {
    // (1 - (1 - discount) p) (EFFORT + discount PUSH^2 p) = (discount PUSH p)^2
    double left = discount * PUSH * PUSH;
    double square = left; // (1 - discount) left + discount left
    double linear = left - (1 - discount) * EFFORT;
    double p = (linear + Math.sqrt(linear * linear + 4 * square * EFFORT)) / (2 * square);
    double[][] gain = new double[dimensions][dimensions];
    for (int i = 0; i < dimensions; i++) {
      gain[i][i] = -discount * PUSH * p / (EFFORT + left * p);
    }
    return LinearPolicy.of(gain);
  }

  /**
   * A clumsy policy that moves slowly to the origin with much noise and never leaves the box: a
   * gain of -0.3 and noise of half-width 0.499.
   */
  public LinearPolicy clumsy() {
    double[][] gain = new double[dimensions][dimensions];
    for (int i = 0; i < dimensions; i++) {
      gain[i][i] = -0.3;
    }
    return LinearPolicy.of(gain).withNoise(0.499);
  }

  @Override
  public ObservationSpace observationSpace() {
    return ObservationSpace.ofNumbers(dimensions);
  }

  @Override
  public ActionSpace.Box actionSpace() {
    return new ActionSpace.Box(
        Collections.nCopies(dimensions, -1f), Collections.nCopies(dimensions, 1f));
  }

  @Override
  public boolean isTerminatedByItself() {
    return false;
  }

  @Override
  public double[] start(SplittableRandom random) {
    double[] position = new double[dimensions];
    for (int i = 0; i < dimensions; i++) {
      position[i] = 2 * random.nextDouble() - 1;
    }
    return position;
  }

  @Override
  public float[] observation(double[] state) {
    float[] seen = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      seen[i] = (float) state[i];
    }
    return seen;
  }

  @Override
  public double reward(double[] state, float[] action) {
    double reward = 1;
    for (int i = 0; i < dimensions; i++) {
      reward -= state[i] * state[i] + EFFORT * action[i] * action[i];
    }
    return reward;
  }

  @Override
  public double[] next(double[] state, float[] action) {
    double[] next = new double[dimensions];
    for (int i = 0; i < dimensions; i++) {
      next[i] = state[i] + PUSH * action[i];
    }
    return next;
  }

  private static double quadratic(double gain, double discount) {
    double kept = discount * (1 + PUSH * gain) * (1 + PUSH * gain);
    if (!(kept < 1)) {
      throw new IllegalArgumentException(
          "The values of a policy with a gain of " + gain + " are infinite: it runs away.");
    }
    return (1 + EFFORT * gain * gain) / (1 - kept);
  }

  private void requireSeparate(LinearPolicy policy, int coordinate) {
    for (int j = 0; j < dimensions; j++) {
      if ((j != coordinate && policy.gain(coordinate, j) != 0) || policy.offset(coordinate) != 0) {
        throw new IllegalArgumentException(
            "Only policies that move each coordinate by its own position, without offset, have a closed form here.");
      }
    }
  }
}
