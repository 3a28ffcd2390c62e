package dev.hindcast.evaluation.diagnostic;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;

/**
 * How heavy the tail of the weights is: the shape k of a generalized Pareto distribution fitted to
 * the largest of them. Moments of order 1/k and more do not exist: up to 0.5 the mean has a
 * variance, up to 0.7 averages still settle in logs of practical size, beyond that they do not.
 * Vehtari, Simpson, Gelman, Yao, Gabry (2024), arXiv:1507.02646; the fit is that of Zhang, Stephens
 * (2009).
 *
 * <p>Only the largest weights are kept, so parts merge in any order to the same tail.
 */
final class WeightTail implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The most weights that are kept; the tail of more than 1.8 million episodes is cut to these. */
  private static final int MOST = 4096;

  /** The fewest weights that a shape is read from. */
  private static final int FEWEST = 25;

  private double[] largest = new double[0]; // as many as size, then room
  private int size;

  void add(double weight) {
    if (size == largest.length) {
      shrinkOrGrow();
    }
    largest[size++] = weight;
  }

  void merge(WeightTail later) {
    for (int i = 0; i < later.size; i++) {
      add(later.largest[i]);
    }
  }

  /** The shape; empty when the tail is too short, or all of its weights are alike. */
  Optional<Double> shape(long episodes) {
    double n = episodes;
    int tail = (int) Math.min(Math.min(0.2 * n, 3 * Math.sqrt(n)), MOST - 1);
    if (tail < FEWEST || size <= tail) {
      return Optional.empty();
    }
    double[] sorted = Arrays.copyOf(largest, size);
    Arrays.sort(sorted);
    double threshold = sorted[size - tail - 1];
    double[] over = new double[tail];
    for (int i = 0; i < tail; i++) {
      over[i] = sorted[size - tail + i] - threshold;
    }
    return fit(over);
  }

  /**
   * The shape of a generalized Pareto distribution: a mean over shapes, each as probable as the
   * excesses are under it, drawn a little towards 0.5 where there are few.
   *
   * @param excesses rising, over the threshold
   */
  static Optional<Double> fit(double[] excesses) {
    int n = excesses.length;
    double quartile = excesses[(int) Math.floor(n / 4.0 + 0.5) - 1];
    double max = excesses[n - 1];
    if (!(quartile > 0) || !Double.isFinite(max)) {
      return Optional.empty();
    }
    int candidates = 30 + (int) Math.sqrt(n);
    double[] theta = new double[candidates];
    double[] likelihood = new double[candidates];
    for (int j = 0; j < candidates; j++) {
      theta[j] = 1 / max + (1 - Math.sqrt(candidates / (j + 0.5))) / (3 * quartile);
      double shape = shape(theta[j], excesses);
      likelihood[j] = n * (Math.log(-theta[j] / shape) - shape - 1);
    }
    double best = Arrays.stream(likelihood).max().orElseThrow();
    double sum = 0;
    double mean = 0;
    for (int j = 0; j < candidates; j++) {
      double probability = Math.exp(likelihood[j] - best);
      sum += probability;
      mean += probability * theta[j];
    }
    double k = shape(mean / sum, excesses);
    double drawn = (k * n + 0.5 * 10) / (n + 10);
    return Double.isFinite(drawn) ? Optional.of(drawn) : Optional.empty();
  }

  private static double shape(double theta, double[] excesses) {
    double sum = 0;
    for (double excess : excesses) {
      sum += Math.log1p(-theta * excess);
    }
    return sum / excesses.length;
  }

  private void shrinkOrGrow() {
    if (largest.length < 2 * MOST) {
      largest = Arrays.copyOf(largest, Math.min(2 * MOST, Math.max(64, 2 * largest.length)));
      return;
    }
    Arrays.sort(largest);
    System.arraycopy(largest, MOST, largest, 0, MOST);
    size = MOST;
  }
}
