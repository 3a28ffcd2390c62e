package dev.hindcast.evaluation.scoring;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution.Continuous;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Ending;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;

/**
 * A file of episodes as one candidate sees it. The policy is asked once about every step; about
 * final observations only where an episode was truncated and a Q-function can use the answer.
 *
 * <p>In a box the mean of a Q-function over the policy's actions is that over {@link #DRAWS} draws,
 * which depend on the episode's id and the step alone; of a certain action it is its value,
 * whatever kernel is around it. Where nothing can be weighed, nor are there ratios of visits, only
 * first steps are looked at: no estimator needs more.
 */
public final class ScoredLog {
  /** Actions drawn in a box for the mean of a Q-function. */
  static final int DRAWS = 32;

  private static final int BLOCK = 4096;

  private final BehaviorLog behavior;
  private final TransitionColumns columns;
  private final Candidate candidate;
  private final double[] probabilities; // (rows) of the logged action
  private final double[] q; // (rows)
  private final double[] v; // (observation rows)
  private final double[] visitRatios; // (rows); 0 where the log does not say what followed
  private final double[] groupRatios; // (rows, levels) of the logged action's groups
  private final double[] unsupportedGroups; // (levels)
  private double unsupportedMass;
  private double massOutsideMask;

  private ScoredLog(BehaviorLog behavior, Candidate candidate) {
    this.behavior = behavior;
    columns = behavior.columns();
    this.candidate = candidate;
    int levels = candidate.isLogged() ? 0 : behavior.groups().levels();
    groupRatios = new double[columns.rows() * levels];
    unsupportedGroups = new double[levels];
    probabilities = new double[candidate.isLogged() ? 0 : columns.rows()];
    q = new double[candidate.hasValues() ? columns.rows() : 0];
    v = new double[candidate.hasValues() ? columns.observationRows() : 0];
    visitRatios = new double[candidate.hasVisitRatios() ? columns.rows() : 0];
  }

  /**
   * Shows a file to a candidate.
   *
   * @param support what to measure unsupported mass by; without it none is measured
   */
  public static ScoredLog of(
      TransitionColumns columns, Candidate candidate, Optional<Support> support) {
    return of(BehaviorLog.of(columns, Behavior.LOGGED), candidate, support);
  }

  /** The same of a file whose makers are known. */
  public static ScoredLog of(BehaviorLog behavior, Candidate candidate, Optional<Support> support) {
    ScoredLog log = new ScoredLog(behavior, candidate);
    TransitionColumns columns = behavior.columns();
    if (candidate.isLogged()) {
      return log;
    }
    if (columns.actionSpace() instanceof ActionSpace.Box) {
      log.scoreBox();
      return log;
    }
    for (int from = 0; from < columns.rows(); from += BLOCK) {
      log.scoreSteps(from, Math.min(columns.rows(), from + BLOCK), support);
    }
    if (candidate.hasValues()) {
      log.scoreTails();
    }
    return log;
  }

  /**
   * The sum over steps of the probability given to actions never logged in their stratum. In a box,
   * where no action is ever logged twice, the sum of 1 less the ratio of densities, which has that
   * expectation: a ratio averages the mass that falls where the log has any density. It may be
   * negative by chance; not a number where there are no densities.
   */
  public double unsupportedMass() {
    return unsupportedMass;
  }

  /** (levels) The same of groups of actions, none of which was ever logged in the stratum. */
  public double[] unsupportedGroups() {
    return unsupportedGroups;
  }

  /** The sum over steps of the probability given to inadmissible actions. */
  public double massOutsideMask() {
    return massOutsideMask;
  }

  /** One episode. */
  public ScoredEpisode episode(int episode) {
    int from = columns.start(episode);
    int to = columns.end(episode);
    ScoredEpisode scored = weighed(from, to, columns::reward, values(from, to));
    if (candidate.isLogged()) {
      return scored;
    }
    ScoredEpisode visited =
        candidate.hasVisitRatios()
            ? scored.visited(Arrays.copyOfRange(visitRatios, from, to))
            : scored;
    return candidate
        .states()
        .map(
            models ->
                visited.among(models.whole(columns, episode), models.crossed(columns, episode)))
        .orElse(visited);
  }

