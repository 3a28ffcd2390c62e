package dev.hindcast.evaluation.scoring;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.evaluation.diagnostic.Calibrating;
import java.util.List;
import java.util.stream.IntStream;

/** A file of episodes with the probabilities of those who made it. */
public final class BehaviorLog {
  private static final int BLOCK = 4096;

  private final TransitionColumns columns;
  private final Behavior behavior;
  private final double[] propensities; // (rows); empty where the log's own are taken
  private final double[] groupPropensities; // (rows, levels) of the logged action's groups
  private final Calibrating calibrating = new Calibrating();

  private BehaviorLog(TransitionColumns columns, Behavior behavior) {
    this.columns = columns;
    this.behavior = behavior;
    propensities = new double[behavior.isKnown() ? columns.rows() : 0];
    groupPropensities = new double[propensities.length * behavior.groups().levels()];
  }

  /** Asks those who made a file how likely everything was. */
  public static BehaviorLog of(TransitionColumns columns, Behavior behavior) {
    BehaviorLog log = new BehaviorLog(columns, behavior);
    if (behavior.isKnown()) {
      int[] makers = makersOfRows(columns, behavior.makers(columns));
      for (int from = 0; from < columns.rows(); from += BLOCK) {
        log.ask(from, Math.min(columns.rows(), from + BLOCK), makers);
      }
    }
    return log;
  }

  /** The episodes. */
  public TransitionColumns columns() {
    return columns;
  }

  /** Whether it is known how likely actions were. */
  public boolean hasPropensities() {
    return behavior.isKnown() || columns.hasPropensities();
  }

  /** How likely the logged action of a row was. */
  public double propensity(int row) {
    return behavior.isKnown() ? propensities[row] : columns.propensity(row);
  }

  /** How actions are put together. */
  public ActionGroups groups() {
    return behavior.groups();
  }

  /** How those who are said to have acted would have, against what was done. */
  public Calibrating calibrating() {
    return calibrating;
  }

  /** How likely the group of the logged action of a row was. */
  double groupPropensity(int row, int level) {
    return groupPropensities[row * groups().levels() + level];
  }

  private static int[] makersOfRows(TransitionColumns columns, int[] makers) {
    int[] byRow = new int[columns.rows()];
    for (int e = 0; e < makers.length; e++) {
      for (int row = columns.start(e); row < columns.end(e); row++) {
        byRow[row] = makers[e];
      }
    }
    return byRow;
  }

  private void ask(int from, int to, int[] makers) {
    int actions = columns.actionCount();
    Decisions decisions = columns.decisions(from, to);
    List<double[]> answers =
        behavior.policies().stream()
            .map(policy -> policy.categorical(decisions).probabilities())
            .toList();
    double[] mixture = behavior.isMixed() ? mixture(answers) : new double[0];
    for (int row = from; row < to; row++) {
      double[] own = answers.get(makers[row]);
      double[] taken = behavior.isMixed() ? mixture : own;
      int i = row - from;
      int logged = columns.action(row);
      propensities[row] = taken[i * actions + logged];
      calibrating.add(columns, row, own, i, propensities[row]);
      for (int level = 0; level < groups().levels(); level++) {
        groupPropensities[row * groups().levels() + level] =
            groups().mass(level, logged, taken, i, actions);
      }
    }
  }

  private double[] mixture(List<double[]> answers) {
    return IntStream.range(0, answers.get(0).length)
        .mapToDouble(
            i ->
                IntStream.range(0, answers.size())
                    .mapToDouble(k -> behavior.share(k) * answers.get(k)[i])
                    .sum())
        .toArray();
  }
}
