package dev.hindcast.evaluation.estimator;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * One logged episode seen through the eyes of a target policy: all that an estimator needs.
 *
 * <p>Steps count from 0. The importance ratio of a step is the target policy's probability of the
 * logged action over its propensity; the weight after a step is the product of the ratios so far. A
 * target probability of 0 makes the ratio 0, whatever the propensity (sheet section 14).
 */
public final class ScoredEpisode {
  private static final double[] NONE = new double[0];

  private final double[] rewards;
  private final double[] ratios;
  private final double[] weights;
  private final double[] q;
  private final double[] v;
  private final OptionalDouble finalV;
  private final boolean terminated;
  private final double[] durations;
  private double[] groupRatios = NONE;
  private Marginals whole = Marginals.NONE;
  private Marginals crossed = Marginals.NONE;
  private Marginals learned = Marginals.NONE;

  private ScoredEpisode(
      double[] rewards,
      double[] ratios,
      double[] q,
      double[] v,
      OptionalDouble finalV,
      boolean terminated,
      double[] durations) {
    this.durations = durations;
    this.rewards = rewards;
    this.ratios = ratios;
    this.q = q;
    this.v = v;
    this.finalV = finalV;
    this.terminated = terminated;
    weights = new double[ratios.length];
    double product = 1;
    for (int t = 0; t < ratios.length; t++) {
      product *= ratios[t];
      weights[t] = product;
    }
  }

  /**
   * An episode under some target policy; arrays are kept, not copied.
   *
   * @param targetProbabilities (steps), of the logged actions
   * @param propensities (steps), each in (0, 1]; empty when there are none
   */
  public static ScoredEpisode of(
      double[] rewards,
      double[] targetProbabilities,
      double[] propensities,
      Ending ending,
      Values values) {
    double[] ratios = propensities.length == 0 ? NONE : new double[rewards.length];
    for (int t = 0; t < ratios.length; t++) {
      ratios[t] = targetProbabilities[t] == 0 ? 0 : targetProbabilities[t] / propensities[t];
    }
    return new ScoredEpisode(
        rewards, ratios, values.q, values.v, values.finalV, ending == Ending.TERMINATED, NONE);
  }

  /** An episode under the behavior policy itself: every ratio is exactly 1. */
  public static ScoredEpisode logged(double[] rewards, Ending ending) {
    double[] ones = new double[rewards.length];
    Arrays.fill(ones, 1);
    return new ScoredEpisode(
        rewards, ones, NONE, NONE, OptionalDouble.empty(), ending == Ending.TERMINATED, NONE);
  }

  /**
   * The same episode with steps that took more or less than one unit of time.
   *
   * @param stepDurations (steps), each at least 0; empty when every step took 1; kept, not copied
   */
  public ScoredEpisode lasting(double[] stepDurations) {
    return with(stepDurations, whole, crossed, learned);
  }

  /**
   * The same episode among the states of its log.
   *
   * @param byAll what a model of all episodes says along it
   * @param byOthers what a model says that has not seen this episode
   */
  public ScoredEpisode among(Marginals byAll, Marginals byOthers) {
    return with(durations, byAll, byOthers, learned);
  }

  /**
   * The same episode with learned ratios of visits, beside the Q-function's values where it has
   * any.
   *
   * @param visitRatios (steps) of the logged actions, 0 where the log does not say what followed;
   *     kept, not copied
   */
  public ScoredEpisode visited(double[] visitRatios) {
    return with(
        durations, whole, crossed, new Marginals(visitRatios, ScoredEpisode.NONE, q, v, tail()));
  }

  /**
   * The same episode, of one step, with the importance ratios of the logged action's groups.
   *
   * @param ratios (levels), the finest groups first; kept, not copied
   */
  public ScoredEpisode grouped(double[] ratios) {
    ScoredEpisode same = with(durations, whole, crossed, learned);
    same.groupRatios = ratios;
    return same;
  }

  private ScoredEpisode with(
      double[] stepDurations, Marginals byAll, Marginals byOthers, Marginals byBundles) {
    ScoredEpisode same =
        new ScoredEpisode(rewards, ratios, q, v, finalV, terminated, stepDurations);
    same.groupRatios = groupRatios;
    same.whole = byAll;
    same.crossed = byOthers;
    same.learned = byBundles;
    return same;
  }

