package dev.hindcast.core.policy;

/** How a policy would act in each row of a batch. */
public sealed interface ActionDistribution permits ActionDistribution.Categorical {
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
  }
}
