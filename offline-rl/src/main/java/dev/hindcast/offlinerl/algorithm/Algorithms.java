package dev.hindcast.offlinerl.algorithm;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The catalogue of neural algorithms. A new one is one file and one line here. */
public final class Algorithms {
  /** What an algorithm yields. */
  public enum Yields {
    /** A policy. */
    POLICY,
    /** The values of actions under a given target policy. */
    Q_FUNCTION
  }

  /** Which steps it can learn from. */
  public enum Uses {
    /** All of them. */
    ALL_STEPS,
    /** Those whose episode ended there or whose next observation is in the log. */
    STEPS_WITH_NEXT_OBSERVATION
  }

  /**
   * One algorithm.
   *
   * @param name what configs call it
   * @param description one line for people
   * @param defaults its own settings, each with its default
   * @param yields what comes out
   * @param uses what goes in
   * @param constructor makes it
   */
  public record Entry<C extends Record>(
      String name,
      String description,
      C defaults,
      Yields yields,
      Uses uses,
      BiFunction<Setting, C, Learner> constructor) {
    /** The learner with these settings, which must be of this entry's kind. */
    @SuppressWarnings("unchecked")
    public Learner learner(Setting setting, Record config) {
      return constructor.apply(setting, (C) defaults.getClass().cast(config));
    }
  }

  private static final List<Entry<?>> ALL =
      List.of(
          new Entry<>(
              "behavior-cloning",
              "Imitates the logged actions (maximum likelihood).",
              BehaviorCloning.Config.DEFAULT,
              Yields.POLICY,
              Uses.ALL_STEPS,
              BehaviorCloning::new),
          new Entry<>(
              "iql",
              "Implicit Q-learning: improves on the log without asking about actions outside it.",
              Iql.Config.DEFAULT,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Iql::new),
          new Entry<>(
              "fitted-q-evaluation",
              "Learns what actions are worth under a target policy; doubly robust estimates need it.",
              FittedQEvaluation.Config.DEFAULT,
              Yields.Q_FUNCTION,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              FittedQEvaluation::new));

  private Algorithms() {}

  /** All of them, in the order people should read them. */
  public static List<Entry<?>> all() {
    return ALL;
  }

  /** The algorithm of a name. */
  public static Optional<Entry<?>> named(String name) {
    return ALL.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }
}
