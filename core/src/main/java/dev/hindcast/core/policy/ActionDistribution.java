package dev.hindcast.core.policy;

import dev.hindcast.core.data.ActionSpace;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** How a policy would act in each row of a batch. */
public sealed interface ActionDistribution
    permits ActionDistribution.Categorical, ActionDistribution.Continuous {
  /** How many rows it speaks of. */
  int rows();

  /**
   * Probabilities of discrete actions.
   *
   * @param rows the number of rows
   * @param actions the number of actions
   * @param probabilities (rows, actions), each row summing to 1; shared, read only
   */
  @SuppressWarnings("ArrayRecordComponent") // storage of a hot loop; never compared
  record Categorical(int rows, int actions, double[] probabilities) implements ActionDistribution {
    /** Checks the shape. */
    public Categorical {
      if (probabilities.length != rows * actions) {
        throw new IllegalArgumentException(
            probabilities.length
                + " probabilities do not fill "
                + rows
                + " rows of "
                + actions
                + " actions.");
      }
    }

    /** The probability of an action in a row. */
    public double probability(int row, int action) {
      return probabilities[row * actions + action];
    }

    /** The most probable action of a row; the lowest numbered among equals. */
    public int mode(int row) {
      int best = 0;
      for (int action = 1; action < actions; action++) {
        if (probability(row, action) > probability(row, best)) {
          best = action;
        }
      }
      return best;
    }

    /** One action for a row, each with its probability. */
    public int draw(int row, RandomGenerator random) {
      double u = random.nextDouble();
      for (int action = 0; action < actions; action++) {
        u -= probability(row, action);
        if (u < 0) {
          return action;
        }
      }
      return mode(row); // rounding left a crumb of probability
    }
  }

  /** Actions in a box. */
  sealed interface Continuous extends ActionDistribution
      permits Deterministic, Uniform, Gaussian, SquashedGaussian {
    /** The box. */
    ActionSpace.Box box();

    /** (rows, dimensions): what it does when it is not to explore, inside the box. */
    float[] modes();

    /** (dimensions): one action for a row, inside the box. */
    float[] draw(int row, RandomGenerator random);

    /** (rows, dimensions): one action for each row, inside the box. */
    default float[] draw(RandomGenerator random) {
      int d = box().dimensions();
      float[] actions = new float[rows() * d];
      for (int row = 0; row < rows(); row++) {
        System.arraycopy(draw(row, random), 0, actions, row * d, d);
      }
      return actions;
    }

    /**
     * The logarithm of the density, by the box's own units, with which an action is drawn in a row.
     * A coordinate in which the box has no width counts for nothing.
     *
     * @param actions (rows, dimensions)
     * @throws UnsupportedOperationException when there is no density: {@link #hasDensity()}
     */
    double logDensity(int row, float[] actions);

    /** Whether actions have a density: a deterministic policy has none. */
    boolean hasDensity();
  }

  /**
   * One certain action in each row.
   *
   * @param box where actions lie
   * @param actions (rows, dimensions), inside the box; shared, read only
   */
  @SuppressWarnings("ArrayRecordComponent") // storage of a hot loop; never compared
  record Deterministic(ActionSpace.Box box, float[] actions) implements Continuous {
    @Override
    public int rows() {
      return actions.length / box.dimensions();
    }

    @Override
    public float[] modes() {
      return actions;
    }

    @Override
    public float[] draw(int row, RandomGenerator random) {
      int d = box.dimensions();
      return Arrays.copyOfRange(actions, row * d, (row + 1) * d);
    }

    @Override
    public double logDensity(int row, float[] given) {
      throw new UnsupportedOperationException("A deterministic policy has no density.");
    }

    @Override
    public boolean hasDensity() {
      return false;
    }
  }

  /**
   * Every point of the box alike.
   *
   * @param box where actions lie
   * @param rows the number of rows
   */
  record Uniform(ActionSpace.Box box, int rows) implements Continuous {
    @Override
    public float[] modes() {
      return box.fromUnits(new float[rows * box.dimensions()]);
    }

    @Override
    public float[] draw(int row, RandomGenerator random) {
      float[] units = new float[box.dimensions()];
      for (int j = 0; j < units.length; j++) {
        units[j] = (float) (2 * random.nextDouble() - 1);
      }
      return box.fromUnits(units);
    }

    @Override
    public double logDensity(int row, float[] actions) {
      double sum = 0;
      for (int j = 0; j < box.dimensions(); j++) {
        double width = (double) box.high().get(j) - box.low().get(j);
        sum -= width == 0 ? 0 : Math.log(width);
      }
      return sum;
    }

    @Override
    public boolean hasDensity() {
      return true;
    }
  }

  /**
   * Independent normal coordinates. What is drawn outside the box is cut to its edge, where the
   * whole tail comes together: there a coordinate has a probability instead of a density, that of
   * the tail, and the ratio of two such policies is right there too.
   *
   * @param box where actions lie
   * @param means (rows, dimensions), in the box's units, not cut
   * @param deviations (rows, dimensions), above 0
   */
  @SuppressWarnings("ArrayRecordComponent") // storage of a hot loop; never compared
  record Gaussian(ActionSpace.Box box, float[] means, float[] deviations) implements Continuous {
    private static final double LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

    @Override
    public int rows() {
      return means.length / box.dimensions();
    }

    @Override
    public float[] modes() {
      return cut(box, means.clone());
    }

    @Override
    public float[] draw(int row, RandomGenerator random) {
      int d = box.dimensions();
      float[] action = new float[d];
      for (int j = 0; j < d; j++) {
        int i = row * d + j;
        action[j] = (float) (means[i] + deviations[i] * random.nextGaussian());
      }
      return cut(box, action);
    }

    @Override
    public double logDensity(int row, float[] actions) {
      int d = box.dimensions();
      double sum = 0;
      for (int j = 0; j < d; j++) {
        int i = row * d + j;
        double low = box.low().get(j);
        double high = box.high().get(j);
        if (low == high) {
          continue;
        }
        if (actions[i] >= high) {
          sum += NormalTail.logAbove((high - means[i]) / deviations[i]);
        } else if (actions[i] <= low) {
          sum += NormalTail.logAbove((means[i] - low) / deviations[i]);
        } else {
          double z = ((double) actions[i] - means[i]) / deviations[i];
          sum -= 0.5 * z * z + Math.log(deviations[i]) + LOG_ROOT_TWO_PI;
        }
      }
      return sum;
    }

    @Override
    public boolean hasDensity() {
      return true;
    }

    private static float[] cut(ActionSpace.Box box, float[] actions) {
      int d = box.dimensions();
      for (int i = 0; i < actions.length; i++) {
        actions[i] = Math.min(box.high().get(i % d), Math.max(box.low().get(i % d), actions[i]));
      }
      return actions;
    }
  }

  /**
   * The hyperbolic tangent of independent normal coordinates, stretched from [-1, 1] to the box
   * (Haarnoja and others, 2018, appendix C).
   *
   * @param box where actions lie
   * @param means (rows, dimensions), before the tangent
   * @param deviations (rows, dimensions), before the tangent, above 0
   */
  @SuppressWarnings("ArrayRecordComponent") // storage of a hot loop; never compared
  record SquashedGaussian(ActionSpace.Box box, float[] means, float[] deviations)
      implements Continuous {
    /** Where an action on the very edge is taken to lie, as its preimage is infinite. */
    private static final double EDGE = 1 - 1e-6;

    @Override
    public int rows() {
      return means.length / box.dimensions();
    }

    @Override
    public float[] modes() {
      float[] units = new float[means.length];
      for (int i = 0; i < units.length; i++) {
        units[i] = (float) Math.tanh(means[i]);
      }
      return box.fromUnits(units);
    }

    @Override
    public float[] draw(int row, RandomGenerator random) {
      int d = box.dimensions();
      float[] units = new float[d];
      for (int j = 0; j < d; j++) {
        int i = row * d + j;
        units[j] = (float) Math.tanh(means[i] + deviations[i] * random.nextGaussian());
      }
      return box.fromUnits(units);
    }

    @Override
    public double logDensity(int row, float[] actions) {
      int d = box.dimensions();
      float[] units = box.toUnits(Arrays.copyOfRange(actions, row * d, (row + 1) * d));
      double sum = 0;
      for (int j = 0; j < d; j++) {
        double a = Math.min(EDGE, Math.max(-EDGE, units[j]));
        double u = 0.5 * (Math.log1p(a) - Math.log1p(-a));
        double z = (u - means[row * d + j]) / deviations[row * d + j];
        double half = 0.5 * ((double) box.high().get(j) - box.low().get(j));
        if (half == 0) {
          continue;
        }
        sum -=
            0.5 * z * z
                + Math.log(deviations[row * d + j])
                + Gaussian.LOG_ROOT_TWO_PI
                + Math.log1p(-a * a)
                + Math.log(half);
      }
      return sum;
    }

    @Override
    public boolean hasDensity() {
      return true;
    }
  }
}
