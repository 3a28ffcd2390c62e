package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A Markov decision process with finitely many states and actions whose values are solved exactly,
 * by linear algebra, and from which logs can be drawn. An action's observation is its state's
 * number, as one categorical field named {@code state}.
 *
 * <p>Arrays over state-action pairs are flat: pair (s, a) stands at {@code s * actions + a}.
 */
public final class TabularMdp {
  private static final double TOLERANCE = 1e-6;

  private final int states;
  private final int actions;
  private final double[] initial;
  private final boolean[] terminal;
  private final boolean[] admissible;
  private final boolean masked;
  private final int[] first; // outcomes of pair i stand at first[i] .. first[i + 1] - 1
  private final int[] next;
  private final double[] probability;
  private final double[] reward;

  private TabularMdp(Builder b) {
    states = b.states;
    actions = b.actions;
    initial = b.initial.clone();
    terminal = b.terminal.clone();
    masked = b.masked;
    admissible = b.admissible.clone();
    if (!masked) {
      Arrays.fill(admissible, true);
    }
    int pairs = states * actions;
    first = new int[pairs + 1];
    for (int i = 0; i < b.size; i++) {
      first[b.pair[i] + 1]++;
    }
    for (int i = 0; i < pairs; i++) {
      first[i + 1] += first[i];
    }
    int[] fill = Arrays.copyOf(first, pairs);
    next = new int[b.size];
    probability = new double[b.size];
    reward = new double[b.size];
    for (int i = 0; i < b.size; i++) {
      int at = fill[b.pair[i]]++;
      next[at] = b.next[i];
      probability[at] = b.probability[i];
      reward[at] = b.reward[i];
    }
    requireSumOne(Arrays.stream(initial).sum(), "The initial probabilities");
    for (int s = 0; s < states; s++) {
      for (int a = 0; a < actions && !terminal[s]; a++) {
        double sum = 0;
        for (int i = first[s * actions + a]; i < first[s * actions + a + 1]; i++) {
          sum += probability[i];
        }
        requireSumOne(sum, "The outcomes of action " + a + " in state " + s);
      }
    }
  }

  /** The number of states, terminal ones included. */
  public int states() {
    return states;
  }

  /** The number of actions. */
  public int actions() {
    return actions;
  }

  /** Whether a state ends the episode. */
  public boolean isTerminal(int state) {
    return terminal[state];
  }

  /** Whether an action is admissible in a state; always true in a world without masks. */
  public boolean isAdmissible(int state, int action) {
    return admissible[state * actions + action];
  }

  /** What a policy sees: the state's number. */
  public ObservationSpace observationSpace() {
    return ObservationSpace.ofStates(states);
  }

  /** What a policy can do. */
  public ActionSpace.Discrete actionSpace() {
    return new ActionSpace.Discrete(actions);
  }

  /**
   * The expected discounted return of a policy from the initial distribution, exact up to rounding.
   */
  public double value(TabularPolicy policy, double discount) {
    double[] values = stateValues(policy, discount);
    double sum = 0;
    for (int s = 0; s < states; s++) {
      sum += initial[s] * values[s];
    }
    return sum;
  }

  /**
   * (states) The values V of a policy: the solution of {@code (I - discount P) V = R}, terminal
   * states worth 0.
   *
   * @throws IllegalArgumentException when the discount is 1 and some state never leads to an end
   *     under the policy
   */
  public double[] stateValues(TabularPolicy policy, double discount) {
    double[][] system = new double[states][states + 1];
    for (int s = 0; s < states; s++) {
      system[s][s] = 1;
      for (int a = 0; a < actions && !terminal[s]; a++) {
        double weight = policy.probability(s, a);
        for (int i = first[s * actions + a]; weight > 0 && i < first[s * actions + a + 1]; i++) {
          system[s][states] += weight * probability[i] * reward[i];
          if (!terminal[next[i]]) {
            system[s][next[i]] -= discount * weight * probability[i];
          }
        }
      }
    }
    return solve(system);
  }

  /**
   * (states, actions) The values Q of a policy: take the action once, follow the policy afterwards.
   */
  public double[] actionValues(TabularPolicy policy, double discount) {
    return backup(stateValues(policy, discount), discount);
  }

  /**
   * The deterministic policy with the highest values among admissible actions, by policy iteration
   * (Howard, 1960).
   */
  public TabularPolicy optimal(double discount) {
    TabularPolicy policy = TabularPolicy.uniform(this);
    for (int round = 0; round < 1000; round++) {
      double[] q = actionValues(policy, discount);
      int[] choice = new int[states];
      for (int s = 0; s < states; s++) {
        choice[s] = policy.isDeterministic() ? policy.mode(s) : -1;
        for (int a = 0; a < actions; a++) {
          boolean better = choice[s] < 0 || q[s * actions + a] > q[s * actions + choice[s]] + 1e-12;
          if (isAdmissible(s, a) && better) {
            choice[s] = a;
          }
        }
        choice[s] = Math.max(choice[s], 0);
      }
      TabularPolicy improved = TabularPolicy.deterministic(choice, actions);
      if (improved.equals(policy)) {
        return policy;
      }
      policy = improved;
    }
    throw new IllegalStateException("Policy iteration did not settle in 1000 rounds.");
  }

