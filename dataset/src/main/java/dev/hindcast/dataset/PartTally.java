package dev.hindcast.dataset;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DatasetManifest.PartSummary;
import dev.hindcast.core.data.TransitionColumns;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The figures of one side of a split, gathered file by file. Sums are taken in the order of adding,
 * so tallies must be added in file order to give the same figures every time.
 */
public final class PartTally implements Serializable {
  private static final long serialVersionUID = 1L;

  private final long[] actionCounts;
  private long episodes;
  private long transitions;
  private long terminated;
  private long withoutNext;
  private int longest;
  private double returns;
  private double inversePropensities;
  private double minReward = Double.POSITIVE_INFINITY;
  private double maxReward = Double.NEGATIVE_INFINITY;
  private double minPropensity = 1;

  /** Nothing yet. */
  public PartTally(ActionSpace actionSpace) {
    actionCounts =
        new long[actionSpace instanceof ActionSpace.Discrete discrete ? discrete.size() : 0];
  }

  /** Adds some episodes, in the order given. */
  public PartTally add(TransitionColumns columns, int[] which) {
    for (int episode : which) {
      episodes++;
      int first = columns.start(episode);
      int last = columns.end(episode) - 1;
      longest = Math.max(longest, last - first + 1);
      terminated += columns.terminated(last) ? 1 : 0;
      withoutNext +=
          columns.truncated(last) && columns.next(last) == TransitionColumns.UNKNOWN ? 1 : 0;
      double total = 0;
      for (int row = first; row <= last; row++) {
        addRow(columns, row);
        total += columns.reward(row);
      }
      returns += total;
    }
    return this;
  }

  /** Adds what another tally holds. */
  public PartTally add(PartTally other) {
    for (int action = 0; action < actionCounts.length; action++) {
      actionCounts[action] += other.actionCounts[action];
    }
    episodes += other.episodes;
    transitions += other.transitions;
    terminated += other.terminated;
    withoutNext += other.withoutNext;
    longest = Math.max(longest, other.longest);
    returns += other.returns;
    inversePropensities += other.inversePropensities;
    minReward = Math.min(minReward, other.minReward);
    maxReward = Math.max(maxReward, other.maxReward);
    minPropensity = Math.min(minPropensity, other.minPropensity);
    return this;
  }

  /** How many steps. */
  public long transitions() {
    return transitions;
  }

  /**
   * The sum over steps of one over the propensity. Where every action is possible its mean is the
   * number of actions, if the propensities are right.
   */
  public double sumOfInversePropensities() {
    return inversePropensities;
  }

  /** What the manifest says. */
  public PartSummary summary() {
    if (episodes == 0) {
      return PartSummary.EMPTY;
    }
    List<Long> counts = new ArrayList<>();
    for (long count : actionCounts) {
      counts.add(count);
    }
    return new PartSummary(
        episodes,
        transitions,
        terminated,
        episodes - terminated,
        withoutNext,
        longest,
        returns / episodes,
        minReward,
        maxReward,
        minPropensity,
        counts);
  }

  private void addRow(TransitionColumns columns, int row) {
    transitions++;
    minReward = Math.min(minReward, columns.reward(row));
    maxReward = Math.max(maxReward, columns.reward(row));
    if (columns.hasPropensities()) {
      minPropensity = Math.min(minPropensity, columns.propensity(row));
      inversePropensities += 1 / columns.propensity(row);
    }
    if (actionCounts.length > 0) {
      actionCounts[columns.action(row)]++;
    }
  }
}
