package dev.hindcast.evaluation.returns;

/**
 * The distribution of returns that weights of episodes make, divided by their sum (self-normalized
 * importance sampling of the distribution function: Chandak et al. 2021; Huang et al. 2021; sheet
 * section 9). Where a bin of the grid holds several returns, they are taken to lie evenly around
 * their mean, as far as the bin goes; all at the threshold where that is their mean.
 */
public final class WeightedReturns {
  // Sums of weights are compared with shares of their total; equal ones may differ by rounding.
  private static final double ROUNDING = 1e-12;

  private final ReturnGrid grid;
  private final double[] weights; // (bins), of the episodes whose return lies in the bin
  private final double[] products; // (bins), of weight and return
  private final double[] cumulative; // (bins)
  private final double total;

  /**
   * Arrays are kept, not copied.
   *
   * @param weights (bins) the sum of weights of the episodes in each bin
   * @param products (bins) the sum of their weights times their returns
   */
  public WeightedReturns(ReturnGrid grid, double[] weights, double[] products) {
    this.grid = grid;
    this.weights = weights;
    this.products = products;
    cumulative = new double[weights.length];
    double sum = 0;
    for (int k = 0; k < weights.length; k++) {
      sum += weights[k];
      cumulative[k] = sum;
    }
    total = sum;
  }

  /** The sum of all weights. */
  public double total() {
    return total;
  }

  /** F at a threshold: the probability of a return no greater, in [0, 1]. */
  public double share(int bin) {
    return bin == weights.length - 1 ? 1 : Math.min(1, cumulative[bin] / total);
  }

  /** The mean return. */
  public double mean() {
    double sum = 0;
    for (double product : products) {
      sum += product;
    }
    return sum / total;
  }

  /** The variance of returns, but for what they scatter inside of bins. */
  public double varianceOfBins() {
    double mean = mean();
    double sum = 0;
    for (int k = 0; k < weights.length; k++) {
      if (weights[k] > 0) {
        double distance = products[k] / weights[k] - mean;
        sum += weights[k] * distance * distance;
      }
    }
    return sum / total;
  }

  /**
   * The least return that so much of the probability does not exceed.
   *
   * @param share in (0, 1)
   */
  public double quantile(double share) {
    int k = bin(share);
    double upper = grid.threshold(k);
    return upper - (1 - partOfBin(k, share)) * (upper - from(k));
  }

  /**
   * The mean of the worst returns, so many of them: conditional value at risk of the lower tail
   * (Rockafellar, Uryasev 2000).
   *
   * @param share in (0, 1)
   */
  public double tailMean(double share) {
    int k = bin(share);
    double sum = 0;
    for (int j = 0; j < k; j++) {
      sum += products[j];
    }
    double rest = share * total - (k == 0 ? 0 : cumulative[k - 1]);
    return (sum + rest * (from(k) + quantile(share)) / 2) / (share * total);
  }

  private int bin(double share) {
    int k = 0;
    while (k < weights.length - 1 && cumulative[k] < (share - ROUNDING) * total) {
      k++;
    }
    return k;
  }

  private double partOfBin(int k, double share) {
    double rest = share * total - (k == 0 ? 0 : cumulative[k - 1]);
    return weights[k] > 0 ? Math.min(1, rest / weights[k]) : 1;
  }

  /** Where the returns of a bin begin, if they lie evenly around their mean. */
  private double from(int k) {
    double upper = grid.threshold(k);
    if (grid.isExact() || weights[k] == 0) {
      return upper;
    }
    double mean = products[k] / weights[k];
    return Math.min(upper, Math.max(grid.floor(k), upper - 2 * (upper - mean)));
  }
}
