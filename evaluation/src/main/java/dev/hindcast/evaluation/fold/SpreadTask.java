package dev.hindcast.evaluation.fold;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the second pass over episodes computes: influences, at the estimates of the first.
 *
 * @param task the first pass
 * @param lines its estimators near their estimates, by candidate
 * @param components the same of the reward's components
 * @param meanWeights the mean weight of each candidate; 0 without weights
 * @param primaries for each candidate the index of its primary estimator, or -1
 * @param incumbent the candidate that the others are compared with
 * @param returns the distribution of each candidate's returns in figures
 */
public record SpreadTask(
    Task task,
    List<List<Linearized>> lines,
    List<List<Linearized>> components,
    List<Double> meanWeights,
    List<Integer> primaries,
    int incumbent,
    List<ReturnCenter> returns)
    implements Serializable {
  /** Copies the lists. */
  public SpreadTask {
    lines = lines.stream().map(List::copyOf).toList();
    components = components.stream().map(List::copyOf).toList();
    meanWeights = List.copyOf(meanWeights);
    primaries = List.copyOf(primaries);
    returns = List.copyOf(returns);
  }

  /** The second pass that follows from a first. */
  public static SpreadTask of(Task task, Totals totals, List<Integer> primaries, int incumbent) {
    return new SpreadTask(
        task,
        totals.linearized(),
        totals.linearizedComponents(),
        totals.meanWeights(),
        primaries,
        incumbent,
        IntStream.range(0, primaries.size())
            .mapToObj(
                c ->
                    totals
                        .returns(c)
                        .map(returns -> ReturnCenter.of(returns, task.tail()))
                        .orElse(ReturnCenter.NONE))
            .toList());
  }
}
