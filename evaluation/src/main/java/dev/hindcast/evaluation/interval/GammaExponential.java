package dev.hindcast.evaluation.interval;

import dev.hindcast.core.config.Require;
import org.hipparchus.analysis.solvers.AllowedSolution;
import org.hipparchus.analysis.solvers.BracketingNthOrderBrentSolver;
import org.hipparchus.special.Gamma;

/**
 * How far the sum of centered numbers may drift, whatever moment one looks, before chance explains
 * it no more: the gamma-exponential mixture. Howard, Ramdas, McAuliffe, Sekhon (2021),
 * arXiv:1810.08240, Proposition 9; sheet section 10.6b.
 *
 * <p>A bet grows to {@code exp(λ S - (-ln(1-λ) - λ) V)}, with S the sum and V its spread, and in
 * expectation does not grow at all (Fan, Grama, Liu 2015) as long as no number falls short of its
 * prediction by more than 1. Mixed over λ by a gamma density, its logarithm has a closed form. By
 * Ville's inequality it ever exceeds {@code ln(1/error)} with probability at most {@code error}.
 *
 * @param rho where the mixture is sharpest, in units of V, above 0
 */
public record GammaExponential(double rho) {
  private static final int MOST_STEPS = 500;

  /** Checks the range. */
  public GammaExponential {
    Require.positive("rho", rho);
  }

  /**
   * The mixture that is sharpest near a spread; ibid., section 3.5.
   *
   * @param spread V, above 0
   * @param error in (0, 1)
   */
  public static GammaExponential sharpestAt(double spread, double error) {
    double twice = -2 * Math.log(error);
    return new GammaExponential(spread / (twice + Math.log1p(twice)));
  }

  /**
   * The logarithm of what a bet of 1 has become.
   *
   * @param sum S, at least 0
   * @param spread V, at least 0
   */
  public double logWealth(double sum, double spread) {
    double shape = spread + rho;
    return sum
        + spread
        + rho * Math.log(rho)
        - shape * Math.log(sum + shape)
        + logLowerGamma(shape, sum + shape)
        - logLowerGamma(rho, rho);
  }

  /**
   * The sum at which the wealth reaches 1/error; it grows with the spread.
   *
   * @param spread V, at least 0
   * @param error in (0, 1)
   */
  public double boundary(double spread, double error) {
    double target = -Math.log(error);
    double high = 1 + Math.sqrt(2 * (spread + rho) * target) + target;
    while (logWealth(high, spread) < target) {
      high *= 2;
    }
    return new BracketingNthOrderBrentSolver(1e-13, 1e-12, 5)
        .solve(
            MOST_STEPS,
            sum -> logWealth(sum, spread) - target,
            0,
            high,
            AllowedSolution.RIGHT_SIDE); // on the safe side
  }

  /** The logarithm of the unregularized lower incomplete gamma function. */
  private static double logLowerGamma(double shape, double x) {
    return Math.log(Gamma.regularizedGammaP(shape, x)) + Gamma.logGamma(shape);
  }
}
