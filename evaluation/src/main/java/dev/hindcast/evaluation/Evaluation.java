package dev.hindcast.evaluation;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.fold.Task;
import dev.hindcast.evaluation.fold.Totals;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import dev.hindcast.evaluation.report.ReportAssembly;
import java.util.List;

/** Evaluates a plan on episodes in memory. */
public final class Evaluation {
  private Evaluation() {}

  /** The report on these files of episodes. */
  public static EvaluationReport of(EvaluationPlan plan, List<TransitionColumns> files) {
    Support.Counter counter = new Support.Counter();
    files.forEach(counter::add);
    Support support = counter.build();
    Task task = plan.task();
    Totals totals =
        files.stream()
            .map(file -> new Totals(task).add(file, support))
            .reduce(Totals::merge)
            .orElseGet(() -> new Totals(task));
    return ReportAssembly.of(plan, totals, support);
  }
}
