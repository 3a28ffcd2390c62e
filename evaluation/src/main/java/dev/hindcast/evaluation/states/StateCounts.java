package dev.hindcast.evaluation.states;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the log says of a world of finitely many states: how often each action was taken in each,
 * what it paid and where it led. Sums, kept apart for two halves of the episodes, so that neither
 * half is judged by a model that has seen it. The matrix of least-squares temporal differences
 * (Boyan 1999; Lagoudakis, Parr 2003) with one feature for each state and action consists of these
 * sums, whatever the target policy.
 *
 * <p>A state is what is seen: one combination of categories. A truncated step whose final
 * observation is not known is left out, since nobody knows where it led; with one that is known it
 * counts as any other step.
 */
public final class StateCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The most states: solving for values takes their third power. */
  public static final int MOST_STATES = 2000;

  private static final long SALT = 0x5eed_f01dL;

  private final int[] codes; // of each categorical field
  private final int states;
  private final int actions;
  private final double discount;
  private final boolean[] admissible; // (states, actions)
  private boolean masked;
  private final List<Half> halves = new ArrayList<>();

  /**
   * Nothing yet.
   *
   * @param discount γ of one unit of time
   */
  public StateCounts(
      ObservationSpace observations, ActionSpace.Discrete actionSpace, double discount) {
    codes = observations.categorical().stream().mapToInt(field -> field.codes()).toArray();
    states = (int) size(observations);
    actions = actionSpace.size();
    this.discount = discount;
    admissible = new boolean[states * actions];
    for (int h = 0; h < 2; h++) {
      halves.add(new Half(states, actions));
    }
  }

  private StateCounts(StateCounts like, boolean[] admissible) {
    codes = like.codes;
    states = like.states;
    actions = like.actions;
    discount = like.discount;
    this.admissible = admissible;
  }

  /** Whether observations are few enough combinations of categories. */
  public static boolean canCount(ObservationSpace observations, ActionSpace actionSpace) {
    return observations.numeric().isEmpty()
        && actionSpace instanceof ActionSpace.Discrete
        && size(observations) <= MOST_STATES;
  }

  private static double size(ObservationSpace observations) {
    double size = 1;
    for (ObservationSpace.CategoricalField field : observations.categorical()) {
      size *= field.codes();
    }
    return size;
  }

  /** Another one with nothing counted. */
  public StateCounts empty() {
    StateCounts empty = new StateCounts(this, new boolean[states * actions]);
    empty.halves.add(new Half(states, actions));
    empty.halves.add(new Half(states, actions));
    return empty;
  }

  /** Which half an episode is in: 0 or 1, by its id alone. */
  public static int half(String episodeId) {
    return (int) (StableHash.combine(SALT, StableHash.of(episodeId)) & 1);
  }

  /** The number of the state of an observation row. */
  public int state(TransitionColumns columns, int observationRow) {
    int state = 0;
    for (int f = 0; f < codes.length; f++) {
      state = state * codes[f] + columns.categories()[observationRow * codes.length + f];
    }
    return state;
  }

  /** Adds every episode of a file. */
  public StateCounts add(TransitionColumns columns) {
    for (int e = 0; e < columns.episodes(); e++) {
      Half half = halves.get(half(columns.episodeId(e)));
      half.episodes++;
      half.starts[state(columns, columns.start(e))]++;
      for (int row = columns.start(e); row < columns.end(e); row++) {
        int state = state(columns, row);
        note(columns, row, state);
        boolean ends = columns.terminated(row);
        int next = columns.next(row);
        if (ends || next != TransitionColumns.UNKNOWN) {
          int pair = state * actions + columns.action(row);
          half.taken[pair]++;
          half.rewards[pair] += columns.reward(row);
          if (!ends) {
            half.move(pair, state(columns, next), columns.discount(row, discount));
          }
        }
      }
    }
    return this;
  }

  private void note(TransitionColumns columns, int row, int state) {
    masked |= columns.hasMask();
    for (int a = 0; a < actions && columns.hasMask(); a++) {
      admissible[state * actions + a] |= columns.mask()[row * actions + a];
    }
  }

  /** Adds the sums of later files. */
  public StateCounts merge(StateCounts later) {
    masked |= later.masked;
    for (int i = 0; i < admissible.length; i++) {
      admissible[i] |= later.admissible[i];
    }
    for (int h = 0; h < halves.size(); h++) {
      halves.get(h).merge(later.halves.get(h));
    }
    return this;
  }

  /** A decision in every state that was seen, for a policy to be asked about. */
  Decisions decisions(int[] seen) {
    int[] categories = new int[seen.length * codes.length];
    boolean[] mask = new boolean[masked ? seen.length * actions : 0];
    String[] ids = new String[seen.length];
    for (int i = 0; i < seen.length; i++) {
      int rest = seen[i];
      for (int f = codes.length - 1; f >= 0; f--) {
        categories[i * codes.length + f] = rest % codes[f];
        rest /= codes[f];
      }
      if (masked) {
        System.arraycopy(admissible, seen[i] * actions, mask, i * actions, actions);
      }
      ids[i] = "";
    }
    return new Decisions(seen.length, new float[0], categories, mask, ids, new int[seen.length]);
  }

  /** The same numbering of states, and nothing counted. */
  StateCounts withoutCounts() {
    return new StateCounts(this, new boolean[0]);
  }

  /** The sums of one half. */
  Half half(int number) {
    return halves.get(number);
  }

  /** The sums of all episodes. */
  Half whole() {
    Half whole = new Half(states, actions);
    halves.forEach(whole::merge);
    return whole;
  }

  int states() {
    return states;
  }

  int actions() {
    return actions;
  }

  /** Sums over some episodes; pair (s, a) stands at {@code s * actions + a}. */
  static final class Half implements Serializable {
    private static final long serialVersionUID = 1L;

    final int states;
    final int actions;
    final double[] starts; // (states) episodes that begin there
    final double[] taken; // (states, actions) steps
    final double[] rewards; // (states, actions)
    final Map<Long, double[]> moves = new HashMap<>(); // by pair and next state: sum of discounts
    double episodes;

    Half(int states, int actions) {
      this.states = states;
      this.actions = actions;
      starts = new double[states];
      taken = new double[states * actions];
      rewards = new double[states * actions];
    }

    void move(int pair, int next, double discount) {
      moves.computeIfAbsent((long) pair * states + next, key -> new double[1])[0] += discount;
    }

    void merge(Half later) {
      episodes += later.episodes;
      for (int s = 0; s < states; s++) {
        starts[s] += later.starts[s];
      }
      for (int i = 0; i < taken.length; i++) {
        taken[i] += later.taken[i];
        rewards[i] += later.rewards[i];
      }
      later.moves.forEach(
          (key, sum) -> moves.computeIfAbsent(key, k -> new double[1])[0] += sum[0]);
    }

    /** The states in which something was done, ascending. */
    int[] seen() {
      int[] seen = new int[states];
      int size = 0;
      for (int s = 0; s < states; s++) {
        if (Arrays.stream(taken, s * actions, (s + 1) * actions).anyMatch(n -> n > 0)) {
          seen[size++] = s;
        }
      }
      return Arrays.copyOf(seen, size);
    }
  }
}
