package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The pendulum that is to be swung up and held, with the equations of Gym's Pendulum-v0 (Brockman
 * and others, 2016): angle 0 is upright, gravity 10, mass and length 1, time step 0.05. Seen are
 * cosine and sine of the angle and the angular velocity; the action is a torque in [-2, 2]. An
 * episode is truncated after 200 steps. The state is the angle in radians and the velocity.
 */
public final class Pendulum implements ContinuousWorld {
  private static final double TIME_STEP = 0.05;
  private static final double MAX_VELOCITY = 8;

  @Override
  public ObservationSpace observationSpace() {
    return new ObservationSpace(
        List.of("obs_cos_theta", "obs_sin_theta", "obs_theta_dot"), List.of());
  }

  @Override
  public ActionSpace.Box actionSpace() {
    return new ActionSpace.Box(List.of(-2f), List.of(2f));
  }

  @Override
  public int steps() {
    return 200;
  }

  @Override
  public boolean isTerminatedByItself() {
    return false;
  }

  @Override
  public double[] start(SplittableRandom random) {
    return new double[] {
      Math.PI * (2 * random.nextDouble() - 1), 2 * random.nextDouble() - 1,
    };
  }

  @Override
  public float[] observation(double[] state) {
    return new float[] {
      (float) Math.cos(state[0]), (float) Math.sin(state[0]), (float) state[1],
    };
  }

  /** {@code -(angle^2 + 0.1 velocity^2 + 0.001 torque^2)}, the angle taken in [-pi, pi]. */
  @Override
  public double reward(double[] state, float[] action) {
    double angle = Math.IEEEremainder(state[0], 2 * Math.PI);
    return -(angle * angle + 0.1 * state[1] * state[1] + 0.001 * action[0] * action[0]);
  }

  @Override
  public double[] next(double[] state, float[] action) {
    double velocity = state[1] + (15 * Math.sin(state[0]) + 3 * action[0]) * TIME_STEP;
    double angle = state[0] + velocity * TIME_STEP; // v0 moves before it limits the velocity
    return new double[] {angle, Math.min(MAX_VELOCITY, Math.max(-MAX_VELOCITY, velocity))};
  }
}
