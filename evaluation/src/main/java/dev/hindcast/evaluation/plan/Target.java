package dev.hindcast.evaluation.plan;

import dev.hindcast.core.policy.TargetPolicy;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Source;
import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.evaluation.scoring.Candidate;
import dev.hindcast.evaluation.scoring.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One policy to judge, with all that is needed for it.
 *
 * @param policy who it is
 * @param candidate how it acts, for executors
 * @param qFunctions the Q-function bundles that speak of it
 * @param visitRatios the bundles of visit ratios that do
 * @param lines what is to be estimated
 * @param byComponent how each component of the reward is to be estimated; absent when the reward is
 *     one column
 * @param warnings what the plan already knows
 */
public record Target(
    TargetPolicy policy,
    Candidate candidate,
    List<Source> qFunctions,
    List<Source> visitRatios,
    List<Line> lines,
    Optional<Line> byComponent,
    List<Remark> warnings) {
  /** Copies the lists. */
  public Target {
    qFunctions = List.copyOf(qFunctions);
    visitRatios = List.copyOf(visitRatios);
    lines = List.copyOf(lines);
    warnings = List.copyOf(warnings);
  }

  /** The name in reports. */
  public String name() {
    return policy.name();
  }

  /** The same with a kernel around what it does for certain. */
  Target smoothed(Kernel kernel) {
    List<Remark> more = new ArrayList<>(warnings);
    more.add(
        new Remark(
            "smoothed",
            String.format(
                Locale.ROOT,
                "It acts for certain, and is weighed as if it took actions up to %.2g %% of the box's width to either side: what weighted estimates say is about all of these together.",
                100 * kernel.bandwidth())));
    return new Target(
        policy, candidate.smoothed(kernel), qFunctions, visitRatios, lines, byComponent, more);
  }

  /** The estimators that can be computed, in order. */
  public List<Estimator> estimators() {
    return lines.stream().flatMap(line -> line.estimator().stream()).toList();
  }

  /** The line that the verdict rests on, when there is one. */
  public Optional<Line> primary() {
    return lines.stream().filter(Line::primary).findFirst();
  }

  /**
   * One estimate to be made.
   *
   * @param entry the estimator in the catalogue
   * @param estimator it, made for this log; absent when it cannot be computed
   * @param absentBecause why it cannot
   * @param primary whether the verdict rests on it
   */
  public record Line(
      Estimators.Entry entry,
      Optional<Estimator> estimator,
      Optional<String> absentBecause,
      boolean primary) {}
}
