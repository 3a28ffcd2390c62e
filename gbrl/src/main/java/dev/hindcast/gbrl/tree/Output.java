package dev.hindcast.gbrl.tree;

import dev.hindcast.core.config.Require;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One output of an ensemble.
 *
 * @param name what it is, for explanations: {@code action 3}, {@code value}
 * @param intercept what it is before any tree
 * @param rate what the growth's rate is multiplied by for this output, above 0: how an actor and a
 *     critic that share trees learn at different rates
 */
public record Output(String name, float intercept, double rate) {
  /** Checks the ranges. */
  public Output {
    Require.that(Float.isFinite(intercept), "The intercept of output " + name + " is no number.");
    Require.positive("rate of output " + name, rate);
  }

  /** One that starts at 0 and learns at the growth's own rate. */
  public static Output named(String name) {
    return new Output(name, 0, 1);
  }

  /** So many with a common first word, numbered from 0. */
  public static List<Output> numbered(String word, int count) {
    return IntStream.range(0, count).mapToObj(i -> named(word + " " + i)).toList();
  }

  /** The same with another intercept. */
  public Output startingAt(float start) {
    return new Output(name, start, rate);
  }

  /** The same at another rate. */
  public Output atRate(double relative) {
    return new Output(name, intercept, relative);
  }
}
