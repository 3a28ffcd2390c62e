package dev.hindcast.training.loop;

import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.TrainingStopped;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Stops a run whose figures say that going on is pointless. Learners declare nothing; the names of
 * their figures decide what is looked at:
 *
 * <ul>
 *   <li>{@code value}, {@code value_...} and {@code q_...}, unless they end in {@code _loss} or
 *       {@code _gate}, are predicted returns. None can be beyond {@link Experience#greatestReturn};
 *       twice that plus one is allowed, as fitting overshoots, and a peak may pass, but not stay.
 *   <li>{@code ..._gate} is the share of a batch that a gate lets through. One that stays 0 has cut
 *       off what it guards for good.
 * </ul>
 *
 * <p>A value on another scale than the rewards, such as one with an entropy bonus, goes by another
 * name. What is counted here is part of a checkpoint. Belongs to one run.
 */
public final class Alarms {
  private static final int PATIENCE_WITH_VALUES = 100;
  private static final int PATIENCE_WITH_GATES = 1_000;

  private final boolean on;
  private final double largestReturn;
  private final Map<String, Integer> inARow = new TreeMap<>();

  private Alarms(boolean on, double largestReturn) {
    this.on = on;
    this.largestReturn = largestReturn;
  }

  /** Alarms for training on these steps, with the rewards as the learner sees them. */
  public static Alarms of(Experience experience) {
    return new Alarms(true, experience.greatestReturn());
  }

  /** None at all. */
  public static Alarms off() {
    return new Alarms(false, Double.POSITIVE_INFINITY);
  }

  /**
   * Looks at the figures of one update. A figure that is not among them is left as it stood: some
   * are made in every second update only.
   *
   * @throws TrainingStopped with the reason
   */
  void check(Losses losses) {
    if (!on) {
      return;
    }
    losses
        .values()
        .forEach(
            (name, value) -> {
              if (isGate(name)) {
                checkGate(name, value);
              } else if (isValue(name)) {
                checkValue(name, value);
              }
            });
  }

  private void checkValue(String name, double value) {
    double allowed = 2 * largestReturn + 1;
    if (count(name, Math.abs(value) > allowed) >= PATIENCE_WITH_VALUES) {
      throw new TrainingStopped(
          String.format(
              Locale.ROOT,
              "its %s has been beyond %.4g for %,d updates in a row (now %.4g), but with these rewards and this discount no return can be beyond %.4g. The critic diverges: try a lower learning-rate, polyak or discount. train.alarms: false trains on regardless.",
              name.replace('_', ' '),
              allowed,
              PATIENCE_WITH_VALUES,
              value,
              largestReturn));
    }
  }

  private void checkGate(String name, double share) {
    if (count(name, share == 0) >= PATIENCE_WITH_GATES) {
      throw new TrainingStopped(
          String.format(
              Locale.ROOT,
              "its %s has been 0 for %,d updates in a row, so what stands behind it no longer learns from any step. Look at how value and Q compare in metrics.jsonl, and at the scale of the rewards. train.alarms: false trains on regardless.",
              name.replace('_', ' '),
              PATIENCE_WITH_GATES));
    }
  }

  /** How often in a row this has held. */
  private int count(String name, boolean holds) {
    int times = holds ? inARow.getOrDefault(name, 0) + 1 : 0;
    inARow.put(name, times);
    return times;
  }

  /** Whether a figure of this name predicts returns. */
  static boolean isValue(String name) {
    return (name.equals("value") || name.startsWith("value_") || name.startsWith("q_"))
        && !name.endsWith("_loss")
        && !isGate(name);
  }

  private static boolean isGate(String name) {
    return name.endsWith("_gate");
  }

  /** What a checkpoint keeps. */
  State state() {
    return new State(new TreeMap<>(inARow));
  }

  void restore(State state) {
    inARow.clear();
    inARow.putAll(state.inARow());
  }

  record State(Map<String, Integer> inARow) implements Serializable {}
}
