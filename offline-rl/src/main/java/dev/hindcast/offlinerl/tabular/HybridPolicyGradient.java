package dev.hindcast.offlinerl.tabular;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.world.TabularMdp;
import java.util.SplittableRandom;

/**
 * Natural policy gradient on fresh episodes of the current policy and a log together. Zhou,
 * Sekhari, Song, Sun (2023), arXiv:2311.08384 (HNPG), in tables, where both of its steps have
 * closed forms.
 *
 * <p>Each iteration lives some episodes, then fits the critic, from the last step backward, to
 * {@code mean over fresh steps of (Q − return to go)² + ν mean over logged steps of (Q − r − Σ_a
 * π(a) Q(o', a))²}, then moves the policy, {@code π(a) ∝ π(a) exp(η Q(a))}. Without a log it is the
 * on-policy method; without fresh episodes the critic is fitted-Q evaluation; the better of both
 * bounds holds.
 *
 * <p>Departs: pairs that neither source has seen are worth 0. Logged steps beyond the horizon are
 * left out. Arrays are over step, state and action. Belongs to one thread.
 */
public final class HybridPolicyGradient {
  private final TabularMdp world;
  private final TransitionColumns log;
  private final Config config;
  private final int states;
  private final int actions;
  private final double[] policy; // (h, s, a)
  private final double[] q; // (h, s, a), one more step of zeros

  /**
   * What can be set.
   *
   * @param horizon steps in an episode, at least 1
   * @param step η, above 0
   * @param logWeight ν, at least 0
   * @param episodes lived in each iteration, at least 0
   */
  public record Config(int horizon, double step, double logWeight, int episodes) {
    /** Checks the ranges. */
    public Config {
      Require.positive("horizon", horizon);
      Require.positive("step", step);
      Require.nonNegative("log-weight", logWeight);
      Require.nonNegative("episodes", episodes);
    }
  }

  /**
   * In this world; the policy begins even over admissible actions.
   *
   * @param log of the same world; may have no episodes
   */
  public HybridPolicyGradient(TabularMdp world, TransitionColumns log, Config config) {
    this.world = world;
    this.log = log;
    this.config = config;
    states = world.states();
    actions = world.actions();
    q = new double[(config.horizon() + 1) * states * actions];
    policy = new double[config.horizon() * states * actions];
    for (int i = 0; i < policy.length; i++) {
      policy[i] = world.isAdmissible(i / actions % states, i % actions) ? 1 : 0;
    }
    normalize(policy, actions);
  }

  /** Lives, fits, moves. */
  public void iterate(SplittableRandom random) {
    fit(random);
    double[] scaled = new double[policy.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = config.step() * q[i];
    }
    System.arraycopy(moved(policy, scaled, actions), 0, policy, 0, policy.length);
  }

  /** The critic of the current policy, from fresh episodes and the log. */
  void fit(SplittableRandom random) {
    double[] sums = new double[policy.length];
    double[] weights = new double[policy.length];
    live(sums, weights, random);
    for (int h = config.horizon() - 1; h >= 0; h--) {
      addLog(h, sums, weights);
      for (int i = h * states * actions; i < (h + 1) * states * actions; i++) {
        q[i] = weights[i] == 0 ? 0 : sums[i] / weights[i];
      }
    }
  }

  /** Adds the returns to go of fresh episodes, each episode with the same weight. */
  private void live(double[] sums, double[] weights, SplittableRandom random) {
    int[] visited = new int[config.horizon()];
    double[] rewards = new double[config.horizon()];
    for (int e = 0; e < config.episodes(); e++) {
      int state = world.start(random);
      int length = 0;
      while (length < config.horizon() && !world.isTerminal(state)) {
        int action = draw(length, state, random);
        TabularMdp.Outcome outcome = world.outcome(state, action, random);
        visited[length] = at(length, state, action);
        rewards[length] = outcome.reward();
        state = outcome.next();
        length++;
      }
      double toGo = 0;
      for (int h = length - 1; h >= 0; h--) {
        toGo += rewards[h];
        sums[visited[h]] += toGo / config.episodes();
        weights[visited[h]] += 1.0 / config.episodes();
      }
    }
  }

  /** Adds what the log's steps of this place in their episodes are worth under the policy. */
  private void addLog(int h, double[] sums, double[] weights) {
    double weight = config.logWeight() / Math.max(1, log.episodes());
    for (int e = 0; e < log.episodes() && weight > 0; e++) {
      int row = log.start(e) + h;
      boolean isUsable =
          row < log.end(e) && (log.terminated(row) || log.next(row) != TransitionColumns.UNKNOWN);
      if (isUsable) {
        int at = at(h, log.categories()[row] - 1, log.action(row));
        double target = log.reward(row);
        if (!log.terminated(row) && h + 1 < config.horizon()) {
          target += value(h + 1, log.categories()[log.next(row)] - 1);
        }
        sums[at] += weight * target;
        weights[at] += weight;
      }
    }
  }

  private double value(int h, int s) {
    double value = 0;
    for (int a = 0; a < actions; a++) {
      value += policy[at(h, s, a)] * q[at(h, s, a)];
    }
    return value;
  }

  /**
   * (rows, actions): {@code π(a) exp(x(a))} in each row, made to sum to 1: the natural gradient
   * step of a softmax policy (Kakade, 2001), and one of mirror descent.
   *
   * @param policy (rows, actions)
   * @param scaled (rows, actions), η times the values
   */
  static double[] moved(double[] policy, double[] scaled, int actions) {
    double[] moved = new double[policy.length];
    for (int from = 0; from < moved.length; from += actions) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = from; i < from + actions; i++) {
        max = policy[i] > 0 ? Math.max(max, scaled[i]) : max;
      }
      for (int i = from; i < from + actions; i++) {
        moved[i] = policy[i] == 0 ? 0 : policy[i] * Math.exp(scaled[i] - max);
      }
    }
    normalize(moved, actions);
    return moved;
  }

  private static void normalize(double[] rows, int actions) {
    for (int from = 0; from < rows.length; from += actions) {
      double total = 0;
      for (int i = from; i < from + actions; i++) {
        total += rows[i];
      }
      for (int i = from; i < from + actions && total > 0; i++) {
        rows[i] /= total;
      }
    }
  }

  private int draw(int h, int s, SplittableRandom random) {
    double u = random.nextDouble();
    int last = 0;
    for (int a = 0; a < actions; a++) {
      double p = policy[at(h, s, a)];
      last = p > 0 ? a : last;
      u -= p;
      if (u < 0) {
        return a;
      }
    }
    return last; // rounding left a crumb of probability
  }

  private int at(int h, int s, int a) {
    return (h * states + s) * actions + a;
  }

  /** The probability of an action at a step, from 0, in a state. */
  public double probability(int step, int state, int action) {
    return policy[at(step, state, action)];
  }

  /** The critic's value of an action at a step in a state. */
  public double actionValue(int step, int state, int action) {
    return q[at(step, state, action)];
  }
}
