package dev.hindcast.evaluation.estimator;

/**
 * The Q-function, corrected by weighted residuals: {@code mean(sum_t γ^t {W_t (r_t - q_t) + W_{t-1}
 * v_t})}. Unbiased if either the propensities or the Q-function are right. A truncated episode adds
 * {@code γ^T W_{T-1} v(s_T)} where the log has its final observation. Jiang, Li (2016); Dudik,
 * Langford, Li (2011) for one step.
 *
 * @param discount γ
 */
record DoublyRobust(double discount) implements MeanOfTerms {
  @Override
  public double term(ScoredEpisode episode) {
    double sum = 0;
    double factor = 1;
    for (int t = 0; t < episode.length(); t++) {
      sum +=
          factor
              * (episode.weight(t) * (episode.reward(t) - episode.q(t))
                  + episode.weight(t - 1) * episode.v(t));
      factor *= episode.discount(t, discount);
    }
    return sum + factor * episode.finalWeight() * episode.tail();
  }
}
