package dev.hindcast.evaluation.estimator;

/**
 * Weighs whole slates by the sum of their positions' ratios: {@code mean((1 - L + sum_t ρ_t) G)}
 * with L positions. Its weights grow with the number of positions, not exponentially. Unbiased
 * where the value of a slate is a sum over its positions and both policies choose items position by
 * position, independently given the observation. Swaminathan, Krishnamurthy, Agarwal, Dudík,
 * Langford, Jose, Zitouni (2017), the product form of their equation 3.
 *
 * @param discount γ, the weight of a position against the one before
 */
record PseudoInverse(double discount) implements MeanOfTerms {
  @Override
  public double term(ScoredEpisode episode) {
    double weight = 1 - episode.length();
    for (int t = 0; t < episode.length(); t++) {
      weight += episode.ratio(t);
    }
    return weight * episode.discountedReturn(discount);
  }
}
