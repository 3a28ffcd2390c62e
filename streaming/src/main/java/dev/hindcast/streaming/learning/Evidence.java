package dev.hindcast.streaming.learning;

import dev.hindcast.core.config.Require;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the rewards of intervals say about whether an interval may be learned from: plain
 * arithmetic.
 *
 * <p>The k-th interval is tested with an error of {@code error / (k (k + 1))} in all, so over a run
 * of any length the probability of a false alarm is at most the error, as long as episodes are
 * independent given the past, strange rewards are as rare as stated, and the mean reward of an
 * interval differs from the mean of those before by no more than is tolerated. An episode counts by
 * the mean reward of its steps, cut to the range: its steps are not independent.
 */
final class Evidence {
  private static final int TESTS = 3; // strange rewards, higher ones, lower ones

  private Evidence() {}

  /**
   * What rewards were like before the stream.
   *
   * @param least of them
   * @param greatest of them
   */
  record Range(double least, double greatest) {
    Range {
      Require.that(
          greatest > least,
          "All rewards of the dataset are " + least + ": there is nothing to learn from them.");
    }

    boolean holds(double reward) {
      return reward >= least && reward <= greatest; // false for NaN
    }

    /** In [0, 1]. */
    double unit(double reward) {
      return Double.isNaN(reward)
          ? 0
          : Math.min(1, Math.max(0, (reward - least) / (greatest - least)));
    }
  }

  /**
   * The rewards of one interval.
   *
   * @param means of each episode, as shares of the range, in [0, 1]
   * @param strange whether each episode had a reward beyond the range
   */
  @SuppressWarnings("ArrayRecordComponent") // looked at once, never compared
  record Rewards(double[] means, boolean[] strange) {
    double mean() {
      double sum = 0;
      for (double mean : means) {
        sum += mean;
      }
      return means.length == 0 ? 0 : sum / means.length;
    }
  }

  /** How alarms are set. */
  record Limits(double strangeShare, double tolerance, double error) {}

  /**
   * Why an interval should not be learned from, in words; empty when nothing speaks against it.
   *
   * @param interval its number, from 1
   * @param before the mean rewards of intervals before, as shares of the range; none to compare
   *     with nothing
   */
  static Optional<String> against(
      long interval, Rewards rewards, List<Double> before, Limits limits) {
    double error = limits.error() / ((double) interval * (interval + 1)) / TESTS;
    Betting strange = new Betting(limits.strangeShare());
    int strangers = 0;
    for (boolean isStrange : rewards.strange()) {
      strange.see(isStrange ? 1 : 0);
      strangers += isStrange ? 1 : 0;
    }
    if (strange.rejects(error)) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%.1f %% of its %,d episodes have a reward beyond all of the dataset's, and more than %.1f %% are not taken for normal",
              100.0 * strangers / rewards.strange().length,
              rewards.strange().length,
              100 * limits.strangeShare()));
    }
    return before.isEmpty() ? Optional.empty() : drift(rewards, before, limits, error);
  }

  private static Optional<String> drift(
      Rewards rewards, List<Double> before, Limits limits, double error) {
    double reference = before.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    Betting above = new Betting(Math.min(1, reference + limits.tolerance()));
    Betting below = new Betting(Math.min(1, 1 - reference + limits.tolerance()));
    for (double mean : rewards.means()) {
      above.see(mean);
      below.see(1 - mean);
    }
    if (!above.rejects(error) && !below.rejects(error)) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "its mean reward is %.3f of the range of rewards, that of the %d before %.3f, and a difference of more than %.3f is not taken for normal",
            rewards.mean(),
            before.size(),
            reference,
            limits.tolerance()));
  }

  /** (Σw)² / (n Σw²), in (0, 1]; 0 where all weights are 0 or one is no number. */
  static double effectiveShare(double[] weights) {
    double sum = 0;
    double squares = 0;
    for (double weight : weights) {
      sum += weight;
      squares += weight * weight;
    }
    double share = sum * sum / (weights.length * squares);
    return Double.isFinite(share) ? share : 0;
  }
}
