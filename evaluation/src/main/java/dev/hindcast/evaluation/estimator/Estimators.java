package dev.hindcast.evaluation.estimator;

import dev.hindcast.evaluation.estimator.CutWeights.Beyond;
import dev.hindcast.evaluation.estimator.MarginalDoublyRobust.Weighing;
import dev.hindcast.evaluation.estimator.ShrunkWeights.Shrinkage;
import java.io.Serializable;
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
              log -> new OnPolicyMean(log.discount())),
          entry(
              "inverse-propensity",
              "IPS",
              "rewards weighted by target probability over propensity; unbiased",
              Scope.ONE_STEP,
              log -> new TrajectoryImportanceSampling(log.discount()),
              Need.PROPENSITIES),
          entry(
              "self-normalized-inverse-propensity",
              "SNIPS",
              "the same, divided by the sum of weights; steadier",
              Scope.ONE_STEP,
              log -> new SelfNormalizedTrajectory(log.discount()),
              Need.PROPENSITIES),
          entry(
              "clipped-inverse-propensity",
              "Clipped IPS",
              "inverse propensity with weights cut at a limit that the log chooses (SLOPE++)",
              Scope.ONE_STEP,
              cut(Baseline.NONE, Beyond.CLIPPED),
              Need.PROPENSITIES,
              Need.EPISODE_COUNT),
          byName(
              entry(
                  "sub-gaussian-inverse-propensity",
                  "SG-IPS",
                  "inverse propensity with weights shrunk smoothly, by as much as the log chooses",
                  Scope.ONE_STEP,
                  shrunk(Baseline.NONE, Shrinkage.SUB_GAUSSIAN),
                  Need.PROPENSITIES,
                  Need.EPISODE_COUNT)),
          byName(
              entry(
                  "regression-adjusted-inverse-propensity",
                  "RA-IPS",
                  "inverse propensity corrected for how far the mean weight is from 1",
                  Scope.ONE_STEP,
                  log -> new RegressionAdjusted(),
                  Need.PROPENSITIES)),
          byName(
              entry(
                  "cressie-read",
                  "CR",
                  "empirical likelihood: the log reweighted as little as makes weights average 1",
                  Scope.ONE_STEP,
                  log -> new CressieRead(log.episodes()),
                  Need.PROPENSITIES,
                  Need.EPISODE_COUNT)),
          entry(
              "marginalized-inverse-propensity",
              "MIPS",
              "inverse propensity of groups of actions, as coarse as the log bears out (SLOPE++)",
              Scope.ONE_STEP,
              log -> new GroupedWeights(Baseline.NONE, log),
              Need.PROPENSITIES,
              Need.ACTION_GROUPS,
              Need.EPISODE_COUNT),
          entry(
              "self-normalized-marginalized-inverse-propensity",
              "SNMIPS",
              "the same, divided by the sum of weights",
              Scope.ONE_STEP,
              SelfNormalizedGroups::new,
              Need.PROPENSITIES,
              Need.ACTION_GROUPS,
              Need.EPISODE_COUNT),
          entry(
              "trajectory-importance-sampling",
              "TIS",
              "returns weighted by the product of all ratios; unbiased, wild for long episodes",
              Scope.MANY_STEPS,
              log -> new TrajectoryImportanceSampling(log.discount()),
              Need.PROPENSITIES),
          entry(
              "self-normalized-trajectory-importance-sampling",
              "SNTIS",
              "the same, divided by the sum of weights",
              Scope.MANY_STEPS,
              log -> new SelfNormalizedTrajectory(log.discount()),
              Need.PROPENSITIES),
          entry(
              "per-decision-importance-sampling",
              "PDIS",
              "each reward weighted by the ratios up to its step; unbiased",
              Scope.MANY_STEPS,
              log -> new PerDecisionImportanceSampling(log.discount()),
              Need.PROPENSITIES),
          entry(
              "self-normalized-per-decision-importance-sampling",
              "SNPDIS",
              "the same, divided step by step by the sum of weights",
              Scope.MANY_STEPS,
              log -> new SelfNormalizedPerDecision(log.horizon(), log.discount()),
              Need.PROPENSITIES),
          byName(
              entry(
                  "independent-positions",
                  "IIPS",
                  "for slates: each position's reward weighted by its own ratio alone",
                  Scope.MANY_STEPS,
                  log -> new IndependentPositions(log.discount()),
                  Need.PROPENSITIES)),
          byName(
              entry(
                  "self-normalized-independent-positions",
                  "SNIIPS",
                  "the same, divided position by position by the sum of ratios",
                  Scope.MANY_STEPS,
                  log -> new SelfNormalizedPositions(log.horizon(), log.discount()),
                  Need.PROPENSITIES)),
          byName(
              entry(
                  "pseudo-inverse",
                  "PI",
                  "for slates: whole slates weighted by the sum of their positions' ratios",
                  Scope.MANY_STEPS,
                  log -> new PseudoInverse(log.discount()),
                  Need.PROPENSITIES)),
          entry(
              "direct-method",
              "DM",
              "what the Q-function says of the first observations",
              Scope.ANY,
              log -> new DirectMethod(),
              Need.Q_FUNCTION),
          entry(
              "doubly-robust",
              "DR",
              "the Q-function corrected by weighted residuals; right if either is right",
              Scope.ANY,
              log -> new DoublyRobust(log.discount()),
              Need.PROPENSITIES,
              Need.Q_FUNCTION),
          entry(
              "self-normalized-doubly-robust",
              "SNDR",
              "the same with self-normalised weights (weighted doubly robust)",
              Scope.ANY,
              log -> new SelfNormalizedDoublyRobust(log.horizon(), log.discount()),
              Need.PROPENSITIES,
              Need.Q_FUNCTION),
          entry(
              "magic",
              "MAGIC",
              "blends DM, SNDR and what lies between for the least error the log lets expect",
              Scope.MANY_STEPS,
              log -> new Magic(log.horizon(), log.discount()),
              Need.PROPENSITIES,
              Need.Q_FUNCTION,
              Need.REPLICATES),
          entry(
              "least-squares-values",
              "LSTDQ",
              "the values of a table of states and actions that the log itself fills",
              Scope.MANY_STEPS,
              log -> new MarginalDoublyRobust(Weighing.LEAST_SQUARES, log.discount()),
              Need.STATES),
          entry(
              "double-reinforcement-learning",
              "DRL",
              "the same from one half of the log, corrected on the other by ratios of visits",
              Scope.MANY_STEPS,
              log -> new MarginalDoublyRobust(Weighing.STATES_AND_ACTIONS, log.discount()),
              Need.STATES),
          entry(
              "state-marginal-doubly-robust",
              "SMDR",
              "the same with ratios of visited states and the propensities of actions",
              Scope.MANY_STEPS,
              log -> new MarginalDoublyRobust(Weighing.STATES, log.discount()),
              Need.PROPENSITIES,
              Need.STATES),
          entry(
              "marginal-importance-sampling",
              "MIS",
              "rewards weighted by learned ratios of visits; no propensities needed",
              Scope.ANY,
              log -> new MarginalImportanceSampling(),
              Need.VISIT_RATIOS),
          entry(
              "self-normalized-marginal-importance-sampling",
              "SNMIS",
              "the same, divided by how often the ratios let an episode end",
              Scope.ANY,
              log -> new SelfNormalizedMarginal(log.discount()),
              Need.VISIT_RATIOS),
          entry(
              "marginal-doubly-robust",
              "MDR",
              "the Q-function corrected by residuals, weighted by learned ratios of visits",
              Scope.ANY,
              log -> new MarginalDoublyRobust(Weighing.LEARNED, log.discount()),
              Need.VISIT_RATIOS,
              Need.Q_FUNCTION),
          entry(
              "conjunct-effect-model",
              "OffCEM",
              "the Q-function corrected by residuals that groups of actions weigh",
              Scope.ONE_STEP,
              log -> new GroupedWeights(Baseline.Q_FUNCTION, log),
              Need.PROPENSITIES,
              Need.Q_FUNCTION,
              Need.ACTION_GROUPS,
              Need.EPISODE_COUNT),
          entry(
              "switch-doubly-robust",
              "Switch-DR",
              "doubly robust up to a weight that the log chooses, beyond it the Q-function alone",
              Scope.ONE_STEP,
              cut(Baseline.Q_FUNCTION, Beyond.DROPPED),
              Need.PROPENSITIES,
              Need.Q_FUNCTION,
              Need.EPISODE_COUNT),
          byName(
              entry(
                  "clipped-doubly-robust",
                  "Clipped DR",
                  "doubly robust with weights cut at a limit that the log chooses",
                  Scope.ONE_STEP,
                  cut(Baseline.Q_FUNCTION, Beyond.CLIPPED),
                  Need.PROPENSITIES,
                  Need.Q_FUNCTION,
                  Need.EPISODE_COUNT)),
          byName(
              entry(
                  "optimistic-shrinkage-doubly-robust",
                  "DRos",
                  "doubly robust with large weights shrunk towards 0, by as much as the log chooses",
                  Scope.ONE_STEP,
                  shrunk(Baseline.Q_FUNCTION, Shrinkage.OPTIMISTIC),
                  Need.PROPENSITIES,
                  Need.Q_FUNCTION,
                  Need.EPISODE_COUNT)),
          byName(
              entry(
                  "sub-gaussian-doubly-robust",
                  "SG-DR",
                  "doubly robust with weights shrunk smoothly, by as much as the log chooses",
                  Scope.ONE_STEP,
                  shrunk(Baseline.Q_FUNCTION, Shrinkage.SUB_GAUSSIAN),
                  Need.PROPENSITIES,
                  Need.Q_FUNCTION,
                  Need.EPISODE_COUNT)));

  private Estimators() {}

  /** What an estimator cannot do without. */
  public enum Need {
    /** The behavior policy's probabilities of logged actions. */
    PROPENSITIES,
    /** Expected returns of actions under the target policy. */
    Q_FUNCTION,
    /** Bootstrap replicates of the whole log, by which it settles what it is. */
    REPLICATES,
    /** How many episodes there will be; a stream does not know. */
    EPISODE_COUNT,
    /** Observations of few combinations of categories, to be counted as states. */
    STATES,
    /** How much more often the target policy would come by what the log shows. */
    VISIT_RATIOS,
    /** Actions put together, and the policies that acted, which say how likely groups were. */
    ACTION_GROUPS
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

  /** When an estimator is offered, where it is. */
  public enum Offered {
    /** Whenever nobody chooses. */
    ALWAYS,
    /** To those who ask for it by name. */
    BY_NAME
  }

  /**
   * What an estimator is made for.
   *
   * @param horizon steps of the longest episode
   * @param discount γ, in [0, 1]
   * @param episodes how many there are, at least 1; 0 where nobody knows
   * @param groupings how actions are put together, the finest groups first
   */
  public record Setting(int horizon, double discount, long episodes, List<Grouping> groupings)
      implements Serializable {
    /** Copies the list. */
    public Setting {
      groupings = List.copyOf(groupings);
    }

    /** Without groups of actions. */
    public Setting(int horizon, double discount, long episodes) {
      this(horizon, discount, episodes, List.of());
    }
  }

  /**
   * A way to put actions together.
   *
   * @param by what those of a group have in common
   * @param groups how many groups there are
   */
  public record Grouping(String by, int groups) implements Serializable {}

  /** Makes an estimator. */
  @FunctionalInterface
  public interface Constructor {
    /** The estimator for a log. */
    Estimator create(Setting log);
  }

  /**
   * One line of the catalogue.
   *
   * @param name in kebab-case, stable
   * @param label the field's short name
   * @param summary one line for people
   * @param scope where it is offered
   * @param offered when it is offered there
   * @param needs what it cannot do without
   * @param constructor makes one
   */
  public record Entry(
      String name,
      String label,
      String summary,
      Scope scope,
      Offered offered,
      Set<Need> needs,
      Constructor constructor) {
    /** Copies the set. */
    public Entry {
      needs = Set.copyOf(needs);
    }

    /** Whether it is computed for target policies on a log of this kind when nobody chooses. */
    public boolean isOfferedOn(boolean horizonOne) {
      return offered == Offered.ALWAYS && suits(horizonOne);
    }

    /** Whether it can be computed for target policies on a log of this kind. */
    public boolean suits(boolean horizonOne) {
      return switch (scope) {
        case ANY -> true;
        case ONE_STEP -> horizonOne;
        case MANY_STEPS -> !horizonOne;
        case LOGGED_POLICY -> false;
      };
    }

    /** Whether it weighs whole episodes. */
    public boolean isWeighted() {
      return needs.contains(Need.PROPENSITIES) && !needs.contains(Need.STATES);
    }

    /** Whether it weighs groups of actions. */
    public boolean weighsGroups() {
      return needs.contains(Need.ACTION_GROUPS);
    }

    /** Whether propensities are all it cannot do without. */
    public boolean takesWeightsAlone() {
      return needs.contains(Need.PROPENSITIES)
          && !needs.contains(Need.Q_FUNCTION)
          && !needs.contains(Need.STATES);
    }

    /**
     * Whether each episode adds to it by itself, so that the episodes that begin alike tell what a
     * policy is worth to them; not where visits of states are counted, whosever they are.
     */
    public boolean followsEpisodes() {
      return !needs.contains(Need.STATES) && !needs.contains(Need.VISIT_RATIOS);
    }

    /** Whether it looks at a whole log before it says anything of an episode. */
    public boolean isOfWholeLogs() {
      return needs.contains(Need.REPLICATES) || needs.contains(Need.STATES);
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
    return new Entry(name, label, summary, scope, Offered.ALWAYS, set, constructor);
  }

  private static Entry byName(Entry entry) {
    return new Entry(
        entry.name(),
        entry.label(),
        entry.summary(),
        entry.scope(),
        Offered.BY_NAME,
        entry.needs(),
        entry.constructor());
  }

  private static Constructor cut(Baseline baseline, Beyond beyond) {
    return log -> new CutWeights(baseline, beyond, CutWeights.limits(baseline), log);
  }

  private static Constructor shrunk(Baseline baseline, Shrinkage shrinkage) {
    return log -> new ShrunkWeights(baseline, shrinkage, shrinkage.grid(), log);
  }
}
