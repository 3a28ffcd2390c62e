package dev.hindcast.evaluation.fold;

import java.io.Serializable;
import java.util.List;

/**
 * What the second pass over episodes computes: influences, at the estimates of the first.
 *
 * @param task the first pass
 * @param lines its estimators near their estimates, by candidate
 * @param meanWeights the mean weight of each candidate; 0 without weights
 * @param primaries for each candidate the index of its primary estimator, or -1
 * @param incumbent the candidate that the others are compared with
 */
public record SpreadTask(
    Task task,
    List<List<Linearized>> lines,
    List<Double> meanWeights,
    List<Integer> primaries,
    int incumbent)
    implements Serializable {
  /** Copies the lists. */
  public SpreadTask {
    lines = lines.stream().map(List::copyOf).toList();
    meanWeights = List.copyOf(meanWeights);
    primaries = List.copyOf(primaries);
  }

  /** The second pass that follows from a first. */
  public static SpreadTask of(Task task, Totals totals, List<Integer> primaries, int incumbent) {
    return new SpreadTask(task, totals.linearized(), totals.meanWeights(), primaries, incumbent);
  }
}