  /**
   * Draws a log: independent episodes of a behavior policy with its exact propensities, and masks
   * if this world has them.
   *
   * @param maxSteps after so many steps an episode is truncated; its final observation is kept
   */
  public TransitionColumns log(TabularPolicy behavior, int episodes, int maxSteps, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(observationSpace(), actionSpace(), masked, true);
    for (int e = 0; e < episodes; e++) {
      log.beginEpisode(Integer.toString(e));
      int state = start(random);
      for (int step = 0; ; step++) {
        int action = behavior.sample(state, random);
        Outcome outcome = outcome(state, action, random);
        log.addStep(
            new float[0],
            code(state),
            maskOf(state),
            action,
            outcome.reward(),
            behavior.probability(state, action));
        state = outcome.next();
        if (terminal[state]) {
          log.endEpisode(true);
          break;
        }
        if (step + 1 >= maxSteps) {
          log.endEpisodeWithFinalObservation(false, new float[0], code(state), maskOf(state));
          break;
        }
      }
    }
    return log.build();
  }

  /** Draws a state in which an episode starts. */
  public int start(SplittableRandom random) {
    return draw(initial, 0, states, random);
  }

  /** Draws what an action leads to in a state that is not terminal. */
  public Outcome outcome(int state, int action, SplittableRandom random) {
    int pair = state * actions + action;
    int i = first[pair] + draw(probability, first[pair], first[pair + 1], random);
    return new Outcome(next[i], reward[i]);
  }

  /**
   * What an action led to.
   *
   * @param next the state entered
   * @param reward paid on the way
   */
  public record Outcome(int next, double reward) {}

  private double[] backup(double[] values, double discount) {
    double[] q = new double[states * actions];
    for (int pair = 0; pair < q.length; pair++) {
      for (int i = first[pair]; i < first[pair + 1] && !terminal[pair / actions]; i++) {
        double future = terminal[next[i]] ? 0 : values[next[i]];
        q[pair] += probability[i] * (reward[i] + discount * future);
      }
    }
    return q;
  }

  private boolean[] maskOf(int state) {
    return masked
        ? Arrays.copyOfRange(admissible, state * actions, (state + 1) * actions)
        : new boolean[0];
  }

  private static int[] code(int state) {
    return new int[] {state + 1};
  }

  private static int draw(double[] weights, int from, int to, SplittableRandom random) {
    double u = random.nextDouble();
    int last = from;
    for (int i = from; i < to; i++) {
      if (weights[i] > 0) {
        last = i;
        u -= weights[i];
        if (u < 0) {
          return i - from;
        }
      }
    }
    return last - from; // rounding left a crumb of probability
  }

  /** Gaussian elimination with partial pivoting on rows [A | b]; the rows are used up. */
  private static double[] solve(double[][] rows) {
    int n = rows.length;
    for (int column = 0; column < n; column++) {
      int pivot = column;
      for (int i = column + 1; i < n; i++) {
        if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) {
          pivot = i;
        }
      }
      double[] swap = rows[column];
      rows[column] = rows[pivot];
      rows[pivot] = swap;
      double[] top = rows[column];
      if (Math.abs(top[column]) < 1e-12) {
        throw new IllegalArgumentException(
            "The values have no unique solution: under this policy an episode may never end, which needs a discount below 1.");
      }
      for (int i = column + 1; i < n; i++) {
        double factor = rows[i][column] / top[column];
        for (int j = column; factor != 0 && j <= n; j++) {
          rows[i][j] -= factor * top[j];
        }
      }
    }
    double[] x = new double[n];
    for (int i = n - 1; i >= 0; i--) {
      double sum = rows[i][n];
      for (int j = i + 1; j < n; j++) {
        sum -= rows[i][j] * x[j];
      }
      x[i] = sum / rows[i][i];
    }
    return x;
  }

  private static void requireSumOne(double sum, String what) {
    if (!(Math.abs(sum - 1) <= TOLERANCE)) {
      throw new IllegalArgumentException(what + " sum to " + sum + ", not 1.");
    }
  }

  /** Collects the parts of a world. */
  public static final class Builder {
    private final int states;
    private final int actions;
    private final double[] initial;
    private final boolean[] terminal;
    private final boolean[] admissible;
    private boolean masked;
    private int size;
    private int[] pair = new int[256];
    private int[] next = new int[256];
    private double[] probability = new double[256];
    private double[] reward = new double[256];

    /** An empty world of so many states and actions. */
    public Builder(int states, int actions) {
      this.states = states;
      this.actions = actions;
      initial = new double[states];
      terminal = new boolean[states];
      admissible = new boolean[states * actions];
    }

    /** Episodes start in the state with this probability. */
    public Builder initial(int state, double startProbability) {
      initial[state] = startProbability;
      return this;
    }

    /** Entering the state ends the episode. */
    public Builder terminal(int state) {
      terminal[state] = true;
      return this;
    }

    /**
     * The action is admissible in the state; once said of any pair, pairs of which it is not said
     * are inadmissible.
     */
    public Builder admissible(int state, int action) {
      masked = true;
      admissible[state * actions + action] = true;
      return this;
    }

    /**
     * The action leads from the state to {@code to} with this probability and pays this reward on
     * the way.
     */
    public Builder transition(
        int state, int action, int to, double outcomeProbability, double outcomeReward) {
      if (size == pair.length) {
        pair = Arrays.copyOf(pair, size * 2);
        next = Arrays.copyOf(next, size * 2);
        probability = Arrays.copyOf(probability, size * 2);
        reward = Arrays.copyOf(reward, size * 2);
      }
      pair[size] = state * actions + action;
      next[size] = to;
      probability[size] = outcomeProbability;
      reward[size] = outcomeReward;
      size++;
      return this;
    }

    /** The world; fails unless all probabilities sum to 1. */
    public TabularMdp build() {
      return new TabularMdp(this);
    }
  }
}
