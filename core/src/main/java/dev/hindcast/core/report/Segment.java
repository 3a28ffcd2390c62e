package dev.hindcast.core.report;

import java.util.List;
import java.util.Optional;

/**
 * What policies are worth to some of the episodes: those that begin alike in one column.
 *
 * @param column the column of the dataset
 * @param name what its value is there: a category, or a range in words
 * @param kind {@code category}, {@code range}, {@code unknown} (not in the dictionary), {@code
 *     missing} (no number), or {@code other} (all that are too rare to stand alone)
 * @param episodes how many there are
 * @param policies one for each policy of the report, in its order
 */
public record Segment(
    String column, String name, String kind, long episodes, List<PolicyValue> policies) {
  /** Copies the list. */
  public Segment {
    policies = List.copyOf(policies);
  }

  /**
   * What one policy is worth there.
   *
   * @param policy its name
   * @param effectiveSampleSize of the weights of these episodes
   * @param value the expected return of such an episode
   * @param difference to the incumbent; absent for the incumbent
   * @param absentBecause why there is no value
   */
  public record PolicyValue(
      String policy,
      Optional<Double> effectiveSampleSize,
      Optional<Ranged> value,
      Optional<Difference> difference,
      Optional<String> absentBecause) {}

  /**
   * How much more a policy is worth there than the incumbent, paired by episode.
   *
   * @param value the difference
   * @param lower the lower end of its interval, which knows of no other segment
   * @param upper the upper end
   * @param shrunk the difference drawn towards that of the column's other segments, as far as
   *     chance may have set it apart from them
   * @param adjustedP the probability of such a difference by chance, adjusted for the number of
   *     segments looked at
   * @param standsOut {@code better} or {@code worse} where that is small; otherwise absent
   */
  public record Difference(
      double value,
      double lower,
      double upper,
      Ranged shrunk,
      double adjustedP,
      Optional<String> standsOut) {}
}
