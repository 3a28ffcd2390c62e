package dev.hindcast.evaluation.verdict;

import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.BackTest;
import dev.hindcast.core.report.EvaluationReport.ComponentValue;
import dev.hindcast.core.report.EvaluationReport.Diagnostics;
import dev.hindcast.core.report.EvaluationReport.Difference;
import dev.hindcast.core.report.EvaluationReport.GroupWeights;
import java.util.List;
import java.util.Optional;

/**
 * All that a verdict on one policy rests on.
 *
 * @param policy its name
 * @param incumbent the name of the policy it is compared with
 * @param estimates all of its estimates
 * @param basis what the primary estimate rests on
 * @param diagnostics of its weights and support
 * @param difference to the incumbent; absent when it could not be computed
 * @param sawEvaluationData whether it, or the Q-function of its primary estimate, was trained on
 *     the episodes that are evaluated
 * @param components what it earns of each component of the reward
 * @param backTest how the estimators did on policies that have acted; absent when none was tried
 */
public record Evidence(
    String policy,
    String incumbent,
    List<Estimate> estimates,
    Basis basis,
    Diagnostics diagnostics,
    Optional<Difference> difference,
    boolean sawEvaluationData,
    List<ComponentValue> components,
    Optional<BackTest> backTest) {
  /** What an estimate rests on. */
  public enum Basis {
    /** Importance weights, with or without a Q-function. */
    WEIGHTS,
    /** A Q-function alone. */
    MODEL,
    /** The log itself: the policy is the one that acted. */
    LOG
  }

  /** Copies the lists. */
  public Evidence {
    estimates = List.copyOf(estimates);
    components = List.copyOf(components);
  }

  Optional<ComponentValue> component(String name) {
    return components.stream().filter(value -> value.component().equals(name)).findFirst();
  }

  Optional<Estimate> primary() {
    return estimates.stream().filter(Estimate::primary).findFirst();
  }

  /**
   * What is known of the weights of the primary estimate: those of groups of actions where it
   * weighs these.
   */
  Diagnostics weights() {
    return primary().flatMap(this::groups).map(this::through).orElse(diagnostics);
  }

  /** The groups that an estimate weighs, if it has put actions together. */
  private Optional<GroupWeights> groups(Estimate estimate) {
    return diagnostics.actionGroups().stream().filter(there -> there.isOf(estimate)).findFirst();
  }

  private Diagnostics through(GroupWeights groups) {
    return new Diagnostics(
        groups.effectiveSampleSize(),
        groups.maxWeightShare(),
        groups.maxWeight(),
        groups.meanWeight(),
        groups.meanWeightZ(),
        diagnostics.paretoShape(),
        groups.unsupportedMass(),
        diagnostics.strata(),
        diagnostics.strataCount(),
        diagnostics.massOutsideMask(),
        diagnostics.weightHistogram(),
        diagnostics.effectiveSampleSizeByStep(),
        diagnostics.actionGroups());
  }

  boolean isIncumbent() {
    return policy.equals(incumbent);
  }
}
