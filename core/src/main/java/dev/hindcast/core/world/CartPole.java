package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.Policy;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The cart that balances a pole (Barto, Sutton, Anderson, 1983), step for step as Gymnasium's
 * CartPole-v1: every step pays 1, the last one included. The world ends when the pole leans more
 * than 12 degrees or the cart is more than 2.4 m off; after 500 steps the clock ends the episode,
 * so 500 is the most there is. Action 0 pushes to the left, 1 to the right.
 *
 * <p>The state is what is seen, in 64 bits: position (m), velocity (m/s), angle (radians, 0 is
 * upright), angular velocity (radians/s).
 */
public final class CartPole implements DiscreteWorld<double[]> {
  private static final double GRAVITY = 9.8;
  private static final double POLE_MASS = 0.1;
  private static final double TOTAL_MASS = 1 + POLE_MASS;
  private static final double HALF_LENGTH = 0.5;
  private static final double FORCE = 10;
  private static final double TIME_STEP = 0.02;
  private static final double EDGE = 2.4;
  private static final double LEAN = 12 * 2 * Math.PI / 360;

  @Override
  public ObservationSpace observationSpace() {
    return new ObservationSpace(
        List.of("position", "velocity", "angle", "angular_velocity"), List.of());
  }

  @Override
  public ActionSpace.Discrete actionSpace() {
    return new ActionSpace.Discrete(2);
  }

  @Override
  public int maxSteps() {
    return 500;
  }

  @Override
  public double[] start(RandomGenerator random) {
    double[] state = new double[4];
    for (int i = 0; i < state.length; i++) {
      state[i] = random.nextDouble(-0.05, 0.05);
    }
    return state;
  }

  @Override
  public Seen observation(double[] state) {
    float[] seen = new float[state.length];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = (float) state[i];
    }
    return new Seen(seen, new int[0]);
  }

  @Override
  public Outcome<double[]> step(double[] state, int action, RandomGenerator random) {
    double sine = Math.sin(state[2]);
    double cosine = Math.cos(state[2]);
    double push = action == 1 ? FORCE : -FORCE;
    double moment = POLE_MASS * HALF_LENGTH;
    double drive = (push + moment * (state[3] * state[3]) * sine) / TOTAL_MASS;
    double turn =
        (GRAVITY * sine - cosine * drive)
            / (HALF_LENGTH * (4.0 / 3 - POLE_MASS * (cosine * cosine) / TOTAL_MASS));
    double acceleration = drive - moment * turn * cosine / TOTAL_MASS;
    double[] next = {
      state[0] + TIME_STEP * state[1],
      state[1] + TIME_STEP * acceleration,
      state[2] + TIME_STEP * state[3],
      state[3] + TIME_STEP * turn,
    };
    return new Outcome<>(next, 1, Math.abs(next[0]) > EDGE || Math.abs(next[2]) > LEAN);
  }

  /**
   * Pushes under the falling pole, and so that the cart comes back; keeps the pole up for good.
   *
   * @param exploration the share of random pushes, in [0, 1]
   */
  public RulePolicy balancing(double exploration) {
    return new RulePolicy(
        2,
        exploration,
        (seen, codes) -> seen[2] + 0.4 * seen[3] + 0.05 * seen[0] + 0.1 * seen[1] > 0 ? 1 : 0);
  }

  /** Keeps the pole leaning to one side (1 or -1) and so runs the cart off the edge. */
  private static RulePolicy leaning(int side) {
    return new RulePolicy(
        2, 0.2, (seen, codes) -> seen[2] + 0.4 * seen[3] + 0.1 * side > 0 ? 1 : 0);
  }

  /** Two run off, to either side; two balance with a hand that shakes, one of them badly. */
  @Override
  public List<Policy> behaviors() {
    return List.of(leaning(1), leaning(-1), balancing(0.5), balancing(0.75));
  }
}
