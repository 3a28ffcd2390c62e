package dev.hindcast.core.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.artefact.RowAccount;
import dev.hindcast.core.data.ActionSpace;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What logged data says about target policies; {@code docs/spec/report.md} is the contract, field
 * by field. A figure that could not be computed is absent, with a reason beside it.
 *
 * @param specVersion the version of the contract
 * @param kind always {@code report}
 * @param name what people call the pipeline
 * @param dataset the episodes that were evaluated
 * @param behavior how the log itself did
 * @param audit whether the log can be trusted; absent where nothing could be checked
 * @param rows where every row of the log went when the dataset was made
 * @param discount γ
 * @param level the coverage that every interval aims at
 * @param replicates bootstrap replicates behind every interval
 * @param incumbent the name of the policy that the others are compared with
 * @param policies one entry for each target policy, in the order asked for
 * @param segments the same by what is seen at the first step; empty where that was not asked for,
 *     and in reports of earlier builds
 * @param pooled the same by all values of a label together, weighted by precision; empty without
 *     labels
 * @param learningCurves how the bundles' training went
 * @param selection what choosing among the bundles does to the estimate of the chosen one; absent
 *     when there are not at least two with an estimate
 * @param comparison the policies side by side; absent when the log speaks of fewer than two
 * @param againstTruth how well the estimates would have chosen; absent when fewer than two true
 *     values were given
 * @param backTest how well each estimator did on policies whose own logs are at hand; absent when
 *     none was named
 * @param warnings what holds for the whole report
 * @param provenance what made it; its config is the settings in force
 */