  /** One episode whose reward is one component of it, of which no Q-function knows anything. */
  public ScoredEpisode component(int component, int episode) {
    return weighed(
        columns.start(episode),
        columns.end(episode),
        row -> columns.rewardComponent(row, component),
        ScoredEpisode.Values.NONE);
  }

  private ScoredEpisode weighed(
      int from, int to, IntToDoubleFunction reward, ScoredEpisode.Values values) {
    double[] rewards = new double[to - from];
    for (int t = 0; t < rewards.length; t++) {
      rewards[t] = reward.applyAsDouble(from + t);
    }
    Ending ending = columns.truncated(to - 1) ? Ending.TRUNCATED : Ending.TERMINATED;
    if (candidate.isLogged()) {
      return ScoredEpisode.logged(rewards, ending).lasting(durations(from, to));
    }
    double[] propensities = new double[isWeighed() ? to - from : 0];
    for (int t = 0; t < propensities.length; t++) {
      propensities[t] = behavior.propensity(from + t);
    }
    ScoredEpisode scored =
        ScoredEpisode.of(
                rewards, Arrays.copyOfRange(probabilities, from, to), propensities, ending, values)
            .lasting(durations(from, to));
    int levels = behavior.groups().levels();
    return levels == 0
        ? scored
        : scored.grouped(Arrays.copyOfRange(groupRatios, from * levels, (from + 1) * levels));
  }

  /** Whether something is known of every step, and not of the first alone. */
  private boolean isSeenWhole() {
    return isWeighed() || candidate.hasVisitRatios();
  }

  private boolean saysWhatFollowed(int row) {
    return columns.terminated(row) || columns.next(row) != TransitionColumns.UNKNOWN;
  }

  private boolean isWeighed() {
    return behavior.hasPropensities() && candidate.isWeighable();
  }

  private double[] durations(int from, int to) {
    double[] durations = new double[columns.hasDurations() ? to - from : 0];
    for (int t = 0; t < durations.length; t++) {
      durations[t] = columns.duration(from + t);
    }
    return durations;
  }

  private ScoredEpisode.Values values(int from, int to) {
    if (!candidate.hasValues()) {
      return ScoredEpisode.Values.NONE;
    }
    int after = columns.next(to - 1);
    boolean hasTail = columns.truncated(to - 1) && after != TransitionColumns.UNKNOWN;
    return new ScoredEpisode.Values(
        Arrays.copyOfRange(q, from, to),
        Arrays.copyOfRange(v, from, to),
        hasTail ? OptionalDouble.of(v[after]) : OptionalDouble.empty());
  }

  private void scoreSteps(int from, int to, Optional<Support> support) {
    int actions = columns.actionCount();
    Decisions decisions = columns.decisions(from, to);
    double[] target = candidate.policy().orElseThrow().categorical(decisions).probabilities();
    double[] values = candidate.hasValues() ? candidate.values(decisions) : new double[0];
    double[] visits = candidate.hasVisitRatios() ? candidate.visitRatios(decisions) : new double[0];
    for (int row = from; row < to; row++) {
      int i = row - from;
      int logged = columns.action(row);
      probabilities[row] = target[i * actions + logged];
      if (support.isPresent()) {
        unsupportedMass += support.get().unsupportedMass(decisions, i, target, actions);
      }
      scoreGroups(row, decisions, i, target, support);
      for (int a = 0; a < actions; a++) {
        massOutsideMask += decisions.isAdmissible(i, a, actions) ? 0 : target[i * actions + a];
      }
      if (visits.length > 0 && saysWhatFollowed(row)) {
        visitRatios[row] = visits[i * actions + logged];
      }
      if (values.length > 0) {
        q[row] = values[i * actions + logged];
        v[row] = mean(target, values, i, actions);
      }
    }
  }

  private void scoreGroups(
      int row, Decisions decisions, int i, double[] target, Optional<Support> support) {
    ActionGroups groups = behavior.groups();
    int actions = columns.actionCount();
    for (int level = 0; level < groups.levels(); level++) {
      double mass = groups.mass(level, columns.action(row), target, i, actions);
      groupRatios[row * groups.levels() + level] =
          mass == 0 ? 0 : mass / behavior.groupPropensity(row, level);
      if (support.isPresent()) {
        unsupportedGroups[level] +=
            support.get().unsupportedMass(decisions, i, target, actions, groups.of(level));
      }
    }
  }

