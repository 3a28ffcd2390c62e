package dev.hindcast.evaluation.estimator;

import java.util.Arrays;

/**
 * Doubly robust with weights divided, step by step, by their sum over all episodes; also known as
 * weighted doubly robust. Consistent, usually with far less variance. The weight before the first
 * step is 1/n. Thomas, Brunskill (2016).
 */
final class SelfNormalizedDoublyRobust implements Estimator {
  private static final long serialVersionUID = 1L;

  private final double discount;
  private final int horizon;
  private final StepWeights weights;

  // Terms: γ^t W_t (r_t - q_t) for each step, then γ^t W_{t-1} v_t for each step and one beyond
  // (the tail of a truncated episode), then the weights.
  SelfNormalizedDoublyRobust(int horizon, double discount) {
    this.discount = discount;
    this.horizon = horizon;
    this.weights = new StepWeights(horizon, 2 * horizon + 1);
  }

  @Override
  public int termCount() {
    return 2 * horizon + 1 + weights.termCount();
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double[] terms = new double[termCount()];
    weights.put(episode, terms);
    double factor = 1;
    for (int t = 0; t < episode.length(); t++) {
      terms[t] = factor * episode.weight(t) * (episode.reward(t) - episode.q(t));
      terms[horizon + t] = factor * episode.weight(t - 1) * episode.v(t);
      factor *= episode.discount(t, discount);
    }
    terms[horizon + episode.length()] = factor * episode.finalWeight() * episode.tail();
    return terms;
  }

  @Override
  public double value(double[] meanTerms) {
    double[] partials = partials(meanTerms);
    return partials[horizon];
  }

  /**
   * (horizon + 1) The estimates that correct the first so many steps and believe the Q-function
   * about all that follows; the first is the direct method, the last this estimator itself.
   */
  double[] partials(double[] meanTerms) {
    double[] mean = weights.means(meanTerms);
    double[] partials = new double[horizon + 1];
    partials[0] = meanTerms[horizon];
    for (int t = 0; t < horizon; t++) {
      partials[t + 1] = partials[t] + (meanTerms[t] + meanTerms[horizon + t + 1]) / mean[t];
    }
    return partials;
  }

  @Override
  public double[] gradient(double[] meanTerms) {
    double[] share = new double[horizon];
    Arrays.fill(share, 1);
    return gradient(meanTerms, share);
  }

  /**
   * The gradient of a blend of partial estimates.
   *
   * @param share (horizon) the weight of those partial estimates that correct each step, in [0, 1]
   */
  double[] gradient(double[] meanTerms, double[] share) {
    double[] mean = weights.means(meanTerms);
    double[] gradient = new double[termCount()];
    double[] byWeight = new double[horizon];
    gradient[horizon] = 1;
    for (int t = 0; t < horizon; t++) {
      if (share[t] == 0) {
        continue; // whatever the step's weights are
      }
      gradient[t] = share[t] / mean[t];
      gradient[horizon + t + 1] = share[t] / mean[t];
      byWeight[t] = -share[t] * (meanTerms[t] + meanTerms[horizon + t + 1]) / (mean[t] * mean[t]);
    }
    weights.putGradient(byWeight, gradient);
    return gradient;
  }
}
