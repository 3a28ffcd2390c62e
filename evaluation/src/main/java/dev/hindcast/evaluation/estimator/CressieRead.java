package dev.hindcast.evaluation.estimator;

/**
 * Empirical likelihood with the Cressie-Read power of -2: the value under the reweighting of the
 * log that is closest to the log itself among those under which importance weights average 1.
 * Consistent and efficient; in small logs it may leave the range of rewards. Karampatziakis,
 * Langford, Mineiro (2020); the closed form of sheet section 1.3, for weights that may be 0 and
 * have no upper bound.
 *
 * @param episodes n, how many the means are over: one more, unseen, is allowed for
 */
record CressieRead(long episodes) implements Estimator {
  /** Terms: w, w², r, wr, w²r. */
  @Override
  public int termCount() {
    return 5;
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double w = episode.finalWeight();
    double r = episode.reward(0);
    return new double[] {w, w * w, r, w * r, w * w * r};
  }

  @Override
  public double value(double[] meanTerms) {
    if (meanTerms[0] < 1) { // what is missing is an infinitely heavy, infinitely rare weight
      return meanTerms[3] + (1 - meanTerms[0]) * meanTerms[2];
    }
    double share = episodes / (episodes + 1.0);
    double a = share * meanTerms[0];
    double b = share * meanTerms[1];
    double spread = b - a * a; // too much weight so far: the unseen one is 0
    return share * ((b - a) * meanTerms[3] + (1 - a) * meanTerms[4]) / spread;
  }

  @Override
  public double[] gradient(double[] meanTerms) {
    if (meanTerms[0] < 1) {
      return new double[] {-meanTerms[2], 0, 1 - meanTerms[0], 1, 0};
    }
    double share = episodes / (episodes + 1.0);
    double a = share * meanTerms[0];
    double b = share * meanTerms[1];
    double p = share * meanTerms[3];
    double q = share * meanTerms[4];
    double spread = b - a * a;
    double value = value(meanTerms);
    return new double[] {
      share * (2 * a * value - p - q) / spread,
      share * (p - value) / spread,
      0,
      share * (b - a) / spread,
      share * (1 - a) / spread
    };
  }
}
