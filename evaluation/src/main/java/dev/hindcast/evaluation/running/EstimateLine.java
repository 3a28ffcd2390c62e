package dev.hindcast.evaluation.running;

import java.util.List;
import java.util.Optional;

/**
 * What a window says of one policy, and all windows so far. Figures that cannot be computed are
 * absent. {@code docs/spec/estimates.md} is the contract.
 *
 * @param from where the window begins, ISO 8601
 * @param to where it ends
 * @param policy who is judged
 * @param role {@code champion} or {@code challenger}
 * @param estimator its catalogue name
 * @param window of this window alone; its interval is for one look
 * @param soFar since bounds began; its interval holds at every moment together
 * @param since when that was: where the first window of it begins
 * @param sequence what its bounds are made by
 * @param difference to the champion, since bounds began; absent for the champion
 * @param verdict {@code above-gate}, {@code below-gate}, {@code better}, {@code worse} or {@code
 *     undecided}; absent for a champion without a gate
 * @param alarms which are raised now, by name
 * @param changes alarms that began with this window, or are over with it
 * @param outsideReturns how many episodes of the window had a return outside of the known range
 */
public record EstimateLine(
    String from,
    String to,
    String policy,
    String role,
    String estimator,
    Figures window,
    Figures soFar,
    String since,
    String sequence,
    Optional<Difference> difference,
    Optional<String> verdict,
    List<String> alarms,
    List<Alarm> changes,
    long outsideReturns) {
  /** Copies the lists. */
  public EstimateLine {
    alarms = List.copyOf(alarms);
    changes = List.copyOf(changes);
  }

  /** The word for the policy in charge. */
  public static final String CHAMPION = "champion";

  /**
   * Figures of some episodes.
   *
   * @param episodes how many there are
   * @param estimate what the policy is worth
   * @param standardError of the estimate
   * @param lower the lower end of the interval
   * @param upper the upper end
   * @param effectiveSampleSize how many equally weighted episodes the weighted ones amount to
   * @param meanWeight which is 1 where propensities are right
   * @param largestWeight of any episode
   */
  public record Figures(
      long episodes,
      Optional<Double> estimate,
      Optional<Double> standardError,
      Optional<Double> lower,
      Optional<Double> upper,
      Optional<Double> effectiveSampleSize,
      Optional<Double> meanWeight,
      double largestWeight) {}

  /**
   * How much more a challenger is worth than the champion, by the same episodes.
   *
   * @param estimate the difference
   * @param lower the lower end of its interval
   * @param upper the upper end
   */
  public record Difference(
      Optional<Double> estimate, Optional<Double> lower, Optional<Double> upper) {}
}
