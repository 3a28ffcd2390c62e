package dev.hindcast.evaluation.diagnostic;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import java.io.Serializable;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which actions the log holds in which stratum of observations (sheet section 11, overlap). Strata
 * are distinct observations where there are few enough with enough rows each; else distinct
 * categories; else everything is one stratum. Actions in a box have no strata.
 */
public final class Support implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The most strata there may be. */
  public static final int MOST_STRATA = 50_000;

  /**
   * The least number of rows for each action that a stratum must have on average: with fewer, most
   * actions are missing by chance and not because the logger never takes them.
   */
  public static final int LEAST_ROWS_PER_ACTION = 3;

  /** By chance alone hardly any action lies on an edge. */
  private static final double FEW_AT_EDGES = 1e-3;

  private final Strata strata;
  private final Map<Long, long[]> actionsByStratum;
  private final boolean gathersAtEdges;

  private Support(Strata strata, Map<Long, long[]> actionsByStratum, boolean gathersAtEdges) {
    this.gathersAtEdges = gathersAtEdges;
    this.strata = strata;
    this.actionsByStratum = actionsByStratum;
  }

  /** What rows are put together by. */
  public enum Strata {
    /** The whole observation. */
    OBSERVATION("observation"),
    /** Its categorical fields. */
    CATEGORIES("categories"),
    /** Nothing: all rows are together. */
    ALL("all"),
    /** None: actions in a box are compared by their densities. */
    DENSITIES("densities");

    private final String key;

    Strata(String key) {
      this.key = key;
    }

    /** The JSON spelling. */
    public String key() {
      return key;
    }

    private long of(Decisions decisions, int row) {
      int n = decisions.size();
      long hash = 0;
      if (this == OBSERVATION || this == CATEGORIES) {
        int c = n == 0 ? 0 : decisions.categories().length / n;
        for (int i = row * c; i < (row + 1) * c; i++) {
          hash = StableHash.combine(hash, decisions.categories()[i]);
        }
      }
      if (this == OBSERVATION) {
        int d = n == 0 ? 0 : decisions.numeric().length / n;
        for (int i = row * d; i < (row + 1) * d; i++) {
          hash = StableHash.combine(hash, Float.floatToIntBits(decisions.numeric()[i]));
        }
      }
      return hash;
    }
  }

  /** What strata are. */
  public Strata strata() {
    return strata;
  }

  /** Whether logged actions were cut to their box, so that many lie on its very edges. */
  public boolean gathersAtEdges() {
    return gathersAtEdges;
  }

  /** How many strata there are. */
  public long strataCount() {
    return actionsByStratum.size();
  }

  /**
   * The probability that row {@code row} of a distribution gives to actions never logged in the
   * row's stratum.
   *
   * @param probabilities (rows, actions)
   */
  public double unsupportedMass(Decisions decisions, int row, double[] probabilities, int actions) {
    Optional<long[]> logged = Optional.ofNullable(actionsByStratum.get(strata.of(decisions, row)));
    double mass = 0;
    for (int a = 0; a < actions; a++) {
      if (logged.isEmpty() || !isLogged(logged.get(), a)) {
        mass += probabilities[row * actions + a];
      }
    }
    return mass;
  }

  /**
   * The probability that a row of a distribution gives to groups of actions of which none was ever
   * logged in the row's stratum.
   *
   * @param probabilities (rows, actions)
   * @param groups (actions) the group of each, counted from 0
   */
  public double unsupportedMass(
      Decisions decisions, int row, double[] probabilities, int actions, int[] groups) {
    Optional<long[]> logged = Optional.ofNullable(actionsByStratum.get(strata.of(decisions, row)));
    BitSet shown = new BitSet();
    for (int a = 0; a < actions; a++) {
      if (logged.isPresent() && isLogged(logged.get(), a)) {
        shown.set(groups[a]);
      }
    }
    double mass = 0;
    for (int a = 0; a < actions; a++) {
      mass += shown.get(groups[a]) ? 0 : probabilities[row * actions + a];
    }
    return mass;
  }

  private static boolean isLogged(long[] logged, int action) {
    return (logged[action >> 6] >>> action & 1) != 0;
  }

  /** Collects which actions were logged where; parts merge in any order. */
  public static final class Counter implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Map<Strata, Map<Long, long[]>> tables = new HashMap<>();
    private long rows;
    private long atEdges;
    private int actions;

    /** With nothing counted. */
    public Counter() {
      for (Strata kind : EnumSet.complementOf(EnumSet.of(Strata.DENSITIES))) {
        tables.put(kind, new HashMap<>());
      }
    }

    /** Counts every step of a file. */
    public Counter add(TransitionColumns columns) {
      rows += columns.rows();
      if (columns.actionSpace() instanceof ActionSpace.Box box) {
        for (int row = 0; row < columns.rows(); row++) {
          atEdges += isAtEdge(box, columns.actionVectors(), row) ? 1 : 0;
        }
        return this; // in a box no action is logged twice: there is nothing else to count
      }
      actions = columns.actionCount();
      int words = (actions + 63) / 64;
      int block = 8192;
      for (int from = 0; from < columns.rows(); from += block) {
        int to = Math.min(columns.rows(), from + block);
        Decisions decisions = columns.decisions(from, to);
        for (int row = from; row < to; row++) {
          int action = columns.action(row);
          for (var table : tables.entrySet()) {
            long stratum = table.getKey().of(decisions, row - from);
            long[] logged = table.getValue().computeIfAbsent(stratum, key -> new long[words]);
            logged[action >> 6] |= 1L << action;
          }
        }
        dropCrowded();
      }
      return this;
    }

    /** Adds what another has counted. */
    public Counter merge(Counter other) {
      rows += other.rows;
      atEdges += other.atEdges;
      actions = Math.max(actions, other.actions);
      tables.keySet().retainAll(other.tables.keySet());
      for (var table : tables.entrySet()) {
        other
            .tables
            .get(table.getKey())
            .forEach((key, bits) -> table.getValue().merge(key, bits, Counter::union));
      }
      dropCrowded();
      return this;
    }

    /** The finest strata that are few enough and full enough. */
    public Support build() {
      if (rows > 0 && actions == 0) {
        return new Support(Strata.DENSITIES, Map.of(), atEdges > FEW_AT_EDGES * rows);
      }
      for (Strata kind : Strata.values()) {
        Map<Long, long[]> table = tables.get(kind);
        if (table != null && (kind == Strata.ALL || (actions > 0 && isFull(table)))) {
          return new Support(kind, table, false);
        }
      }
      throw new IllegalStateException("One stratum is never too many.");
    }

    private static boolean isAtEdge(ActionSpace.Box box, float[] actions, int row) {
      int d = box.dimensions();
      for (int j = 0; j < d; j++) {
        float action = actions[row * d + j];
        if (box.low().get(j) < box.high().get(j)
            && (action <= box.low().get(j) || action >= box.high().get(j))) {
          return true;
        }
      }
      return false;
    }

    private boolean isFull(Map<Long, long[]> table) {
      return rows >= (long) LEAST_ROWS_PER_ACTION * actions * table.size();
    }

    private void dropCrowded() {
      tables.values().removeIf(table -> table.size() > MOST_STRATA);
    }

    private static long[] union(long[] a, long[] b) {
      long[] both = a.clone();
      for (int i = 0; i < both.length; i++) {
        both[i] |= b[i];
      }
      return both;
    }
  }
}
