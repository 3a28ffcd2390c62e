package dev.hindcast.core.world;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.QFunction;

/**
 * Action values for each state of a {@link TabularMdp}.
 *
 * @param table (states, actions); shared, read only
 * @param actions the number of actions
 */
@SuppressWarnings("ArrayRecordComponent") // a lookup table; never compared
public record TabularQ(double[] table, int actions) implements QFunction {
  @Override
  public double[] values(Decisions decisions) {
    double[] values = new double[decisions.size() * actions];
    int fields = decisions.categories().length / Math.max(1, decisions.size());
    for (int row = 0; row < decisions.size(); row++) {
      int state = decisions.categories()[row * fields] - 1;
      System.arraycopy(table, state * actions, values, row * actions, actions);
    }
    return values;
  }
}
