package dev.hindcast.evaluation.scoring;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.DecisionRequests;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.ActionDistribution.Categorical;
import dev.hindcast.core.policy.ActionDistribution.Continuous;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * Decides. What is drawn for a decision depends on the seed and the decision's id alone, so neither
 * the order of rows nor how they are spread over machines changes it. Plain data, safe for use from
 * several threads.
 */
public final class DecisionScorer implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final double[] NONE = {};

  private final Policy policy;
  private final Candidate candidate;
  private final Acting acting;
  private final long seed;

  /**
   * A scorer.
   *
   * @param qFunctions any number; the values of several are averaged
   * @param seed of what is drawn
   */
  public DecisionScorer(Policy policy, List<QFunction> qFunctions, Acting acting, long seed) {
    this.policy = policy;
    this.candidate = Candidate.of(policy, qFunctions);
    this.acting = acting;
    this.seed = seed;
  }

  /** (rows) One decision for each request; none where the request has a problem. */
  public List<Optional<ScoredDecision>> score(DecisionRequests requests) {
    Decisions decisions = requests.decisions();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < requests.ids().size(); i++) {
      if (requests.problems().get(i).isEmpty()) {
        ids.add(requests.ids().get(i));
      }
    }
    List<ScoredDecision> scored = List.of();
    if (decisions.size() > 0) {
      ActionDistribution distribution = policy.distribution(decisions);
      scored =
          distribution instanceof Categorical categorical
              ? discrete(decisions, ids, categorical)
              : continuous(decisions, ids, (Continuous) distribution);
    }
    List<Optional<ScoredDecision>> all = new ArrayList<>();
    int next = 0;
    for (String problem : requests.problems()) {
      all.add(problem.isEmpty() ? Optional.of(scored.get(next++)) : Optional.empty());
    }
    return all;
  }

  private List<ScoredDecision> discrete(
      Decisions decisions, List<String> ids, Categorical distribution) {
    int actions = distribution.actions();
    double[] values = candidate.hasValues() ? candidate.values(decisions) : NONE;
    List<ScoredDecision> scored = new ArrayList<>();
    for (int row = 0; row < decisions.size(); row++) {
      boolean greedy = acting == Acting.GREEDY;
      int action = greedy ? distribution.mode(row) : draw(distribution, row, ids.get(row));
      scored.add(
          new ScoredDecision(
              action,
              new float[0],
              OptionalDouble.of(greedy ? 1 : distribution.probability(row, action)),
              part(distribution.probabilities(), row, actions),
              part(values, row, actions),
              values.length == 0
                  ? OptionalDouble.empty()
                  : OptionalDouble.of(values[row * actions + action])));
    }
    return scored;
  }

  private List<ScoredDecision> continuous(
      Decisions decisions, List<String> ids, Continuous distribution) {
    int d = distribution.box().dimensions();
    boolean drawn = acting == Acting.SAMPLE && distribution.hasDensity();
    float[] actions = drawn ? new float[decisions.size() * d] : distribution.modes();
    for (int row = 0; drawn && row < decisions.size(); row++) {
      System.arraycopy(distribution.draw(row, random(ids.get(row))), 0, actions, row * d, d);
    }
    double[] values = candidate.hasValues() ? candidate.values(decisions, actions) : NONE;
    List<ScoredDecision> scored = new ArrayList<>();
    for (int row = 0; row < decisions.size(); row++) {
      scored.add(
          new ScoredDecision(
              -1,
              Arrays.copyOfRange(actions, row * d, (row + 1) * d),
              drawn
                  ? OptionalDouble.of(Math.exp(distribution.logDensity(row, actions)))
                  : OptionalDouble.empty(),
              NONE,
              NONE,
              values.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(values[row])));
    }
    return scored;
  }

  /** The action in whose share of [0, 1) the decision's number falls. */
  private int draw(Categorical distribution, int row, String id) {
    double left = StableHash.uniform(seed, StableHash.of(id));
    int last = distribution.mode(row);
    for (int action = 0; action < distribution.actions(); action++) {
      double p = distribution.probability(row, action);
      if (p > 0) {
        if (left < p) {
          return action;
        }
        left -= p;
        last = action;
      }
    }
    return last; // the probabilities sum to a hair less than 1
  }

  private SplittableRandom random(String id) {
    return new SplittableRandom(StableHash.combine(seed, StableHash.of(id)));
  }

  private static double[] part(double[] all, int row, int width) {
    return all.length == 0 ? NONE : Arrays.copyOfRange(all, row * width, (row + 1) * width);
  }
}
