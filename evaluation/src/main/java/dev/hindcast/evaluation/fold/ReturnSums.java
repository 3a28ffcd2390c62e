package dev.hindcast.evaluation.fold;

import dev.hindcast.evaluation.interval.Interval;
import dev.hindcast.evaluation.returns.ReturnGrid;
import dev.hindcast.evaluation.returns.WeightedReturns;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The weights of episodes by their return, summed: plainly, and in the first replicates of the
 * bootstrap. A bin that no weight fell into takes no room.
 */
final class ReturnSums implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The most replicates behind bands: a hundred thresholds with more would take much room. */
  static final int MOST_REPLICATES = 200;

  private static final double ROUNDING = 1e-12;

  private final ReturnGrid grid;
  private final int replicates;
  private final double[] weights; // (bins), as all of these
  private final double[] squares;
  private final double[] products; // of weight and return
  private final ReplicateSums[] weightsByBin; // (bins), made when first needed
  private final ReplicateSums[] squaresByBin;
  private double episodes; // a count

  ReturnSums(ReturnGrid grid, int replicates) {
    this.grid = grid;
    this.replicates = Math.min(replicates, MOST_REPLICATES);
    weights = new double[grid.size()];
    squares = new double[grid.size()];
    products = new double[grid.size()];
    weightsByBin = new ReplicateSums[grid.size()];
    squaresByBin = new ReplicateSums[grid.size()];
  }

  void add(double weight, double value, Chunk chunk, int episode) {
    episodes++;
    if (weight == 0) {
      return;
    }
    int k = grid.bin(value);
    weights[k] += weight;
    squares[k] += weight * weight;
    products[k] += weight * value;
    room(k);
    weightsByBin[k].add(weight, chunk, episode);
    squaresByBin[k].add(weight * weight, chunk, episode);
  }

  void merge(ReturnSums later) {
    episodes += later.episodes;
    for (int k = 0; k < weights.length; k++) {
      weights[k] += later.weights[k];
      squares[k] += later.squares[k];
      products[k] += later.products[k];
      if (later.weightsByBin[k] != null) {
        room(k);
        weightsByBin[k].merge(later.weightsByBin[k]);
        squaresByBin[k].merge(later.squaresByBin[k]);
      }
    }
  }

  /** The distribution that the weights make. */
  WeightedReturns returns() {
    return new WeightedReturns(grid, weights, products);
  }

  /** Whether there is any weight, and none too large for sums of squares. */
  boolean isDefined() {
    double total = Arrays.stream(squares).sum();
    return total > 0 && Double.isFinite(total);
  }

  /**
   * An interval around F at each threshold: the symmetric bootstrap-t of self-normalized estimates,
   * widened for the known mean of the weights as that of values is ({@link Spread}), cut to [0, 1]
   * and made to rise. Where all weight lies on one side of a threshold the bootstrap knows no
   * spread; there the other side gets what that many effective episodes may miss (Clopper, Pearson
   * 1934).
   *
   * @param drawn how many episodes each replicate has drawn
   */
  List<Interval> band(double[] drawn, double level) {
    Part whole = new Part(weights, squares);
    List<Part> parts = new ArrayList<>();
    for (int b = 0; b < replicates; b++) {
      parts.add(new Part(column(weightsByBin, b), column(squaresByBin, b)));
    }
    List<Interval> band = new ArrayList<>();
    for (int k = 0; k < weights.length; k++) {
      band.add(interval(k, whole, parts, drawn, level));
    }
    return rising(band);
  }

  private Interval interval(int k, Part whole, List<Part> parts, double[] drawn, double level) {
    double share = whole.share(k);
    if (k == weights.length - 1) {
      return new Interval(1, 1);
    }
    double missed = 1 - Math.pow((1 - level) / 2, 1 / whole.effectiveSampleSize());
    if (share < ROUNDING) {
      return new Interval(0, missed);
    }
    if (share > 1 - ROUNDING) {
      return new Interval(1 - missed, 1);
    }
    Interval plain = studentized(k, 0, whole, parts, drawn, level);
    double slope = whole.slope(k, episodes);
    Interval adjusted = slope == 0 ? plain : studentized(k, slope, whole, parts, drawn, level);
    Interval both = plain.including(adjusted.lower()).including(adjusted.upper());
    return new Interval(Math.max(0, both.lower()), Math.min(1, both.upper()));
  }

  private Interval studentized(
      int k, double slope, Part whole, List<Part> parts, double[] drawn, double level) {
    double[] values = new double[replicates];
    double[] errors = new double[replicates];
    for (int b = 0; b < replicates; b++) {
      values[b] = parts.get(b).share(k) - slope * parts.get(b).excess(drawn[b]);
      errors[b] = parts.get(b).error(k, slope, drawn[b]);
    }
    return Interval.studentized(
            whole.share(k) - slope * whole.excess(episodes),
            whole.error(k, slope, episodes),
            values,
            errors,
            level)
        .orElse(new Interval(0, 1)); // nothing is known of a share that replicates do not have
  }

  private static List<Interval> rising(List<Interval> band) {
    double[] upper = new double[band.size()];
    double least = 1;
    for (int k = band.size() - 1; k >= 0; k--) {
      least = Math.min(least, band.get(k).upper());
      upper[k] = least;
    }
    List<Interval> rising = new ArrayList<>();
    double most = 0;
    for (int k = 0; k < band.size(); k++) {
      most = Math.max(most, band.get(k).lower());
      rising.add(new Interval(Math.min(most, upper[k]), upper[k]));
    }
    return rising;
  }

  private static double[] column(ReplicateSums[] byBin, int replicate) {
    double[] column = new double[byBin.length];
    for (int k = 0; k < column.length; k++) {
      column[k] = byBin[k] == null ? 0 : byBin[k].sum(replicate);
    }
    return column;
  }

  private void room(int k) {
    if (weightsByBin[k] == null) {
      weightsByBin[k] = new ReplicateSums(replicates);
      squaresByBin[k] = new ReplicateSums(replicates);
    }
  }

  /** Sums up to each threshold, of the whole log or of a replicate. */
  private static final class Part {
    private final double[] weights; // (bins), cumulative
    private final double[] squares;
    private final double total;
    private final double totalSquares;

    Part(double[] byBin, double[] squaresByBin) {
      weights = cumulative(byBin);
      squares = cumulative(squaresByBin);
      total = weights[weights.length - 1];
      totalSquares = squares[squares.length - 1];
    }

    private static double[] cumulative(double[] parts) {
      double[] sums = parts.clone();
      for (int k = 1; k < sums.length; k++) {
        sums[k] += sums[k - 1];
      }
      return sums;
    }

    double share(int k) {
      return weights[k] / total;
    }

    double effectiveSampleSize() {
      return total * total / totalSquares;
    }

    /** How far the mean weight is from 1. */
    double excess(double n) {
      return total / n - 1;
    }

    /** How much the share moves with the mean weight. */
    double slope(int k, double n) {
      double variance = variance(n);
      return variance > ROUNDING * totalSquares / n ? covariance(k) / variance : 0;
    }

    /** The standard error of the share less slope times the mean weight. */
    double error(int k, double slope, double n) {
      double below = squares[k];
      double above = totalSquares - below;
      double f = share(k);
      double square = n * ((1 - f) * (1 - f) * below + f * f * above) / (total * total);
      double left = square - 2 * slope * covariance(k) + slope * slope * variance(n);
      return Math.sqrt(Math.max(0, left) / n);
    }

    private double covariance(int k) {
      return (squares[k] - share(k) * totalSquares) / total;
    }

    private double variance(double n) {
      return totalSquares / n - total / n * (total / n);
    }
  }
}
