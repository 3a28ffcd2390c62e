package dev.hindcast.offlinerl.tabular;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import java.util.SplittableRandom;

/**
 * UCBVI-Ent+: finds the best policy of a finite horizon when straying from a reference policy costs
 * a price, by living in the world, and certifies how far from the best it can still be. Tiapkin and
 * others (2024), arXiv:2310.17303; the algorithm is that of Tiapkin and others (2023),
 * arXiv:2303.08059, with a reference in place of the even policy.
 *
 * <p>Before every episode it plans with the frequencies seen so far: upper and lower values that
 * the true ones lie between, and the policy that would be best if the upper ones were true. It
 * follows that policy, except for one step drawn at random, where it tries the action whose values
 * are least certain: as the best value is a smooth function of Q, the regret grows with the square
 * of what is uncertain only.
 *
 * <p>Departs: rewards are means of what was paid, not known beforehand; the constant β of the bonus
 * is a setting times a logarithm, as the proven one is useless at this size; the certificate adds
 * the same bonus to the expected gap that follows.
 *
 * <p>Rewards must lie in [0, 1]. Arrays are over step, state and action: entry (h, s, a) stands at
 * {@code (h * states + s) * actions + a}. Belongs to one thread.
 */
public final class UcbviEnt {
  private final TabularMdp world;
  private final TabularPolicy reference;
  private final Config config;
  private final int states;
  private final int actions;
  private final int horizon;
  private final int[] visits; // (h, s, a)
  private final double[] paid; // (h, s, a), sums of rewards
  private final int[] led; // (h, s, a, next), how often
  private final double[] upper; // (h, s, a)
  private final double[] lower; // (h, s, a)
  private final double[] policy; // (h, s, a)
  private final double[] upperValue; // (h, s), one more step of zeros
  private final double[] lowerValue; // (h, s)
  private final double[] gap; // (h, s)
  private int episodes;

  /**
   * What can be set.
   *
   * @param horizon steps in an episode, at least 1
   * @param price λ, what one nat of straying costs, above 0
   * @param bonus scale of the bonus, at least 0; 0 takes the frequencies for the truth
   * @param risk how likely the bounds may fail, in (0, 1)
   */
  public record Config(int horizon, double price, double bonus, double risk) {
    /** Checks the ranges. */
    public Config {
      Require.positive("horizon", horizon);
      Require.positive("price", price);
      Require.nonNegative("bonus", bonus);
      Require.positive("risk", risk);
      Require.halfOpen("risk", risk, 0, 1);
    }
  }

  /** In this world, of which only its size, its masks and its ends are known. */
  public UcbviEnt(TabularMdp world, TabularPolicy reference, Config config) {
    this.world = world;
    this.reference = reference;
    this.config = config;
    states = world.states();
    actions = world.actions();
    horizon = config.horizon();
    int pairs = horizon * states * actions;
    visits = new int[pairs];
    paid = new double[pairs];
    led = new int[pairs * states];
    upper = new double[pairs];
    lower = new double[pairs];
    policy = new double[pairs];
    upperValue = new double[(horizon + 1) * states];
    lowerValue = new double[(horizon + 1) * states];
    gap = new double[(horizon + 1) * states];
    plan();
  }

  /**
   * Lives until the certified gap where episodes start is small enough.
   *
   * @param enough the gap, in units of reward
   * @param mostEpisodes after which it gives up
   * @return whether the gap is small enough
   */
  public boolean explore(double enough, int mostEpisodes, SplittableRandom random) {
    while (episodes < mostEpisodes) {
      int state = world.start(random);
      if (gap(0, state) <= enough) {
        return true;
      }
      int deviation = random.nextInt(horizon + 1) - 1; // -1: none
      for (int h = 0; h < horizon && !world.isTerminal(state); h++) {
        int action = h == deviation ? leastCertain(h, state) : draw(h, state, random);
        TabularMdp.Outcome outcome = world.outcome(state, action, random);
        observe(h, state, action, outcome);
        state = outcome.next();
      }
      episodes++;
      plan();
    }
    return false;
  }

  /** Takes note of what an action led to; {@link #plan} makes use of it. */
  void observe(int step, int state, int action, TabularMdp.Outcome outcome) {
    int at = at(step, state, action);
    visits[at]++;
    paid[at] += outcome.reward();
    led[at * states + outcome.next()]++;
  }

