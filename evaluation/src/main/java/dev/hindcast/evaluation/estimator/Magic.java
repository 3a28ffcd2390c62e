package dev.hindcast.evaluation.estimator;

import java.util.Arrays;

/**
 * A blend of the direct method and weighted doubly robust, and of what lies between them: estimates
 * that correct the Q-function up to some step and believe it afterwards. The blend is that of least
 * mean squared error, bias and variance being estimated from the log. Thomas, Brunskill (2016),
 * "MAGIC".
 *
 * <p>Partial estimates correct 0, 1, 2, 4, 8, ... and all steps, at most {@value #MOST} of them.
 * Their covariance is that of bootstrap replicates. Before {@link #settled} has chosen, this is
 * weighted doubly robust. Once chosen, the blend is fixed: intervals know its variance, but neither
 * the choice nor the bias it accepts.
 *
 * <p>Departs: the bias of a partial estimate is its distance from weighted doubly robust, where the
 * paper takes the distance from an interval around that. An interval lets a Q-function in whose
 * bias is just too small to be seen, and the error then exceeds that of weighted doubly robust by
 * up to a third; the distance itself gains less where the Q-function is right and loses at most a
 * tenth where it is not ({@code docs/algorithms/magic.md}).
 */
final class Magic implements Estimator {
  private static final long serialVersionUID = 1L;
  static final int MOST = 10;

  private final SelfNormalizedDoublyRobust parts;
  private final int horizon;
  private final int[] corrected; // steps, of each partial estimate, ascending
  private final double[] blend;

  Magic(int horizon, double discount) {
    this.parts = new SelfNormalizedDoublyRobust(horizon, discount);
    this.horizon = horizon;
    corrected = corrected(horizon);
    blend = new double[corrected.length];
    blend[blend.length - 1] = 1;
  }

  private Magic(Magic unsettled, double[] blend) {
    parts = unsettled.parts;
    horizon = unsettled.horizon;
    corrected = unsettled.corrected;
    this.blend = blend;
  }

  private static int[] corrected(int horizon) {
    int[] steps = new int[MOST];
    int size = 1;
    for (int count = 1; count < horizon && size < MOST - 1; count *= 2) {
      steps[size++] = count;
    }
    steps[size++] = horizon;
    return Arrays.copyOf(steps, size);
  }

  @Override
  public int termCount() {
    return parts.termCount();
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    return parts.terms(episode);
  }

  @Override
  public double value(double[] meanTerms) {
    double[] partials = partials(meanTerms);
    double sum = 0;
    for (int j = 0; j < blend.length; j++) {
      sum += blend[j] == 0 ? 0 : blend[j] * partials[j];
    }
    return sum;
  }

  @Override
  public double[] gradient(double[] meanTerms) {
    double[] share = new double[horizon];
    double later = 0;
    int j = blend.length - 1;
    for (int t = horizon - 1; t >= 0; t--) {
      for (; corrected[j] > t; j--) {
        later += blend[j];
      }
      share[t] = later;
    }
    return parts.gradient(meanTerms, share);
  }

  /** (partial estimates) Of 0, 1, 2, 4, ... and all steps corrected. */
  double[] partials(double[] meanTerms) {
    double[] all = parts.partials(meanTerms);
    return Arrays.stream(corrected).mapToDouble(steps -> all[steps]).toArray();
  }

  /** (partial estimates) How much of each is in the blend. */
  double[] blend() {
    return blend.clone();
  }

  @Override
  public Magic settled(double[] meanTerms, Replicates replicates) {
    double[] here = partials(meanTerms);
    double[][] drawn = new double[replicates.count()][];
    int defined = 0;
    for (int b = 0; b < drawn.length; b++) {
      double[] partials = partials(replicates.meanTerms(b));
      if (isFinite(partials)) {
        drawn[defined++] = partials;
      }
    }
    if (!isFinite(here) || defined < 2) {
      return this;
    }
    drawn = Arrays.copyOf(drawn, defined);
    double[][] errors = covariance(drawn);
    double[] bias = Arrays.stream(here).map(partial -> partial - here[here.length - 1]).toArray();
    for (int j = 0; j < bias.length; j++) {
      for (int k = 0; k < bias.length; k++) {
        errors[j][k] += bias[j] * bias[k]; // the outer product: a blend's biases add up
      }
    }
    return new Magic(this, LeastSquareBlend.of(errors));
  }

  private static double[][] covariance(double[][] drawn) {
    int size = drawn[0].length;
    double[] mean = new double[size];
    for (double[] partials : drawn) {
      for (int j = 0; j < size; j++) {
        mean[j] += partials[j] / drawn.length;
      }
    }
    double[][] covariance = new double[size][size];
    for (double[] partials : drawn) {
      for (int j = 0; j < size; j++) {
        for (int k = 0; k < size; k++) {
          covariance[j][k] +=
              (partials[j] - mean[j]) * (partials[k] - mean[k]) / (drawn.length - 1);
        }
      }
    }
    return covariance;
  }

  private static boolean isFinite(double[] partials) {
    return Arrays.stream(partials).allMatch(Double::isFinite);
  }
}
