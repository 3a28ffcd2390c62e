package dev.hindcast.evaluation.survey;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.returns.ReturnGrid;
import java.io.Serializable;
import java.util.TreeSet;

/** What is counted of a log before policies are looked at. */
public final class Survey implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int RETURN = 0; // its place among the numbers of sampled episodes

  private final double discount;
  private final Support.Counter support = new Support.Counter();
  private final EpisodeSample sample = new EpisodeSample();
  private final TreeSet<Double> returns = new TreeSet<>(); // one more than fit a grid at most
  private double lowest = Double.POSITIVE_INFINITY;
  private double highest = Double.NEGATIVE_INFINITY;

  /** Nothing yet, of returns under this discount. */
  public Survey(double discount) {
    this.discount = discount;
  }

  /** The same with nothing counted yet. */
  public Survey empty() {
    return new Survey(discount);
  }

  /** Adds a file of the evaluated part. */
  public Survey add(TransitionColumns columns) {
    support.add(columns);
    for (int e = 0; e < columns.episodes(); e++) {
      double value = discountedReturn(columns, e);
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
      if (returns.size() <= ReturnGrid.MOST) {
        returns.add(value);
      }
      if (sample.wants(columns.episodeId(e))) {
        sample.add(columns.episodeId(e), new double[] {value});
      }
    }
    return this;
  }

  /** Adds a file of the other part, which only says what the log supports. */
  public Survey addOther(TransitionColumns columns) {
    support.add(columns);
    return this;
  }

  /** Adds what another has counted. */
  public Survey merge(Survey other) {
    support.merge(other.support);
    sample.merge(other.sample);
    returns.addAll(other.returns);
    while (returns.size() > ReturnGrid.MOST + 1) {
      returns.pollLast();
    }
    lowest = Math.min(lowest, other.lowest);
    highest = Math.max(highest, other.highest);
    return this;
  }

  /** What the log supports. */
  public Support support() {
    return support.build();
  }

  /** Where distributions of returns are looked at. */
  public ReturnGrid returns() {
    return returns.size() > ReturnGrid.MOST
        ? ReturnGrid.spanning(discount, sample.sorted(RETURN), lowest, highest)
        : ReturnGrid.of(discount, returns.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** As estimators see it, to the last bit. */
  private double discountedReturn(TransitionColumns columns, int episode) {
    double sum = 0;
    double factor = 1;
    for (int row = columns.start(episode); row < columns.end(episode); row++) {
      sum += factor * columns.reward(row);
      factor *= columns.discount(row, discount);
    }
    return sum;
  }
}