  private void scoreBox() {
    unsupportedMass = isWeighed() ? 0 : Double.NaN;
    if (isSeenWhole()) {
      for (int from = 0; from < columns.rows(); from += BLOCK) {
        scoreBoxSteps(from, Math.min(columns.rows(), from + BLOCK));
      }
    }
    if (!candidate.hasValues()) {
      return;
    }
    for (int e = 0; e < columns.episodes(); e++) {
      int last = isSeenWhole() ? columns.end(e) : columns.start(e) + 1;
      meanValues(columns.start(e), last);
    }
    if (isSeenWhole()) {
      for (int tail : tails()) {
        meanValues(tail, tail + 1);
      }
    }
  }

  private void scoreBoxSteps(int from, int to) {
    Decisions decisions = columns.decisions(from, to);
    int d = ((ActionSpace.Box) columns.actionSpace()).dimensions();
    float[] logged = Arrays.copyOfRange(columns.actionVectors(), from * d, to * d);
    double[] densities = isWeighed() ? candidate.densities(decisions, logged) : new double[0];
    for (int i = 0; i < densities.length; i++) {
      probabilities[from + i] = densities[i];
      unsupportedMass += 1 - probabilities[from + i] / behavior.propensity(from + i);
    }
    if (candidate.hasVisitRatios()) {
      double[] visits = candidate.visitRatios(decisions, logged);
      for (int i = 0; i < visits.length; i++) {
        visitRatios[from + i] = saysWhatFollowed(from + i) ? visits[i] : 0;
      }
    }
    if (candidate.hasValues()) {
      System.arraycopy(candidate.values(decisions, logged), 0, q, from, decisions.size());
    }
  }

  /** Fills v for neighbouring observation rows of one episode. */
  private void meanValues(int from, int to) {
    for (int first = from; first < to; first += BLOCK / DRAWS) {
      Decisions decisions = columns.decisions(first, Math.min(to, first + BLOCK / DRAWS));
      Continuous target = candidate.policy().orElseThrow().continuous(decisions);
      if (!target.hasDensity()) {
        double[] values = candidate.values(decisions, target.modes());
        System.arraycopy(values, 0, v, first, decisions.size());
        continue;
      }
      int d = target.box().dimensions();
      float[] drawn = new float[decisions.size() * DRAWS * d];
      for (int i = 0; i < decisions.size(); i++) {
        SplittableRandom random =
            new SplittableRandom(
                StableHash.combine(StableHash.of(decisions.episodeIds()[i]), decisions.steps()[i]));
        for (int k = 0; k < DRAWS; k++) {
          System.arraycopy(target.draw(i, random), 0, drawn, (i * DRAWS + k) * d, d);
        }
      }
      double[] values = candidate.values(decisions.repeated(DRAWS), drawn);
      for (int i = 0; i < values.length; i++) {
        v[first + i / DRAWS] += values[i] / DRAWS;
      }
    }
  }

  private void scoreTails() {
    int actions = columns.actionCount();
    int[] tails = tails();
    for (int first = 0; first < tails.length; ) {
      int last = first; // neighbours are asked about together
      while (last + 1 < tails.length
          && tails[last + 1] == tails[last] + 1
          && last - first + 1 < BLOCK) {
        last++;
      }
      Decisions decisions = columns.decisions(tails[first], tails[last] + 1);
      double[] target = candidate.policy().orElseThrow().categorical(decisions).probabilities();
      double[] values = candidate.values(decisions);
      for (int i = 0; i < decisions.size(); i++) {
        v[tails[first] + i] = mean(target, values, i, actions);
      }
      first = last + 1;
    }
  }

  /** The observation rows that end truncated episodes, in order. */
  private int[] tails() {
    int[] found = new int[columns.episodes()];
    int size = 0;
    for (int e = 0; e < columns.episodes(); e++) {
      int last = columns.end(e) - 1;
      if (columns.truncated(last) && columns.next(last) != TransitionColumns.UNKNOWN) {
        found[size++] = columns.next(last);
      }
    }
    return Arrays.copyOf(found, size);
  }

  private static double mean(double[] target, double[] values, int row, int actions) {
    double sum = 0;
    for (int i = row * actions; i < (row + 1) * actions; i++) {
      sum += target[i] == 0 ? 0 : target[i] * values[i];
    }
    return sum;
  }
}
