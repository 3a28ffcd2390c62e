package dev.hindcast.evaluation.interval;

import dev.hindcast.core.config.Require;

/**
 * Intervals around a running mean that hold at every later moment at once, in the sense in which
 * the central limit theorem holds: an asymptotic confidence sequence. Waudby-Smith, Arbour, Sinha,
 * Kennedy, Ramdas (2024), arXiv:2103.06476, Theorem 2.2 (two-sided) and its appendix B (one-sided);
 * sheet section 10.6a.
 *
 * <p><b>What it needs</b>: independent numbers with more than two moments, and enough of them
 * before the first look; no bounds on anything, and only their count, mean and standard deviation,
 * which merge. Estimates that are smooth functions of means (self-normalized ones) enter by the
 * standard deviation of their influence. <b>What it gives up</b>: it promises nothing for a sample
 * in which the heaviest weights have not come up yet. {@link BernsteinSequence} does.
 *
 * @param rhoSquared where the intervals are tightest, above 0
 */
public record AsymptoticSequence(double rhoSquared) {
  /** Checks the range. */
  public AsymptoticSequence {
    Require.positive("rhoSquared", rhoSquared);
  }

  /** Tightest after so many numbers; ibid., appendix B, in closed form. */
  public static AsymptoticSequence tightestAt(double count, double error) {
    double twice = -2 * Math.log(error);
    return new AsymptoticSequence((twice + Math.log1p(twice)) / count);
  }

  /**
   * Half the width of the two-sided interval.
   *
   * @param count how many numbers there are, above 0
   * @param deviation their standard deviation
   * @param error the probability that the mean is ever outside, in (0, 1)
   */
  public double twoSided(double count, double deviation, double error) {
    double v = count * rhoSquared + 1;
    return reach(count, deviation, Math.log(Math.sqrt(v) / error));
  }

  /** How far below the mean the one-sided lower bound lies, or above it the upper one. */
  public double oneSided(double count, double deviation, double error) {
    double v = count * rhoSquared + 1;
    return reach(count, deviation, Math.log1p(Math.sqrt(v) / (2 * error)));
  }

  private double reach(double count, double deviation, double log) {
    return deviation * Math.sqrt(2 * (count * rhoSquared + 1) / (count * count * rhoSquared) * log);
  }
}
