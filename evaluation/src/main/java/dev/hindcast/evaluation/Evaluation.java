package dev.hindcast.evaluation;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.fold.BandwidthSums;
import dev.hindcast.evaluation.fold.Returns;
import dev.hindcast.evaluation.fold.SpreadTask;
import dev.hindcast.evaluation.fold.Spreads;
import dev.hindcast.evaluation.fold.Task;
import dev.hindcast.evaluation.fold.Totals;
import dev.hindcast.evaluation.plan.EvaluatedPart;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import dev.hindcast.evaluation.report.ReportAssembly;
import dev.hindcast.evaluation.states.StateCounts;
import dev.hindcast.evaluation.survey.Survey;
import java.util.List;
import java.util.Optional;

/** Evaluates a plan on episodes in memory. */
public final class Evaluation {
  private Evaluation() {}

  /**
   * The report on files of episodes.
   *
   * @param evaluated the files of the evaluated part
   * @param others the files of the other part, which only say what the log supports
   */
  public static EvaluationReport of(
      EvaluationPlan asked, List<TransitionColumns> evaluated, List<TransitionColumns> others) {
    Survey survey = asked.survey();
    evaluated.forEach(survey::add);
    others.forEach(survey::addOther);
    Support support = survey.support();
    EvaluationPlan plan = smoothed(asked, others.isEmpty() ? evaluated : others, support);
    Optional<StateCounts> states =
        plan.countsStates()
            ? Optional.of(
                evaluated.stream()
                    .map(file -> plan.stateCounts().add(file))
                    .reduce(StateCounts::merge)
                    .orElseThrow())
            : Optional.empty();
    Task task = plan.task(states, survey);
    Totals totals =
        evaluated.stream()
            .map(file -> new Totals(task).add(file, support))
            .reduce(Totals::merge)
            .orElseThrow();
    SpreadTask spreadTask = plan.spreadTask(task, totals);
    Spreads spreads =
        evaluated.stream()
            .map(file -> new Spreads(spreadTask).add(file))
            .reduce(Spreads::merge)
            .orElseThrow();
    List<Returns> returns =
        plan.pastLogs().stream().map(log -> returns(plan, log.dataset())).toList();
    return ReportAssembly.of(plan, totals, spreads, survey, returns);
  }

  /** Bandwidths are chosen on episodes that are not evaluated, where there are any. */
  private static EvaluationPlan smoothed(
      EvaluationPlan plan, List<TransitionColumns> files, Support support) {
    boolean gathers = support.gathersAtEdges();
    Optional<BandwidthSums> chosen =
        plan.choosesBandwidths()
            ? files.stream()
                .map(file -> new BandwidthSums(plan.bandwidthTask(gathers)).add(file))
                .reduce(BandwidthSums::merge)
            : Optional.empty();
    return plan.smoothed(chosen, gathers);
  }

  private static Returns returns(EvaluationPlan plan, Dataset log) {
    return EvaluatedPart.ALL.parts().stream()
        .flatMap(part -> log.files(part).stream())
        .map(file -> new Returns(plan.config().pipeline().discount()).add(log.read(file)))
        .reduce(Returns::merge)
        .orElseThrow();
  }
}
