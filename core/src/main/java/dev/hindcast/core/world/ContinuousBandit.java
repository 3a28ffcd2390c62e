package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One decision in [-1, 1] that pays {@code 1 - (action - best)^2}; every episode is one step long
 * and the observation is always 1.
 *
 * @param best the action that pays most, in [-1, 1]
 */
public record ContinuousBandit(double best) implements ContinuousWorld {
  /** A bandit whose best action is neither the middle nor an end of the box. */
  public static final ContinuousBandit DEFAULT = new ContinuousBandit(0.5);

  /** What is earned on average by actions with this mean and variance. */
  public double value(double mean, double variance) {
    return 1 - (mean - best) * (mean - best) - variance;
  }

  @Override
  public ObservationSpace observationSpace() {
    return ObservationSpace.ofNumbers(1);
  }

  @Override
  public ActionSpace.Box actionSpace() {
    return new ActionSpace.Box(List.of(-1f), List.of(1f));
  }

  @Override
  public int steps() {
    return 1;
  }

  @Override
  public boolean isTerminatedByItself() {
    return true;
  }

  @Override
  public double[] start(SplittableRandom random) {
    return new double[] {1};
  }

  @Override
  public float[] observation(double[] state) {
    return new float[] {(float) state[0]};
  }

  @Override
  public double reward(double[] state, float[] action) {
    return value(action[0], 0);
  }

  @Override
  public double[] next(double[] state, float[] action) {
    return state;
  }
}
