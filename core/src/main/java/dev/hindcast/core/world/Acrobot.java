package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.Policy;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Two links hanging from a pivot, moved at the joint between them, whose tip is to be swung above a
 * line one link's length over the pivot (Sutton, 1996; Sutton and Barto, 1998, example 11.3), step
 * for step as Gymnasium's Acrobot-v1: every step costs 1 but the one that gets there, which costs
 * nothing. After 500 steps the clock ends the episode. Actions 0, 1, 2 are torques of -1, 0, 1 N m.
 *
 * <p>The state is the angle of the first link (radians, 0 is hanging), that of the second against
 * the first, and their angular velocities. Seen are cosine and sine of the angles, and the
 * velocities.
 */
public final class Acrobot implements DiscreteWorld<double[]> {
  private static final double GRAVITY = 9.8;
  private static final double CENTER = 0.5; // of mass along a link; links of mass and length 1
  private static final double INERTIA = 1;
  private static final double TIME_STEP = 0.2;
  private static final double MAX_VELOCITY_1 = 4 * Math.PI;
  private static final double MAX_VELOCITY_2 = 9 * Math.PI;

  @Override
  public ObservationSpace observationSpace() {
    return new ObservationSpace(
        List.of(
            "cosine_1", "sine_1", "cosine_2", "sine_2", "angular_velocity_1", "angular_velocity_2"),
        List.of());
  }

  @Override
  public ActionSpace.Discrete actionSpace() {
    return new ActionSpace.Discrete(3);
  }

  @Override
  public int maxSteps() {
    return 500;
  }

  @Override
  public double[] start(RandomGenerator random) {
    double[] state = new double[4];
    for (int i = 0; i < state.length; i++) {
      state[i] = (float) random.nextDouble(-0.1, 0.1);
    }
    return state;
  }

  @Override
  public Seen observation(double[] state) {
    float[] seen = {
      (float) Math.cos(state[0]),
      (float) Math.sin(state[0]),
      (float) Math.cos(state[1]),
      (float) Math.sin(state[1]),
      (float) state[2],
      (float) state[3],
    };
    return new Seen(seen, new int[0]);
  }

  /** One step of Runge and Kutta's fourth-order method with a steady torque. */
  @Override
  public Outcome<double[]> step(double[] state, int action, RandomGenerator random) {
    double torque = action - 1;
    double[] k1 = derivative(state, torque);
    double[] k2 = derivative(moved(state, k1, TIME_STEP / 2), torque);
    double[] k3 = derivative(moved(state, k2, TIME_STEP / 2), torque);
    double[] k4 = derivative(moved(state, k3, TIME_STEP), torque);
    double[] next = new double[4];
    for (int i = 0; i < next.length; i++) {
      next[i] = state[i] + TIME_STEP / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }
    next[0] = wrapped(next[0]);
    next[1] = wrapped(next[1]);
    next[2] = Math.min(MAX_VELOCITY_1, Math.max(-MAX_VELOCITY_1, next[2]));
    next[3] = Math.min(MAX_VELOCITY_2, Math.max(-MAX_VELOCITY_2, next[3]));
    boolean above = -Math.cos(next[0]) - Math.cos(next[1] + next[0]) > 1;
    return new Outcome<>(next, above ? 0 : -1, above);
  }

  /** The equations of the book, which have a term more than those of the paper of 1996. */
  private static double[] derivative(double[] state, double torque) {
    double velocity1 = state[2];
    double velocity2 = state[3];
    double cosine = Math.cos(state[1]);
    double sine = Math.sin(state[1]);
    double d1 = CENTER * CENTER + (1 + CENTER * CENTER + 2 * CENTER * cosine) + 2 * INERTIA;
    double d2 = CENTER * CENTER + CENTER * cosine + INERTIA;
    double phi2 = CENTER * GRAVITY * Math.cos(state[0] + state[1] - Math.PI / 2);
    double phi1 =
        -CENTER * velocity2 * velocity2 * sine
            - 2 * CENTER * velocity2 * velocity1 * sine
            + (CENTER + 1) * GRAVITY * Math.cos(state[0] - Math.PI / 2)
            + phi2;
    double turn2 =
        (torque + d2 / d1 * phi1 - CENTER * velocity1 * velocity1 * sine - phi2)
            / (CENTER * CENTER + INERTIA - d2 * d2 / d1);
    double turn1 = -(d2 * turn2 + phi1) / d1;
    return new double[] {velocity1, velocity2, turn1, turn2};
  }

  private static double[] moved(double[] state, double[] slope, double time) {
    double[] moved = new double[state.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = state[i] + time * slope[i];
    }
    return moved;
  }

  private static double wrapped(double angle) {
    double inside = angle;
    while (inside > Math.PI) {
      inside -= 2 * Math.PI;
    }
    while (inside < -Math.PI) {
      inside += 2 * Math.PI;
    }
    return inside;
  }

  /**
   * Always turns the joint the way the second link is turning, which pumps energy in.
   *
   * @param exploration the share of random torques, in [0, 1]
   */
  public RulePolicy swinging(double exploration) {
    return new RulePolicy(3, exploration, (seen, codes) -> seen[5] > 0 ? 2 : 0);
  }

  /** Three that swing with a hand more or less shaky, and one that turns anyhow. */
  @Override
  public List<Policy> behaviors() {
    return List.of(swinging(0.2), swinging(0.6), swinging(0.8), swinging(1));
  }
}