  /** Upper and lower values, the policy and the gaps, from the last step backward. */
  void plan() {
    double beta =
        config.bonus()
            * Math.log((double) states * actions * horizon * (episodes + 1) / config.risk());
    for (int h = horizon - 1; h >= 0; h--) {
      for (int s = 0; s < states; s++) {
        if (!world.isTerminal(s)) {
          for (int a = 0; a < actions; a++) {
            bound(h, s, a, beta);
          }
          int value = h * states + s;
          upperValue[value] = softValue(upper, h, s);
          lowerValue[value] = softValue(lower, h, s);
          for (int a = 0; a < actions; a++) {
            int at = at(h, s, a);
            double p = reference.probability(s, a);
            policy[at] =
                p == 0 ? 0 : p * Math.exp((upper[at] - upperValue[value]) / config.price());
          }
          gap[value] = certified(h, s, beta);
        }
      }
    }
  }

  /** min(H, r + p V + b) and max(0, r + p V − b): the clone itself is never worth less than 0. */
  private void bound(int h, int s, int a, double beta) {
    int at = at(h, s, a);
    int n = visits[at];
    if (n == 0) {
      upper[at] = horizon;
      lower[at] = 0;
      return;
    }
    double above = mean(at, upperValue, h + 1);
    double below = mean(at, lowerValue, h + 1);
    double bonus = concentration(at, upperValue, h + 1, beta) + (above - below) / horizon;
    upper[at] = Math.min(horizon, paid[at] / n + above + bonus);
    lower[at] = Math.max(0, paid[at] / n + below - bonus);
  }

  /** 3 √(Var β / n) + 9 H² β / n: how far a mean over the next states may be off (Bernstein). */
  private double concentration(int at, double[] values, int h, double beta) {
    double mean = mean(at, values, h);
    double variance = 0;
    for (int next = 0; next < states; next++) {
      double off = values[h * states + next] - mean;
      variance += (double) led[at * states + next] / visits[at] * off * off;
    }
    int n = visits[at];
    return 3 * Math.sqrt(variance * beta / n) + 9.0 * horizon * horizon * beta / n;
  }

  private double mean(int at, double[] values, int h) {
    double sum = 0;
    for (int next = 0; next < states; next++) {
      sum += (double) led[at * states + next] / visits[at] * values[h * states + next];
    }
    return sum;
  }

  /** λ log Σ_a π₀(a) exp(Q(a) / λ). */
  private double softValue(double[] q, int h, int s) {
    double max = Double.NEGATIVE_INFINITY;
    for (int a = 0; a < actions; a++) {
      max = reference.probability(s, a) > 0 ? Math.max(max, q[at(h, s, a)]) : max;
    }
    double sum = 0;
    for (int a = 0; a < actions; a++) {
      sum += reference.probability(s, a) * Math.exp((q[at(h, s, a)] - max) / config.price());
    }
    return max + config.price() * Math.log(sum);
  }

  /** The soft value is smooth: a policy of the upper values loses no more than widths squared. */
  private double certified(int h, int s, double beta) {
    double widest = 0;
    double following = 0;
    for (int a = 0; a < actions; a++) {
      int at = at(h, s, a);
      if (reference.probability(s, a) > 0) {
        widest = Math.max(widest, upper[at] - lower[at]);
        double next =
            visits[at] == 0 ? horizon : mean(at, gap, h + 1) + concentration(at, gap, h + 1, beta);
        following += policy[at] * next;
      }
    }
    return Math.min(horizon, widest * widest / (2 * config.price()) + following);
  }

  private int leastCertain(int h, int s) {
    int widest = -1;
    for (int a = 0; a < actions; a++) {
      if (reference.probability(s, a) > 0
          && (widest < 0 || width(at(h, s, a)) > width(at(h, s, widest)))) {
        widest = a;
      }
    }
    return widest;
  }

  private double width(int at) {
    return upper[at] - lower[at];
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

  /** The upper regularized value of a state at a step. */
  public double upperValue(int step, int state) {
    return upperValue[step * states + state];
  }

  /** The lower regularized value of a state at a step. */
  public double lowerValue(int step, int state) {
    return lowerValue[step * states + state];
  }

  /** How much regularized value the policy can still lack at a step in a state. */
  public double gap(int step, int state) {
    return gap[step * states + state];
  }

  /** How many episodes it has lived. */
  public int episodes() {
    return episodes;
  }
}
