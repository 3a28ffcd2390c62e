package dev.hindcast.core.world;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Action probabilities for each state of a {@link TabularMdp}; the state is the first categorical
 * field of an observation.
 */
public final class TabularPolicy implements Policy {
  private static final long serialVersionUID = 1L;

  private final int actions;
  private final double[] table;

  private TabularPolicy(int actions, double[] table) {
    this.actions = actions;
    this.table = table;
  }

  /** From (states, actions) probabilities, copied. */
  public static TabularPolicy of(double[] probabilities, int actions) {
    return new TabularPolicy(actions, probabilities.clone());
  }

  /** Every admissible action of a world alike. */
  public static TabularPolicy uniform(TabularMdp world) {
    double[] table = new double[world.states() * world.actions()];
    for (int s = 0; s < world.states(); s++) {
      int count = 0;
      for (int a = 0; a < world.actions(); a++) {
        count += world.isAdmissible(s, a) ? 1 : 0;
      }
      for (int a = 0; a < world.actions(); a++) {
        table[s * world.actions() + a] = world.isAdmissible(s, a) ? 1.0 / count : 0;
      }
    }
    return new TabularPolicy(world.actions(), table);
  }

  /** One action per state. */
  public static TabularPolicy deterministic(int[] choice, int actions) {
    double[] table = new double[choice.length * actions];
    for (int s = 0; s < choice.length; s++) {
      table[s * actions + choice[s]] = 1;
    }
    return new TabularPolicy(actions, table);
  }

  /**
   * With probability {@code share} acts as this policy, otherwise as the other, drawn anew at every
   * step.
   */
  public TabularPolicy mixedWith(TabularPolicy other, double share) {
    double[] mixed = new double[table.length];
    for (int i = 0; i < table.length; i++) {
      mixed[i] = share * table[i] + (1 - share) * other.table[i];
    }
    return new TabularPolicy(actions, mixed);
  }

  /** The probability of an action in a state. */
  public double probability(int state, int action) {
    return table[state * actions + action];
  }

  /** The most probable action in a state. */
  public int mode(int state) {
    int best = 0;
    for (int a = 1; a < actions; a++) {
      best = probability(state, a) > probability(state, best) ? a : best;
    }
    return best;
  }

  /** Whether every probability is 0 or 1. */
  public boolean isDeterministic() {
    return Arrays.stream(table).allMatch(p -> p == 0 || p == 1);
  }

  int sample(int state, SplittableRandom random) {
    double u = random.nextDouble();
    int last = mode(state);
    for (int a = 0; a < actions; a++) {
      u -= probability(state, a);
      if (u < 0) {
        return a;
      }
    }
    return last;
  }

  @Override
  public ActionDistribution.Categorical distribution(Decisions decisions) {
    double[] probabilities = new double[decisions.size() * actions];
    int fields = decisions.categories().length / Math.max(1, decisions.size());
    for (int row = 0; row < decisions.size(); row++) {
      int state = decisions.categories()[row * fields] - 1;
      System.arraycopy(table, state * actions, probabilities, row * actions, actions);
    }
    return new ActionDistribution.Categorical(decisions.size(), actions, probabilities);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TabularPolicy that
        && actions == that.actions
        && Arrays.equals(table, that.table);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(table);
  }
}
