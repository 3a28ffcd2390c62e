package dev.hindcast.evaluation.returns;

import java.io.Serializable;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * The returns at which distribution functions are computed: all of a log's where they are few, else
 * thresholds between which returns are put together. Threshold k closes bin k, which begins after
 * threshold k - 1.
 */
public final class ReturnGrid implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The most thresholds there are. */
  public static final int MOST = 100;

  /** No thresholds: nothing is collected. */
  public static final ReturnGrid NONE = new ReturnGrid(1, 0, new double[0], true);

  private static final int EVEN_SHARES = 64;
  private static final int SMALLEST_SHARE = 10; // 2^-10 of the log at either end
  private static final int EVEN_STEPS = 28;

  private final double discount;
  private final double lowest;
  private final double[] thresholds;
  private final boolean exact;

  private ReturnGrid(double discount, double lowest, double[] thresholds, boolean exact) {
    this.discount = discount;
    this.lowest = lowest;
    this.thresholds = thresholds;
    this.exact = exact;
  }

  /**
   * Every return has a threshold of its own.
   *
   * @param discount γ, under which episodes have these returns
   * @param returns all there are, increasing
   */
  public static ReturnGrid of(double discount, double[] returns) {
    return new ReturnGrid(
        discount, returns.length == 0 ? 0 : returns[0], returns.clone(), /* exact= */ true);
  }

  /**
   * Thresholds where the log has its returns, closer together at both ends, and as many again at
   * even distances: a policy may live where the log hardly ever was.
   *
   * @param sample some returns of the log, increasing, at least one
   * @param lowest the least return of the log
   * @param highest the greatest
   */
  public static ReturnGrid spanning(
      double discount, double[] sample, double lowest, double highest) {
    TreeSet<Double> chosen = new TreeSet<>();
    for (int i = 1; i < EVEN_SHARES; i++) {
      chosen.add(at(sample, (double) i / EVEN_SHARES));
    }
    for (int k = 7; k <= SMALLEST_SHARE; k++) {
      chosen.add(at(sample, Math.scalb(1.0, -k)));
      chosen.add(at(sample, 1 - Math.scalb(1.0, -k)));
    }
    for (int i = 1; i < EVEN_STEPS; i++) {
      chosen.add(lowest + i * ((highest - lowest) / EVEN_STEPS));
    }
    chosen.add(highest);
    double[] thresholds = chosen.stream().mapToDouble(Double::doubleValue).toArray();
    return new ReturnGrid(discount, lowest, thresholds, /* exact= */ false);
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  /** γ, under which episodes have these returns. */
  public double discount() {
    return discount;
  }

  /** How many thresholds there are; 0 for {@link #NONE}. */
  public int size() {
    return thresholds.length;
  }

  /** Whether every return of the log has a threshold of its own. */
  public boolean isExact() {
    return exact;
  }

  /** The greatest return of a bin. */
  public double threshold(int bin) {
    return thresholds[bin];
  }

  /** What the returns of a bin are no less than. */
  double floor(int bin) {
    return bin == 0 ? lowest : thresholds[bin - 1];
  }

  /** The bin of a return. */
  public int bin(double value) {
    int at = Arrays.binarySearch(thresholds, value);
    return Math.min(at >= 0 ? at : -at - 1, thresholds.length - 1);
  }
}