  /** How an episode ended. */
  public enum Ending {
    /** The world ended it: nothing follows. */
    TERMINATED,
    /** The log or a clock ended it: something unknown follows. */
    TRUNCATED
  }

  /**
   * What a model of the log's states says along an episode; arrays are kept, not copied.
   *
   * @param ratios (steps) the target policy's expected visits of the state and logged action, each
   *     discounted by what came before, over the log's, for each episode
   * @param stateRatios (steps) the same of the state alone
   * @param q (steps) of the logged actions
   * @param v (steps) of the states
   * @param tail the value of what followed the last step: 0 when the world ended, not a number when
   *     the log does not say what followed
   */
  @SuppressWarnings("ArrayRecordComponent") // a view for a moment; never compared
  public record Marginals(
      double[] ratios, double[] stateRatios, double[] q, double[] v, double tail) {
    static final Marginals NONE =
        new Marginals(
            ScoredEpisode.NONE, ScoredEpisode.NONE, ScoredEpisode.NONE, ScoredEpisode.NONE, 0);
  }

  /** What a Q-function says along an episode. */
  public static final class Values {
    /** There is no Q-function. */
    public static final Values NONE =
        new Values(ScoredEpisode.NONE, ScoredEpisode.NONE, OptionalDouble.empty());

    private final double[] q;
    private final double[] v;
    private final OptionalDouble finalV;

    /**
     * Arrays are kept, not copied.
     *
     * @param q (steps), of the logged actions
     * @param v (steps), the target policy's mean over all actions
     * @param finalV the same at what was seen after the last step, if the log says
     */
    public Values(double[] q, double[] v, OptionalDouble finalV) {
      this.q = q;
      this.v = v;
      this.finalV = finalV;
    }
  }

  /** The number of steps, at least 1. */
  public int length() {
    return rewards.length;
  }

  /**
   * What all that follows a step is multiplied by: {@code discount^duration}.
   *
   * @param discount γ of one unit of time
   */
  public double discount(int t, double discount) {
    return durations.length == 0 ? discount : Math.pow(discount, durations[t]);
  }

  /** Whether the world ended it. */
  public boolean isTerminated() {
    return terminated;
  }

  /** The reward of a step. */
  public double reward(int t) {
    return rewards[t];
  }

  /** The importance ratio of a step. */
  public double ratio(int t) {
    return ratios[t];
  }

  /** The product of the ratios up to and with a step; 1 for step -1. */
  public double weight(int t) {
    return t < 0 ? 1 : weights[t];
  }

  /** The weight of the whole episode. */
  public double finalWeight() {
    return weight(weights.length - 1);
  }

  /** How many levels of groups of actions there are. */
  public int groupLevels() {
    return groupRatios.length;
  }

  /**
   * The importance ratio of the logged action's group in an episode of one step.
   *
   * @param level 0 for the action by itself, then the finest groups first
   */
  public double groupRatio(int level) {
    return level == 0 ? finalWeight() : groupRatios[level - 1];
  }

  /** Whether there are importance ratios. */
  public boolean hasWeights() {
    return weights.length > 0;
  }

  /** The Q-function's value of the logged action of a step. */
  public double q(int t) {
    return q[t];
  }

  /** The mean of the Q-function over the target policy's actions at a step. */
  public double v(int t) {
    return v[t];
  }

  /** Whether there is a Q-function. */
  public boolean hasValues() {
    return v.length > 0;
  }

  /**
   * What a truncated episode may still expect, seen from its final observation: nothing when it
   * terminated, and nothing that could be said when the log lacks that observation.
   */
  public double tail() {
    return terminated ? 0 : finalV.orElse(0);
  }

  /** What a model of all of the log's episodes says along this one. */
  public Marginals whole() {
    return whole;
  }

  /** What a model of states says that has not seen this episode. */
  public Marginals crossed() {
    return crossed;
  }

  /** What bundles say that have learned how often the target policy would come by. */
  public Marginals learned() {
    return learned;
  }

  /** The discounted return. */
  public double discountedReturn(double discount) {
    double sum = 0;
    double factor = 1;
    for (int t = 0; t < rewards.length; t++) {
      sum += factor * rewards[t];
      factor *= discount(t, discount);
    }
    return sum;
  }
}
