package dev.hindcast.evaluation.estimator;

/**
 * Weighs each reward by the ratio of its own step and divides, position by position, by the ratios
 * of all slates that have it: {@code sum_t γ^t P(slates have t) [ sum_i ρ_t r_t / sum_i ρ_t ]}.
 * Consistent where {@link IndependentPositions} is unbiased.
 *
 * <p>Terms: {@code γ^t ρ_t r_t}, then {@code ρ_t}, then 1, each for every step of the horizon.
 *
 * @param horizon positions of the longest slate
 * @param discount γ, the weight of a position against the one before
 */
record SelfNormalizedPositions(int horizon, double discount) implements Estimator {
  @Override
  public int termCount() {
    return 3 * horizon;
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double[] terms = new double[termCount()];
    double factor = 1;
    for (int t = 0; t < episode.length(); t++) {
      terms[t] = factor * episode.ratio(t) * episode.reward(t);
      terms[horizon + t] = episode.ratio(t);
      terms[2 * horizon + t] = 1;
      factor *= episode.discount(t, discount);
    }
    return terms;
  }

  @Override
  public double value(double[] meanTerms) {
    double sum = 0;
    for (int t = 0; t < horizon; t++) {
      double present = meanTerms[2 * horizon + t];
      sum += present == 0 ? 0 : present * meanTerms[t] / meanTerms[horizon + t];
    }
    return sum;
  }

  @Override
  public double[] gradient(double[] meanTerms) {
    double[] gradient = new double[termCount()];
    for (int t = 0; t < horizon; t++) {
      double present = meanTerms[2 * horizon + t];
      if (present > 0) {
        double weight = meanTerms[horizon + t];
        gradient[t] = present / weight;
        gradient[horizon + t] = -present * meanTerms[t] / (weight * weight);
        gradient[2 * horizon + t] = meanTerms[t] / weight;
      }
    }
    return gradient;
  }
}
