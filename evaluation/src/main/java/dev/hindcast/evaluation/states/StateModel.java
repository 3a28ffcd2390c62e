package dev.hindcast.evaluation.states;

import dev.hindcast.core.policy.Policy;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.LUDecomposition;
import org.hipparchus.linear.RealMatrix;

/**
 * What some episodes say a policy is worth from each state, and how much more often it would come
 * by than they did. Both are solutions of one linear system: values of {@code A θ = c}, ratios of
 * visits of {@code A' x = starts} (Uehara, Huang, Jiang 2020, minimum-weight learning), where A is
 * the matrix of least-squares temporal differences with one feature for each state and action.
 * Eliminating actions leaves a system with one unknown for each state.
 *
 * <p>Visits are expected numbers of steps of an episode, each discounted by what came before it, so
 * that a discount of 1 is no special case. Actions that these episodes do not show in a state are
 * left out there, the policy's others taking their place; states that they do not show are worth 0
 * and never visited.
 */
final class StateModel implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int actions;
  private final double[] q; // (states, actions)
  private final double[] v; // (states)
  private final double[] stateRatio; // (states) visits over those of the log
  private final double[] ratio; // (states, actions) the same

  private StateModel(int states, int actions) {
    this.actions = actions;
    q = new double[states * actions];
    v = new double[states];
    stateRatio = new double[states];
    ratio = new double[states * actions];
  }

  /** Solves; all is not a number where there is no unique solution, as when no episode ends. */
  static StateModel of(StateCounts counts, StateCounts.Half half, Policy policy) {
    int actions = counts.actions();
    StateModel model = new StateModel(counts.states(), actions);
    int[] seen = half.seen();
    if (seen.length == 0) {
      return model.undefined();
    }
    int[] place = new int[counts.states()];
    Arrays.fill(place, -1);
    for (int i = 0; i < seen.length; i++) {
      place[seen[i]] = i;
    }
    double[] shown = shown(half, seen, policy.categorical(counts.decisions(seen)).probabilities());
    RealMatrix system = new Array2DRowRealMatrix(seen.length, seen.length);
    ArrayRealVector rewards = new ArrayRealVector(seen.length);
    ArrayRealVector starts = new ArrayRealVector(seen.length);
    for (int i = 0; i < seen.length; i++) {
      system.setEntry(i, i, 1);
      starts.setEntry(i, half.starts[seen[i]] / half.episodes);
      for (int a = 0; a < actions; a++) {
        double chance = shown[i * actions + a];
        int pair = seen[i] * actions + a;
        if (chance > 0) {
          rewards.addToEntry(i, chance * half.rewards[pair] / half.taken[pair]);
        }
      }
    }
    for (Map.Entry<Long, double[]> move : half.moves.entrySet()) {
      int pair = (int) (move.getKey() / counts.states());
      int to = place[(int) (move.getKey() % counts.states())];
      int from = place[pair / actions];
      double chance = shown[from * actions + pair % actions];
      if (to >= 0 && chance > 0) {
        system.addToEntry(from, to, -chance * move.getValue()[0] / half.taken[pair]);
      }
    }
    LUDecomposition factors = new LUDecomposition(system);
    if (!factors.getSolver().isNonSingular()) {
      return model.undefined();
    }
    double[] values = factors.getSolver().solve(rewards).toArray();
    model.fill(half, seen, shown, values, transposed(factors, starts.toArray()));
    return model;
  }

  /** Solves {@code A' x = b} by the factors {@code P A = L U}: the costly part is done once. */
  private static double[] transposed(LUDecomposition factors, double[] b) {
    int n = b.length;
    RealMatrix lower = factors.getL();
    RealMatrix upper = factors.getU();
    double[] y = b.clone();
    for (int i = 0; i < n; i++) {
      y[i] /= upper.getEntry(i, i);
      for (int j = i + 1; j < n; j++) {
        y[j] -= upper.getEntry(i, j) * y[i];
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int j = 0; j < i; j++) {
        y[j] -= lower.getEntry(i, j) * y[i];
      }
    }
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[factors.getPivot()[i]] = y[i];
    }
    return x;
  }

  private void fill(
      StateCounts.Half half, int[] seen, double[] shown, double[] values, double[] visits) {
    for (int i = 0; i < seen.length; i++) {
      int state = seen[i];
      v[state] = values[i];
      double there = 0;
      for (int a = 0; a < actions; a++) {
        int pair = state * actions + a;
        there += half.taken[pair];
        if (half.taken[pair] == 0) {
          q[pair] = v[state]; // so that values of actions still average to that of the state
        } else {
          q[pair] = half.rewards[pair] / half.taken[pair];
          ratio[pair] = visits[i] * shown[i * actions + a] / (half.taken[pair] / half.episodes);
        }
      }
      stateRatio[state] = visits[i] / (there / half.episodes);
    }
    half.moves.forEach(
        (key, sum) -> {
          int pair = (int) (key / half.states);
          q[pair] += sum[0] / half.taken[pair] * v[(int) (key % half.states)];
        });
  }

  /** (seen, actions) The policy's probabilities of what was taken, made to sum to 1. */
  private static double[] shown(StateCounts.Half half, int[] seen, double[] probabilities) {
    double[] shown = new double[probabilities.length];
    for (int i = 0; i < seen.length; i++) {
      double mass = 0;
      double steps = 0;
      for (int a = 0; a < half.actions; a++) {
        double taken = half.taken[seen[i] * half.actions + a];
        mass += taken > 0 ? probabilities[i * half.actions + a] : 0;
        steps += taken;
      }
      for (int a = 0; a < half.actions; a++) {
        double taken = half.taken[seen[i] * half.actions + a];
        if (taken > 0) { // of all that the policy does nothing is shown: what was done stands in
          shown[i * half.actions + a] =
              mass > 0 ? probabilities[i * half.actions + a] / mass : taken / steps;
        }
      }
    }
    return shown;
  }

  private StateModel undefined() {
    Arrays.fill(q, Double.NaN);
    Arrays.fill(v, Double.NaN);
    Arrays.fill(stateRatio, Double.NaN);
    Arrays.fill(ratio, Double.NaN);
    return this;
  }

  /** What an action in a state is worth, the policy acting afterwards. */
  double q(int state, int action) {
    return q[state * actions + action];
  }

  /** What the policy is worth from a state. */
  double v(int state) {
    return v[state];
  }

  /** The policy's discounted visits of a state over the log's visits, for each episode. */
  double stateRatio(int state) {
    return stateRatio[state];
  }

  /** The same of an action in a state. */
  double ratio(int state, int action) {
    return ratio[state * actions + action];
  }
}
