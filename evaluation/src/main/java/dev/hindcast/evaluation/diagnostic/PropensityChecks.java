package dev.hindcast.evaluation.diagnostic;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.ActionCheck;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * Whether logged propensities can be what the logger drew from: for every action {@code 1{A = a} /
 * p} averages 1 over the steps at which the action could be drawn, whatever the logger (sheet
 * section 11). Given what came before, the steps of an episode scatter around that without any
 * correlation, so steps count as if they were independent.
 */
public final class PropensityChecks implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int BLOCK = 4096;

  private long[] counts = new long[0]; // by action
  private long[] admissible = new long[0]; // steps that allow it
  private double[] sums = new double[0]; // of 1 / p where it was taken
  private double[] squares = new double[0];
  private double[] allowedSums = new double[0]; // of 1 / p where it was taken and allowed
  private long steps;

  /**
   * Adds every step of a file of discrete actions.
   *
   * @param propensities of the logged action of each row
   */
  public void add(TransitionColumns columns, IntToDoubleFunction propensities) {
    if (columns.actionSpace() instanceof ActionSpace.Box) {
      return;
    }
    makeRoom(columns.actionCount());
    steps += columns.rows();
    for (int row = 0; row < columns.rows(); row++) {
      int action = columns.action(row);
      double inverse = 1 / propensities.applyAsDouble(row);
      counts[action]++;
      sums[action] += inverse;
      squares[action] += inverse * inverse;
      allowedSums[action] += columns.isLoggedActionAdmissible(row) ? inverse : 0;
    }
    countAdmissible(columns);
  }

  private void countAdmissible(TransitionColumns columns) {
    int actions = columns.actionCount();
    if (!columns.hasMask()) {
      for (int a = 0; a < actions; a++) {
        admissible[a] += columns.rows();
      }
      return;
    }
    for (int from = 0; from < columns.rows(); from += BLOCK) {
      Decisions decisions = columns.decisions(from, Math.min(columns.rows(), from + BLOCK));
      for (int i = 0; i < decisions.size(); i++) {
        for (int a = 0; a < actions; a++) {
          admissible[a] += decisions.isAdmissible(i, a, actions) ? 1 : 0;
        }
      }
    }
  }

  /** Adds what later files hold. */
  public void merge(PropensityChecks later) {
    makeRoom(later.counts.length);
    steps += later.steps;
    for (int a = 0; a < later.counts.length; a++) {
      counts[a] += later.counts[a];
      admissible[a] += later.admissible[a];
      sums[a] += later.sums[a];
      squares[a] += later.squares[a];
      allowedSums[a] += later.allowedSums[a];
    }
  }

  /** One line for each action; none where there is nothing to check. */
  public List<ActionCheck> lines() {
    List<ActionCheck> lines = new ArrayList<>();
    for (int a = 0; a < counts.length; a++) {
      double n = steps;
      double mean = (sums[a] - admissible[a]) / n;
      double square = (squares[a] - 2 * allowedSums[a] + admissible[a]) / n;
      double error = Math.sqrt(Math.max(0, square - mean * mean) / n);
      lines.add(
          new ActionCheck(
              a,
              counts[a],
              admissible[a],
              admissible[a] == 0 ? Optional.empty() : Estimate.finite(sums[a] / admissible[a]),
              counts[a] == 0 ? Optional.empty() : Estimate.finite(mean == 0 ? 0 : mean / error)));
    }
    return lines;
  }

  private void makeRoom(int actions) {
    if (counts.length < actions) {
      counts = Arrays.copyOf(counts, actions);
      admissible = Arrays.copyOf(admissible, actions);
      sums = Arrays.copyOf(sums, actions);
      squares = Arrays.copyOf(squares, actions);
      allowedSums = Arrays.copyOf(allowedSums, actions);
    }
  }
}