public record EvaluationReport(
    int specVersion,
    String kind,
    String name,
    DatasetPart dataset,
    Behavior behavior,
    Optional<Audit> audit,
    RowAccount rows,
    double discount,
    double level,
    int replicates,
    String incumbent,
    List<PolicyResult> policies,
    List<Segment> segments,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Pooled> pooled,
    List<LearningCurve> learningCurves,
    Optional<Selection> selection,
    Optional<Comparison> comparison,
    Optional<AgainstTruth> againstTruth,
    Optional<BackTest> backTest,
    List<Remark> warnings,
    Provenance provenance) {
  /** The version of the contract that this build writes and reads. */
  public static final int SPEC_VERSION = 1;

  /** What stands in {@code kind}. */
  public static final String KIND = "report";

  /** Copies the lists. */
  public EvaluationReport {
    policies = List.copyOf(policies);
    segments = segments == null ? List.of() : List.copyOf(segments);
    pooled = pooled == null ? List.of() : List.copyOf(pooled);
    learningCurves = List.copyOf(learningCurves);
    warnings = List.copyOf(warnings);
  }

  /** The result of a policy, by name. */
  public Optional<PolicyResult> policy(String policyName) {
    return policies.stream().filter(policy -> policy.name().equals(policyName)).findFirst();
  }

  /**
   * Something to know, for machines and for people.
   *
   * @param code stable, in kebab-case
   * @param words one or two sentences
   */
  public record Remark(String code, String words) {}

  /**
   * The episodes that were evaluated.
   *
   * @param name what people call the dataset
   * @param fingerprint its fingerprint
   * @param split {@code held_out}, {@code training} or {@code all}
   * @param episodes how many
   * @param transitions how many steps
   * @param terminated episodes that the world ended
   * @param truncated episodes that the log or a clock ended
   * @param withoutFinalObservation truncated episodes whose last observation is not in the log
   * @param maxLength steps of the longest episode
   * @param meanLength mean number of steps
   * @param actionSpace what can be done at each step
   */
  public record DatasetPart(
      String name,
      Fingerprint fingerprint,
      String split,
      long episodes,
      long transitions,
      long terminated,
      long truncated,
      long withoutFinalObservation,
      int maxLength,
      Optional<Double> meanLength,
      ActionSpace actionSpace) {}

  /**
   * How the log itself did.
   *
   * @param meanReturn mean discounted return of the evaluated episodes, with its interval
   * @param propensities {@code exact}, {@code estimated}, {@code none}, or {@code policies} when
   *     the policies that acted were named and say them
   * @param minPropensity the least propensity met
   * @param meanInversePropensity mean over steps of 1 / propensity: about the number of actions
   *     when every action can be drawn everywhere
   * @param actions the number of discrete actions
   * @param loggedActionsOutsideMask rows of the dataset whose logged action their mask rules out
   */
  public record Behavior(
      Estimate meanReturn,
      String propensities,
      Optional<Double> minPropensity,
      Optional<Double> meanInversePropensity,
      Optional<Integer> actions,
      long loggedActionsOutsideMask) {}

  /**
   * What the log shows about its own propensities.
   *
   * @param estimatedPropensities whether they are estimates: then every figure of the audit is
   *     about these
   * @param actions one line for each discrete action, in their order
   * @param calibration whether the policies that are said to have acted did; absent when none was
   *     named
   * @param remarks what is wrong
   */
  public record Audit(
      boolean estimatedPropensities,
      List<ActionCheck> actions,
      Optional<Calibration> calibration,
      List<Remark> remarks) {
    /** Copies the lists. */
    public Audit {
      calibration = calibration == null ? Optional.empty() : calibration;
      actions = List.copyOf(actions);
      remarks = List.copyOf(remarks);
    }
  }

  /**
   * One action: where it could be taken, its 1 / propensity averages 1 over the steps if 0 stands
   * for those at which another was.
   *
   * @param action its index
   * @param count how often it was taken
   * @param admissible at how many steps masks allow it
   * @param meanInverse the sum of 1 / propensity where it was taken over {@code admissible}, 1 in
   *     expectation; absent when it never was admissible
   * @param z how many standard errors that lies from 1; absent for an action never taken
   */
  public record ActionCheck(
      int action, long count, long admissible, Optional<Double> meanInverse, Optional<Double> z) {}

  /**
   * What the policies that are said to have acted would have done, against what was done.
   *
   * @param policies who they are
   * @param rows steps that were compared
   * @param propensitiesThatDiffer steps whose logged propensity is not the policy's probability, by
   *     more than a hundredth of it; absent when the log has no propensities
   * @param largestDifference the largest difference of the two; absent likewise
   * @param error the mean over steps and actions of the distance between probabilities and
   *     frequencies of the bins, each weighted by its share (expected calibration error)
   * @param actions how often each action was expected and taken
   * @param bins pairs of a step and an action, by the probability that the policy gave it; empty
   *     bins are left out
   */
  public record Calibration(
      List<Maker> policies,
      long rows,
      Optional<Long> propensitiesThatDiffer,
      Optional<Double> largestDifference,
      Optional<Double> error,
      List<ActionShare> actions,
      List<CalibrationBin> bins) {
    /** Copies the lists. */
    public Calibration {
      policies = List.copyOf(policies);
      actions = List.copyOf(actions);
      bins = List.copyOf(bins);
    }
  }

  /**
   * A policy that is said to have made the log, or a part of it.
   *
   * @param policy its name
   * @param fingerprint its content
   * @param label the value of the label whose episodes it made; absent when it made all
   */
  public record Maker(String policy, Fingerprint fingerprint, Optional<String> label) {}

  /**
   * How often an action was expected and taken.
   *
   * @param action its index
   * @param expected the sum over steps of its probability
   * @param count how often it was taken
   * @param z how many standard errors that lies from what was expected; absent where nothing was
   *     left to chance
   */
  public record ActionShare(int action, double expected, long count, Optional<Double> z) {}

  /**
   * Steps and actions with similar probabilities.
   *
   * @param from the least probability of the bin
   * @param to the largest, which only the last bin holds itself
   * @param pairs how many
   * @param probability their mean probability
   * @param frequency the share in which the action was taken
   */
  public record CalibrationBin(
      double from, double to, long pairs, double probability, double frequency) {}

  /**
   * One target policy.
   *
   * @param name what people call it
   * @param kind {@code logged}, {@code uniform}, {@code constant}, {@code table} or {@code bundle}
   * @param fingerprint its content
   * @param qFunctions the Q-function bundles that its estimates use
   * @param visitRatios the bundles of visit ratios that they use
   * @param estimates one for each estimator that applies
   * @param diagnostics how well the log speaks about this policy; absent for the behavior policy,
   *     which the log is
   * @param differenceToIncumbent paired on the same episodes; absent for the incumbent itself
   * @param knownValue the exact value, where one was given
   * @param returns how returns are distributed under it; absent in reports of earlier builds
   * @param components what it earns of each component of the reward; empty when the reward is one
   *     column
   * @param warnings what to bear in mind when reading its figures
   * @param verdict what to do
   */
  public record PolicyResult(
      String name,
      String kind,
      Fingerprint fingerprint,
      List<Source> qFunctions,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Source> visitRatios,
      List<Estimate> estimates,
      Optional<Diagnostics> diagnostics,
      Optional<Difference> differenceToIncumbent,
      Optional<Double> knownValue,
      Optional<ReturnDistribution> returns,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ComponentValue> components,
      List<Remark> warnings,
      Verdict verdict) {
    /** Copies the lists. */
    public PolicyResult {
      components = components == null ? List.of() : List.copyOf(components);
      qFunctions = List.copyOf(qFunctions);
      visitRatios = visitRatios == null ? List.of() : List.copyOf(visitRatios);
      estimates = List.copyOf(estimates);
      warnings = List.copyOf(warnings);
    }

    /** The estimate that the verdict rests on. */
    public Optional<Estimate> primary() {
      return estimates.stream().filter(Estimate::primary).findFirst();
    }

    /** The estimate of one estimator, by its catalogue name. */
    public Optional<Estimate> estimate(String estimator) {
      return estimates.stream()
          .filter(estimate -> estimate.estimator().equals(estimator))
          .findFirst();
    }
  }

  /**
   * One component of the reward under a policy.
   *
   * @param component its name
   * @param estimate its expected discounted sum per episode, before any weight of the reward
   * @param differenceToIncumbent paired on the same episodes; absent for the incumbent itself
   */
  public record ComponentValue(
      String component, Estimate estimate, Optional<Difference> differenceToIncumbent) {}

  /**
   * A bundle that was used.
   *
   * @param name its name
   * @param fingerprint its fingerprint
   */
  public record Source(String name, Fingerprint fingerprint) {}

  /**
   * How much more a policy is worth than the incumbent.
   *
   * @param value the difference of the two primary estimates
   * @param lower the lower end of its interval
   * @param upper the upper end of its interval
   */
  public record Difference(double value, double lower, double upper) {}

  /**
   * How well the log speaks about a policy. Weights are the products of importance ratios over
   * whole episodes; without propensities there are none, and their figures are absent.
   *
   * @param effectiveSampleSize Kish's (Σw)² / Σw², in [0, episodes]; absent when every weight is 0
   * @param maxWeightShare the largest weight over the sum of weights; absent when every weight is 0
   * @param maxWeight the largest weight
   * @param meanWeight mean weight, 1 in expectation when propensities are right and support is full
   * @param meanWeightZ how many standard errors the mean weight lies from 1
   * @param paretoShape how heavy the tail of the weights is; absent when too few are large, or when
   *     the largest are all alike
   * @param unsupportedMass mean over steps of the probability that the policy gives to actions
   *     never logged in the step's stratum, in [0, 1]; in a box 1 less the mean ratio of densities
   * @param strata what strata are: {@code observation}, {@code categories}, {@code all} or, in a
   *     box, {@code densities}
   * @param strataCount how many there are
   * @param massOutsideMask mean over steps of the probability given to inadmissible actions; absent
   *     without masks
   * @param weightHistogram weights by size
   * @param effectiveSampleSizeByStep effective sample size of the weights after each step, ended
   *     episodes keeping theirs
   * @param actionGroups the same of actions put together, the finest groups first; empty where none
   *     are
   */
  public record Diagnostics(
      Optional<Double> effectiveSampleSize,
      Optional<Double> maxWeightShare,
      Optional<Double> maxWeight,
      Optional<Double> meanWeight,
      Optional<Double> meanWeightZ,
      Optional<Double> paretoShape,
      Optional<Double> unsupportedMass,
      String strata,
      long strataCount,
      Optional<Double> massOutsideMask,
      WeightHistogram weightHistogram,
      List<Double> effectiveSampleSizeByStep,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<GroupWeights> actionGroups) {
    /** Copies the lists. */
    public Diagnostics {
      effectiveSampleSizeByStep = List.copyOf(effectiveSampleSizeByStep);
      actionGroups = actionGroups == null ? List.of() : List.copyOf(actionGroups);
    }
  }

  /**
   * How well the log speaks about which groups of actions a policy takes. Weights are ratios of the
   * groups' probabilities; figures are as in {@link Diagnostics}.
   *
   * @param by what puts actions together
   * @param groups how many groups that makes
   * @param unsupportedMass mean over steps of the probability that the policy gives to groups of
   *     which no action was ever logged in the step's stratum
   */
  public record GroupWeights(
      String by,
      int groups,
      Optional<Double> effectiveSampleSize,
      Optional<Double> maxWeightShare,
      Optional<Double> maxWeight,
      Optional<Double> meanWeight,
      Optional<Double> meanWeightZ,
      Optional<Double> unsupportedMass) {
    /** Whether these are the groups that an estimate has chosen. */
    public boolean isOf(Estimate estimate) {
      return estimate
          .tuning()
          .filter(tuning -> tuning.parameter().equals(Tuning.ACTION_GROUPS))
          .flatMap(Tuning::value)
          .filter(size -> size == groups)
          .isPresent();
    }
  }

  /**
   * Episodes by the decimal logarithm of their weight.
   *
   * @param zero weights that are exactly 0
   * @param below positive weights under the first bin
   * @param lowest the lower end of the first bin, as an exponent of 10
   * @param width the width of each bin, in powers of 10
   * @param counts episodes in each bin; a bin holds its lower end
   * @param above weights over the last bin
   */
  public record WeightHistogram(
      long zero, long below, double lowest, double width, List<Long> counts, long above) {
    /** Copies the counts. */
    public WeightHistogram {
      counts = List.copyOf(counts);
    }
  }

  /**
   * What to do with a policy.
   *
   * @param decision promote it, hold it back, or admit that this log cannot tell
   * @param reasons why, the weightiest first
   */
  public record Verdict(Decision decision, List<Remark> reasons) {
    /** Copies the list. */
    public Verdict {
      reasons = List.copyOf(reasons);
    }
  }

  /** The three verdicts. */
  public enum Decision {
    /** The evidence is good and says that it is better than the incumbent. */
    PROMOTE("promote"),
    /** The evidence does not suffice, or says that it is not better. */
    HOLD("hold"),
    /** This log cannot say what the policy is worth. */
    NOT_EVALUABLE("not-evaluable");

    private final String key;

    Decision(String key) {
      this.key = key;
    }

    /** The JSON spelling. */
    @com.fasterxml.jackson.annotation.JsonValue
    public String key() {
      return key;
    }
  }

  /**
   * How a bundle's training went.
   *
   * @param bundle the bundle's name
   * @param algorithm its algorithm
   * @param updates the update counts at which figures were taken
   * @param series figures by name, one for each update count
   */
  public record LearningCurve(
      String bundle, String algorithm, List<Long> updates, Map<String, List<Double>> series) {
    /** Copies the collections. */
    public LearningCurve {
      updates = List.copyOf(updates);
      series = Collections.unmodifiableMap(new TreeMap<>(series));
    }
  }

  /**
   * The bundles of this report by their evidence, and how far the first of them is better on paper
   * than in truth: the best of many estimates is too high on average, because chance helped it to
   * be the best.
   *
   * @param chosen the bundle with the highest lower bound
   * @param value its estimate
   * @param optimism by how much such a choice overestimates, at least 0: the mean over bootstrap
   *     replicates of what the bundle chosen in the replicate is worth there less what it is worth
   *     in the log
   * @param correctedValue {@code value - optimism}
   * @param ranking all of them, the highest lower bound first
   */
  public record Selection(
      String chosen, double value, double optimism, double correctedValue, List<Ranked> ranking) {
    /** Copies the list. */
    public Selection {
      ranking = List.copyOf(ranking);
    }
  }

  /**
   * One bundle among those to choose from.
   *
   * @param name its name
   * @param value its primary estimate
   * @param lower the lower end of the estimate's interval; absent where there is no interval, and
   *     the bundle then stands behind all that have one
   * @param chosenShare the share of bootstrap replicates in which it would have been chosen
   */
  public record Ranked(String name, double value, Optional<Double> lower, double chosenShare) {}

  /**
   * The policies of which the log can say something, and the incumbent, on the same episodes.
   *
   * @param standings the highest estimate first
   */
  public record Comparison(List<Standing> standings) {
    /** Copies the list. */
    public Comparison {
      standings = List.copyOf(standings);
    }
  }

  /**
   * One policy among the others.
   *
   * @param name its name
   * @param value its primary estimate
   * @param bestShare the share of bootstrap replicates in which no other has a higher estimate;
   *     where several share the highest each has its part
   * @param jointDifference its difference to the incumbent, with an interval made to hold together
   *     with those of all the others; absent for the incumbent
   */
  public record Standing(
      String name, double value, double bestShare, Optional<Difference> jointDifference) {}

  /**
   * How well the primary estimates would have chosen among the policies whose true values are
   * known.
   *
   * @param policies how many these are
   * @param rankCorrelation Spearman's, in [-1, 1]; absent when all truths or all estimates are
   *     alike
   * @param regret at {@code k - 1}: what the best policy is worth more than the best of the k with
   *     the highest estimates
   * @param sharpeRatio at {@code k - 2}: what the best of these k is worth more than the incumbent,
   *     over the standard deviation (divisor k) of what the k are worth; empty where the
   *     incumbent's value is unknown
   * @param falselyPreferred of the policies worse than the incumbent, the share estimated to be at
   *     least as good (type I error); absent where there is none
   * @param falselyRejected of the policies at least as good as the incumbent, the share estimated
   *     to be worse (type II error); absent where there is none
   */
  public record AgainstTruth(
      int policies,
      Optional<Double> rankCorrelation,
      List<Double> regret,
      List<Double> sharpeRatio,
      Optional<Double> falselyPreferred,
      Optional<Double> falselyRejected) {
    /** Copies the lists. */
    public AgainstTruth {
      regret = List.copyOf(regret);
      sharpeRatio = List.copyOf(sharpeRatio);
    }
  }

  /**
   * Estimators tried on policies that have acted: what this log says of them, against what their
   * own logs show.
   *
   * @param policies the policies that were held out
   * @param trials one for each policy and estimator that applies
   * @param scores the estimators by how close they came, the closest first
   * @param recommended the closest of those that were never refuted, by its catalogue name
   * @param remarks what follows from it
   */
  public record BackTest(
      List<PastPolicy> policies,
      List<Trial> trials,
      List<Score> scores,
      Optional<String> recommended,
      List<Remark> remarks) {
    /** Copies the lists. */
    public BackTest {
      policies = List.copyOf(policies);
      trials = List.copyOf(trials);
      scores = List.copyOf(scores);
      remarks = List.copyOf(remarks);
    }
  }

  /**
   * A policy that has acted, as its own log shows it.
   *
   * @param name the policy's name
   * @param dataset the name of its own log's dataset
   * @param fingerprint that dataset's fingerprint
   * @param episodes how many are in it
   * @param value their mean discounted return
   * @param standardError of that mean
   * @param deviation the standard deviation of their returns
   */
  public record PastPolicy(
      String name,
      String dataset,
      Fingerprint fingerprint,
      long episodes,
      double value,
      double standardError,
      double deviation) {}

  /**
   * What an estimator says of a policy that has acted.
   *
   * @param policy the policy's name
   * @param estimator the estimator's catalogue name
   * @param label its short name
   * @param value the estimate
   * @param error by how much it is too high
   * @param z the same in standard errors of both together; absent where the estimate has none
   */
  public record Trial(
      String policy,
      String estimator,
      String label,
      double value,
      double error,
      Optional<Double> z) {}

  /**
   * An estimator over all trials.
   *
   * @param estimator its catalogue name
   * @param label its short name
   * @param error the root mean square over policies of its error in standard deviations of the
   *     policy's returns
   * @param largestZ the largest distance from a truth in standard errors
   */
  public record Score(String estimator, String label, double error, double largestZ) {}
}
