package dev.hindcast.evaluation.estimator;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The catalogue of estimators: add one class, and one line here. */
public final class Estimators {
  /** The estimator of the behavior policy's own value. */
  public static final String ON_POLICY = "on-policy";

  private static final List<Entry> ALL =
      List.of(
          entry(
              ON_POLICY,
              "On-policy",
              "mean return of the log; for the policy 'logged' only",
              Scope.LOGGED_POLICY,
              (horizon, discount) -> new OnPolicyMean(discount)),
          entry(
              "inverse-propensity",
              "IPS",
              "rewards weighted by target probability over propensity; unbiased",
              Scope.ONE_STEP,
              (horizon, discount) -> new TrajectoryImportanceSampling(discount),
              Need.PROPENSITIES),
          entry(
              "self-normalized-inverse-propensity",
              "SNIPS",
              "the same, divided by the sum of weights; steadier",
              Scope.ONE_STEP,
              (horizon, discount) -> new SelfNormalizedTrajectory(discount),
              Need.PROPENSITIES),
          entry(
              "trajectory-importance-sampling",
              "TIS",
              "returns weighted by the product of all ratios; unbiased, wild for long episodes",
              Scope.MANY_STEPS,
              (horizon, discount) -> new TrajectoryImportanceSampling(discount),
              Need.PROPENSITIES),
          entry(
              "self-normalized-trajectory-importance-sampling",
              "SNTIS",
              "the same, divided by the sum of weights",
              Scope.MANY_STEPS,
              (horizon, discount) -> new SelfNormalizedTrajectory(discount),
              Need.PROPENSITIES),
          entry(
              "per-decision-importance-sampling",
              "PDIS",
              "each reward weighted by the ratios up to its step; unbiased",
              Scope.MANY_STEPS,
              (horizon, discount) -> new PerDecisionImportanceSampling(discount),
              Need.PROPENSITIES),
          entry(
              "self-normalized-per-decision-importance-sampling",
              "SNPDIS",
              "the same, divided step by step by the sum of weights",
              Scope.MANY_STEPS,
              SelfNormalizedPerDecision::new,
              Need.PROPENSITIES),
          entry(
              "direct-method",
              "DM",
              "what the Q-function says of the first observations",
              Scope.ANY,
              (horizon, discount) -> new DirectMethod(),
              Need.Q_FUNCTION),
          entry(
              "doubly-robust",
              "DR",
              "the Q-function corrected by weighted residuals; right if either is right",
              Scope.ANY,
              (horizon, discount) -> new DoublyRobust(discount),
              Need.PROPENSITIES,
              Need.Q_FUNCTION),
          entry(
              "self-normalized-doubly-robust",
              "SNDR",
              "the same with self-normalised weights (weighted doubly robust)",
              Scope.ANY,
              SelfNormalizedDoublyRobust::new,
              Need.PROPENSITIES,
              Need.Q_FUNCTION),
          entry(
              "magic",
              "MAGIC",
              "blends DM, SNDR and what lies between for the least error the log lets expect",
              Scope.MANY_STEPS,
              Magic::new,
              Need.PROPENSITIES,
              Need.Q_FUNCTION,
              Need.REPLICATES));

  private Estimators() {}

  /** What an estimator cannot do without. */
  public enum Need {
    /** The behavior policy's probabilities of logged actions. */
    PROPENSITIES,
    /** Expected returns of actions under the target policy. */
    Q_FUNCTION,
    /** Bootstrap replicates of the whole log, by which it settles what it is. */
    REPLICATES
  }

  /** Where an estimator is offered. */
  public enum Scope {
    /** Every log. */
    ANY,
    /** Bandit logs: every episode has one step. */
    ONE_STEP,
    /** Sequential logs. */
    MANY_STEPS,
    /** The behavior policy itself, on every log. */
    LOGGED_POLICY
  }

  /** Makes an estimator for a longest episode and a discount. */
  @FunctionalInterface
  public interface Constructor {
    /** The estimator. */
    Estimator create(int horizon, double discount);
  }

  /**
   * One line of the catalogue.
   *
   * @param name in kebab-case, stable
   * @param label the field's short name
   * @param summary one line for people
   * @param scope where it is offered
   * @param needs what it cannot do without
   * @param constructor makes one
   */
  public record Entry(
      String name,
      String label,
      String summary,
      Scope scope,
      Set<Need> needs,
      Constructor constructor) {
    /** Copies the set. */
    public Entry {
      needs = Set.copyOf(needs);
    }

    /** Whether it is offered for target policies on a log of this kind. */
    public boolean suits(boolean horizonOne) {
      return switch (scope) {
        case ANY -> true;
        case ONE_STEP -> horizonOne;
        case MANY_STEPS -> !horizonOne;
        case LOGGED_POLICY -> false;
      };
    }

    /** Whether it weighs episodes. */
    public boolean isWeighted() {
      return needs.contains(Need.PROPENSITIES);
    }
  }

  /** Every estimator, in the order of reports. */
  public static List<Entry> all() {
    return ALL;
  }

  /** The names of all. */
  public static List<String> names() {
    return ALL.stream().map(Entry::name).toList();
  }

  /** The estimator of a name. */
  public static Optional<Entry> named(String name) {
    return ALL.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  /**
   * What the verdict rests on when nobody chooses, the best that the evidence allows first.
   *
   * @return names, of which the first that applies is taken
   */
  public static List<String> preference() {
    return List.of(
        "self-normalized-doubly-robust",
        "self-normalized-inverse-propensity",
        "self-normalized-per-decision-importance-sampling",
        "direct-method");
  }

  private static Entry entry(
      String name,
      String label,
      String summary,
      Scope scope,
      Constructor constructor,
      Need... needs) {
    Set<Need> set = EnumSet.noneOf(Need.class);
    set.addAll(Arrays.asList(needs));
    return new Entry(name, label, summary, scope, set, constructor);
  }
}
