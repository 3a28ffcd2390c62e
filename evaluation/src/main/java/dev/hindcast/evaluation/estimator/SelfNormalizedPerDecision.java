package dev.hindcast.evaluation.estimator;

/**
 * Weighs each reward by the ratios up to its own step and divides, step by step, by the weights of
 * all episodes: {@code sum_t γ^t [ sum_i W_t r_t / sum_i W_t ]}. Consistent; ended episodes keep
 * their last weight in the divisor (sheet section 7.1).
 */
final class SelfNormalizedPerDecision implements Estimator {
  private static final long serialVersionUID = 1L;

  private final double discount;
  private final int horizon;
  private final StepWeights weights;

  SelfNormalizedPerDecision(int horizon, double discount) {
    this.discount = discount;
    this.horizon = horizon;
    this.weights = new StepWeights(horizon, horizon);
  }

  @Override
  public int termCount() {
    return horizon + weights.termCount();
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double[] terms = new double[termCount()];
    weights.put(episode, terms);
    double factor = 1;
    for (int t = 0; t < episode.length(); t++) {
      terms[t] = factor * episode.weight(t) * episode.reward(t);
      factor *= episode.discount(t, discount);
    }
    return terms;
  }

  @Override
  public double value(double[] meanTerms) {
    double[] mean = weights.means(meanTerms);
    double sum = 0;
    for (int t = 0; t < horizon; t++) {
      sum += meanTerms[t] / mean[t];
    }
    return sum;
  }

  @Override
  public double[] gradient(double[] meanTerms) {
    double[] mean = weights.means(meanTerms);
    double[] gradient = new double[termCount()];
    double[] byWeight = new double[horizon];
    for (int t = 0; t < horizon; t++) {
      gradient[t] = 1 / mean[t];
      byWeight[t] = -meanTerms[t] / (mean[t] * mean[t]);
    }
    weights.putGradient(byWeight, gradient);
    return gradient;
  }
}
