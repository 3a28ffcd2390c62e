package dev.hindcast.evaluation.estimator;

/**
 * Inverse propensity weighting that knows that weights average 1: {@code mean(wr) - β mean(w - 1)},
 * β from the least-squares regression of wr on w. With many episodes never worse than weighting
 * plainly or dividing by the sum of weights. The constant case of the most robust doubly robust
 * estimator, Farajtabar, Chow, Ghavamzadeh (2018); sheet section 1.
 */
record RegressionAdjusted() implements Estimator {
  /** Terms: w - 1, its square, wr, and (w - 1) wr. */
  @Override
  public int termCount() {
    return 4;
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double excess = episode.finalWeight() - 1;
    double weighted = episode.finalWeight() * episode.reward(0);
    return new double[] {excess, excess * excess, weighted, excess * weighted};
  }

  @Override
  public double value(double[] meanTerms) {
    return meanTerms[2] - slope(meanTerms) * meanTerms[0];
  }

  @Override
  public double[] gradient(double[] meanTerms) {
    double slope = slope(meanTerms);
    double variance = variance(meanTerms);
    if (!(variance > 0)) {
      return new double[] {0, 0, 1, 0};
    }
    double pull = meanTerms[0] / variance; // how the value falls with the covariance
    return new double[] {
      pull * (meanTerms[2] - 2 * slope * meanTerms[0]) - slope,
      pull * slope,
      1 + pull * meanTerms[0],
      -pull
    };
  }

  private static double slope(double[] meanTerms) {
    double variance = variance(meanTerms);
    return variance > 0 ? (meanTerms[3] - meanTerms[0] * meanTerms[2]) / variance : 0;
  }

  private static double variance(double[] meanTerms) {
    return meanTerms[1] - meanTerms[0] * meanTerms[0];
  }
}
