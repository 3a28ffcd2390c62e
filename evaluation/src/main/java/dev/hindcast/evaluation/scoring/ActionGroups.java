package dev.hindcast.evaluation.scoring;

import dev.hindcast.evaluation.estimator.Estimators.Grouping;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Actions put together by what they have in common, on one level or on several, the finest first.
 * The groups of each level are made of whole groups of the one before it.
 */
public final class ActionGroups implements Serializable {
  private static final long serialVersionUID = 1L;

  /** None. */
  public static final ActionGroups NONE = new ActionGroups(List.of(), List.of());

  private final List<String> names; // by level
  private final List<int[]> groups; // by level: (actions) the group of each

  private ActionGroups(List<String> names, List<int[]> groups) {
    this.names = List.copyOf(names);
    this.groups = List.copyOf(groups);
  }

  /**
   * Groups by columns: by all of them first, and then by fewer and fewer, the last left out first.
   *
   * @param columns their names, the coarsest first
   * @param values by column: (actions) what each action is there
   */
  public static ActionGroups of(List<String> columns, List<String[]> values) {
    List<String> names = new ArrayList<>();
    List<int[]> groups = new ArrayList<>();
    for (int used = columns.size(); used > 0; used--) {
      names.add(String.join(", ", columns.subList(0, used)));
      groups.add(alike(values.subList(0, used)));
    }
    return new ActionGroups(names, groups);
  }

  /** (actions) Actions with the same values get the same number, counted from 0. */
  private static int[] alike(List<String[]> values) {
    int[] numbers = new int[values.get(0).length];
    Map<List<String>, Integer> known = new HashMap<>();
    for (int action = 0; action < numbers.length; action++) {
      List<String> found = new ArrayList<>();
      for (String[] column : values) {
        found.add(column[action]);
      }
      known.putIfAbsent(found, known.size());
      numbers[action] = known.get(found);
    }
    return numbers;
  }

  /** What estimators know of it. */
  public List<Grouping> groupings() {
    List<Grouping> groupings = new ArrayList<>();
    for (int level = 0; level < levels(); level++) {
      int largest = IntStream.of(groups.get(level)).max().orElse(-1);
      groupings.add(new Grouping(names.get(level), largest + 1));
    }
    return groupings;
  }

  /** How many levels there are. */
  public int levels() {
    return groups.size();
  }

  /** (actions) The group of each action on a level; not to be changed. */
  int[] of(int level) {
    return groups.get(level);
  }

  /**
   * The probability of all actions of one's group.
   *
   * @param probabilities (rows, actions)
   */
  double mass(int level, int action, double[] probabilities, int row, int actions) {
    int[] group = groups.get(level);
    double mass = 0;
    for (int a = 0; a < actions; a++) {
      mass += group[a] == group[action] ? probabilities[row * actions + a] : 0;
    }
    return mass;
  }
}
