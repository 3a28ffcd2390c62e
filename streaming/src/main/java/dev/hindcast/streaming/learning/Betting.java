package dev.hindcast.streaming.learning;

import dev.hindcast.core.config.Require;

/**
 * Tests whether numbers in [0, 1] that come one after the other have a mean of at most a bound, by
 * betting against it: whoever holds 1 at the beginning and stakes a fraction on every number being
 * above the bound cannot, if it is not, ever hold {@code 1 / error} with a probability of more than
 * the error (Ville, 1939; Waudby-Smith, Ramdas, 2024, Estimating means of bounded random variables
 * by betting, section 4). It may be looked at after every number. What is held is the mean of
 * several gamblers, each with a fraction of its own.
 */
final class Betting {
  private static final double[] FRACTIONS = {1 / 32.0, 1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0};

  private final double bound;
  private final double[] logs = new double[FRACTIONS.length];
  private double greatest;

  /**
   * Against a mean of at most this.
   *
   * @param bound in (0, 1]; a mean in [0, 1] is never above 1
   */
  Betting(double bound) {
    Require.that(bound > 0, "A bound of " + bound + " is exceeded by any number above 0.");
    this.bound = Math.min(1, bound);
  }

  /** One more number, in [0, 1]. */
  void see(double number) {
    for (int i = 0; i < logs.length; i++) {
      logs[i] += Math.log1p(FRACTIONS[i] / bound * (number - bound));
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(Math.min(log, 700));
    }
    greatest = Math.max(greatest, sum / logs.length);
  }

  /** Whether the mean is above the bound, or something of this probability has happened. */
  boolean rejects(double error) {
    return greatest >= 1 / error;
  }
}
