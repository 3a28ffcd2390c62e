package dev.hindcast.evaluation.estimator;

import dev.hindcast.core.report.Tuning;
import java.util.Locale;
import java.util.Optional;

/**
 * Trusts weights up to a limit L, for episodes of one step: {@code g_L = v + f_L(w) e}, where
 * {@code e} is the residual r - q, or the reward itself without a Q-function (and then v = 0).
 *
 * <ul>
 *   <li>{@link Beyond#CLIPPED}: {@code f_L(w) = min(w, L)}. Clipped inverse propensity (Ionides
 *       2008) and clipped, or pessimistic, doubly robust (Su et al. 2020).
 *   <li>{@link Beyond#DROPPED}: {@code f_L(w) = w} up to and with L, else 0: there the Q-function
 *       alone speaks. Switch doubly robust (Wang, Agarwal, Dudik 2017).
 * </ul>
 *
 * <p>Terms: v and v², then for each band of weights between neighbouring limits the sums of {@code
 * we, (we)², vwe, e, e², ve}. From them come the means of g and g² for every limit, and an episode
 * touches one band only, however many limits there are.
 */
final class CutWeights extends TunedEstimator {
  private static final long serialVersionUID = 1L;

  private static final int PER_BAND = 6;

  private final Baseline baseline;
  private final double discount;
  private final Beyond beyond;

  /** What becomes of weights over the limit. */
  enum Beyond {
    /** They count as the limit. */
    CLIPPED,
    /** They do not count. */
    DROPPED
  }

  /**
   * With limits to choose from.
   *
   * @param limits falling, each at least 0, perhaps infinite
   */
  CutWeights(Baseline baseline, Beyond beyond, double[] limits, Estimators.Setting log) {
    super(limits, log.episodes());
    this.baseline = baseline;
    this.discount = log.discount();
    this.beyond = beyond;
  }

  /**
   * Limits from none over 4096, 2048, ... down to 1; with a Q-function 0, which leaves it alone.
   */
  static double[] limits(Baseline baseline) {
    int powers = 13;
    double[] limits = new double[1 + powers + (baseline == Baseline.NONE ? 0 : 1)];
    limits[0] = Double.POSITIVE_INFINITY;
    for (int k = 1; k <= powers; k++) {
      limits[k] = Math.scalb(1.0, powers - k);
    }
    return limits;
  }

  @Override
  public int termCount() {
    return 2 + PER_BAND * (candidates() + 1);
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double w = episode.finalWeight();
    double v = baseline.known(episode);
    double e = baseline.residual(episode, discount);
    double[] terms = new double[termCount()];
    terms[0] = v;
    terms[1] = v * v;
    int band = band(w);
    int at = 2 + PER_BAND * band;
    terms[at] = w * e;
    terms[at + 1] = w * e * w * e;
    terms[at + 2] = v * w * e;
    if (beyond == Beyond.CLIPPED && band < candidates()) { // under every limit nothing is clipped
      terms[at + 3] = e;
      terms[at + 4] = e * e;
      terms[at + 5] = v * e;
    }
    return terms;
  }

  /** How many limits hold a weight: the first {@code band} of them. */
  private int band(double weight) {
    int band = candidates();
    while (band > 0 && weight > parameter(band - 1)) {
      band--;
    }
    return band;
  }

  @Override
  double mean(double[] meanTerms, int candidate) {
    return meanTerms[0]
        + kept(meanTerms, candidate, 0)
        + clipped(meanTerms, candidate, 3, parameter(candidate));
  }

  @Override
  double square(double[] meanTerms, int candidate) {
    double limit = parameter(candidate);
    return meanTerms[1]
        + kept(meanTerms, candidate, 1)
        + clipped(meanTerms, candidate, 4, limit * limit)
        + 2 * (kept(meanTerms, candidate, 2) + clipped(meanTerms, candidate, 5, limit));
  }

  @Override
  double[] gradient(double[] meanTerms, int candidate) {
    double[] gradient = new double[termCount()];
    gradient[0] = 1;
    for (int band = 0; band <= candidates(); band++) {
      boolean held = band > candidate;
      gradient[2 + PER_BAND * band] = held ? 1 : 0;
      boolean counts = !held && beyond == Beyond.CLIPPED && band < candidates();
      gradient[2 + PER_BAND * band + 3] = counts ? finite(parameter(candidate)) : 0;
    }
    return gradient;
  }

  /** The sum of a term over the bands that a limit holds. */
  private double kept(double[] meanTerms, int candidate, int term) {
    double sum = 0;
    for (int band = candidate + 1; band <= candidates(); band++) {
      sum += meanTerms[2 + PER_BAND * band + term];
    }
    return sum;
  }

  /** The sum of a term over the bands beyond a limit, times what their weights count as. */
  private double clipped(double[] meanTerms, int candidate, int term, double scale) {
    double sum = 0;
    for (int band = 0; band <= candidate; band++) {
      sum += meanTerms[2 + PER_BAND * band + term];
    }
    return sum == 0 ? 0 : scale * sum; // nothing lies beyond an infinite limit
  }

  private static double finite(double limit) {
    return Double.isInfinite(limit) ? 0 : limit;
  }

  @Override
  Tuning tuning(double limit) {
    String words;
    if (Double.isInfinite(limit)) {
      words = "no weight is cut";
    } else if (limit == 0) {
      words = "no weight is trusted: this is the direct method";
    } else {
      words =
          String.format(
              Locale.ROOT,
              beyond == Beyond.CLIPPED
                  ? "weights over %.0f count as %<.0f"
                  : "where weights are over %.0f the Q-function alone speaks",
              limit);
    }
    Optional<Double> value = Double.isInfinite(limit) ? Optional.empty() : Optional.of(limit);
    return new Tuning("largest-weight", value, words);
  }
}
