package dev.hindcast.evaluation.estimator;

import dev.hindcast.core.report.Tuning;
import java.util.Locale;
import java.util.Optional;

/**
 * Shrinks weights smoothly, for episodes of one step: {@code g_L = v + f_L(w) e}, where {@code e}
 * is the residual r - q, or the reward itself without a Q-function (and then v = 0). Terms: {@code
 * g_L} and its square for each parameter of the grid.
 */
final class ShrunkWeights extends TunedEstimator {
  private static final long serialVersionUID = 1L;

  private final Baseline baseline;
  private final double discount;
  private final Shrinkage shrinkage;

  /** How weights become smaller. */
  enum Shrinkage {
    /**
     * {@code L w / (w² + L)}: the weight that is best when all that is known is how the error of
     * the Q-function grows with w; L = 0 leaves the direct method, infinity the weights as they
     * are. Su, Dimakopoulou, Krishnamurthy, Dudik (2020).
     */
    OPTIMISTIC {
      @Override
      double[] grid() {
        return new double[] {Double.POSITIVE_INFINITY, 1 << 20, 1 << 16, 1 << 12, 256, 16, 1, 0};
      }

      @Override
      double weight(double w, double parameter) {
        return parameter == 0 ? 0 : w / (1 + w * w / parameter);
      }

      @Override
      Tuning tuning(double parameter) {
        if (Double.isInfinite(parameter)) {
          return new Tuning("shrinkage", Optional.empty(), "no weight is shrunk");
        }
        return new Tuning(
            "shrinkage",
            Optional.of(parameter),
            parameter == 0
                ? "every weight is shrunk to 0: this is the direct method"
                : String.format(
                    Locale.ROOT,
                    "weights count for at most %.3g, and for less beyond %.3g",
                    Math.sqrt(parameter) / 2,
                    Math.sqrt(parameter)));
      }
    },
    /**
     * {@code w / (1 - L + L w)}, at most 1/L: thin tails, so that the estimate's error is
     * sub-Gaussian; L = 0 leaves the weights as they are. Metelli, Russo, Restelli (2021).
     */
    SUB_GAUSSIAN {
      @Override
      double[] grid() {
        return new double[] {0, 0x1p-12, 0x1p-10, 0x1p-8, 0x1p-6, 0x1p-4, 0x1p-2, 1};
      }

      @Override
      double weight(double w, double parameter) {
        return w == 0 ? 0 : w / (1 - parameter + parameter * w);
      }

      @Override
      Tuning tuning(double parameter) {
        return new Tuning(
            "shrinkage",
            Optional.of(parameter),
            parameter == 0
                ? "no weight is shrunk"
                : String.format(Locale.ROOT, "weights count for at most %.0f", 1 / parameter));
      }
    };

    /** The parameters to choose from, the least biased first. */
    abstract double[] grid();

    /** f_L(w). */
    abstract double weight(double w, double parameter);

    abstract Tuning tuning(double parameter);
  }

  /** With parameters to choose from, the least biased first. */
  ShrunkWeights(Baseline baseline, Shrinkage shrinkage, double[] grid, Estimators.Setting log) {
    super(grid, log.episodes());
    this.baseline = baseline;
    this.discount = log.discount();
    this.shrinkage = shrinkage;
  }

  @Override
  public int termCount() {
    return 2 * candidates();
  }

  @Override
  public double[] terms(ScoredEpisode episode) {
    double[] terms = new double[termCount()];
    for (int k = 0; k < candidates(); k++) {
      double weight = shrinkage.weight(episode.finalWeight(), parameter(k));
      double g = baseline.known(episode) + weight * baseline.residual(episode, discount);
      terms[2 * k] = g;
      terms[2 * k + 1] = g * g;
    }
    return terms;
  }

  @Override
  double mean(double[] meanTerms, int candidate) {
    return meanTerms[2 * candidate];
  }

  @Override
  double square(double[] meanTerms, int candidate) {
    return meanTerms[2 * candidate + 1];
  }

  @Override
  double[] gradient(double[] meanTerms, int candidate) {
    double[] gradient = new double[termCount()];
    gradient[2 * candidate] = 1;
    return gradient;
  }

  @Override
  Tuning tuning(double parameter) {
    return shrinkage.tuning(parameter);
  }
}
