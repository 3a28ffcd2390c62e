package dev.hindcast.evaluation.estimator;

/**
 * Rewards weighted by learned ratios of visits, divided by how often that lets an episode end:
 * {@code sum w_t r_t / sum w_t (1 - γ_t)}, γ that of the step and 0 where the world ended the
 * episode. With the right ratios every episode ends once, by the world or by the discount. Where no
 * episode ends and every step takes the same time this is the mean reward by normalized ratios over
 * {@code 1 - γ} (sheet section 8.2).
 *
 * @param discount γ of one unit of time
 */
record SelfNormalizedMarginal(double discount) implements Estimator {
  @Override
  public int termCount() {
    return 2;
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double[] ratios = episode.learned().ratios();
    double[] terms = new double[2];
    int last = episode.length() - 1;
    for (int t = 0; t <= last; t++) {
      boolean isEnd = t == last && episode.isTerminated();
      terms[0] += ratios[t] * episode.reward(t);
      terms[1] += ratios[t] * (isEnd ? 1 : 1 - episode.discount(t, discount));
    }
    return terms;
  }

  @Override
  public double value(double[] meanTerms) {
    return meanTerms[0] / meanTerms[1];
  }

  @Override
  public double[] gradient(double[] meanTerms) {
    return new double[] {1 / meanTerms[1], -meanTerms[0] / (meanTerms[1] * meanTerms[1])};
  }
}
