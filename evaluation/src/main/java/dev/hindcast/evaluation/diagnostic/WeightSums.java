package dev.hindcast.evaluation.diagnostic;

import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.Diagnostics;
import dev.hindcast.core.report.EvaluationReport.WeightHistogram;
import dev.hindcast.core.report.Tuning;
import dev.hindcast.evaluation.estimator.Estimators.Grouping;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Sums over episodes from which the weight diagnostics are read (sheet section 11). */
public final class WeightSums implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final double LOWEST = -6;
  private static final double WIDTH = 0.5;
  private static final int BINS = 24;

  private final int horizon;
  private final double[] running; // by step: sum of W_t of episodes that still run
  private final double[] runningSquares;
  private final double[] ended; // by first step without the episode: sum of last weights
  private final double[] endedSquares;
  private final long[] bins = new long[BINS];
  private long zero;
  private long below;
  private long above;
  private long episodes;
  private long rows;
  private double sum;
  private double squares;
  private double max;
  private final WeightTail tail = new WeightTail();
  private double unsupported;
  private double outsideMask;
  private final List<GroupSums> groups = new ArrayList<>();

  /**
   * Nothing yet.
   *
   * @param horizon steps of the longest episode
   * @param groupings how actions are put together
   */
  public WeightSums(int horizon, List<Grouping> groupings) {
    this.horizon = horizon;
    for (Grouping grouping : groupings) {
      groups.add(new GroupSums(grouping, groups.size() + 1));
    }
    running = new double[horizon];
    runningSquares = new double[horizon];
    ended = new double[horizon + 1];
    endedSquares = new double[horizon + 1];
  }

  /** Adds an episode's weights. */
  public void add(ScoredEpisode episode) {
    for (int t = 0; t < episode.length(); t++) {
      running[t] += episode.weight(t);
      runningSquares[t] += episode.weight(t) * episode.weight(t);
    }
    double weight = episode.finalWeight();
    ended[episode.length()] += weight;
    endedSquares[episode.length()] += weight * weight;
    episodes++;
    sum += weight;
    squares += weight * weight;
    max = Math.max(max, weight);
    tail.add(weight);
    groups.forEach(level -> level.add(episode));
    if (weight == 0) {
      zero++;
    } else {
      double bin = Math.floor((Math.log10(weight) - LOWEST) / WIDTH);
      if (bin < 0) {
        below++;
      } else if (bin >= BINS) {
        above++;
      } else {
        bins[(int) bin]++;
      }
    }
  }

  /**
   * Adds the target mass that falls outside of the support and outside of masks over some steps.
   *
   * @param ofGroups the mass outside of the support of groups of actions, by level
   */
  public void addMass(
      long steps, double unsupportedMass, double massOutsideMask, double[] ofGroups) {
    rows += steps;
    unsupported += unsupportedMass;
    outsideMask += massOutsideMask;
    for (int level = 0; level < ofGroups.length; level++) {
      groups.get(level).addMass(ofGroups[level]);
    }
  }

  /** Adds the sums of later episodes. */
  public void merge(WeightSums later) {
    plus(running, later.running);
    plus(runningSquares, later.runningSquares);
    plus(ended, later.ended);
    plus(endedSquares, later.endedSquares);
    for (int i = 0; i < BINS; i++) {
      bins[i] += later.bins[i];
    }
    zero += later.zero;
    below += later.below;
    above += later.above;
    episodes += later.episodes;
    rows += later.rows;
    sum += later.sum;
    squares += later.squares;
    max = Math.max(max, later.max);
    tail.merge(later.tail);
    unsupported += later.unsupported;
    outsideMask += later.outsideMask;
    for (int level = 0; level < groups.size(); level++) {
      groups.get(level).merge(later.groups.get(level));
    }
  }

  /**
   * Kish's effective sample size; not a number when every weight is 0.
   *
   * @param tuning which may have put actions together; weights are then those of their groups
   */
  public double effectiveSampleSize(Optional<Tuning> tuning) {
    return groups(tuning)
        .map(GroupSums::effectiveSampleSize)
        .orElseGet(() -> kish(sum, squares, max));
  }

  /** The largest weight's share of the sum, likewise. */
  public double maxWeightShare(Optional<Tuning> tuning) {
    return groups(tuning).map(GroupSums::maxWeightShare).orElseGet(() -> max / sum);
  }

  private Optional<GroupSums> groups(Optional<Tuning> tuning) {
    return tuning
        .filter(there -> there.parameter().equals(Tuning.ACTION_GROUPS))
        .flatMap(Tuning::value)
        .flatMap(size -> groups.stream().filter(level -> level.groups() == size).findFirst());
  }

  /** The mean weight; 0 when there are no weights. */
  public double mean() {
    return episodes == 0 ? 0 : sum / episodes;
  }

  /** The whole of it as a report has it. */
  public Diagnostics diagnostics(Support support, Optional<Boolean> masked) {
    return new Diagnostics(
        Estimate.finite(kish(sum, squares, max)),
        Estimate.finite(max / sum),
        Estimate.finite(max),
        Estimate.finite(sum / episodes),
        Estimate.finite(distanceFromOne((double) episodes, sum, squares)),
        tail.shape(episodes),
        Estimate.finite(Math.max(0, unsupported / rows)),
        support.strata().key(),
        support.strataCount(),
        masked.filter(has -> has).flatMap(has -> Estimate.finite(outsideMask / rows)),
        new WeightHistogram(
            zero, below, LOWEST, WIDTH, Arrays.stream(bins).boxed().toList(), above),
        byStep(),
        episodes == 0 ? List.of() : groups.stream().map(GroupSums::weights).toList());
  }

  /** How many standard errors a mean lies from 1. */
  static double distanceFromOne(double n, double sum, double squares) {
    double mean = sum / n;
    double variance = Math.max(0, (squares / n - mean * mean) * n / (n - 1));
    return variance == 0 && mean == 1 ? 0 : (mean - 1) / Math.sqrt(variance / n);
  }

  private List<Double> byStep() {
    List<Double> sizes = new ArrayList<>();
    double carried = 0;
    double carriedSquares = 0;
    for (int t = 0; t < (episodes == 0 ? 0 : horizon); t++) {
      carried += ended[t];
      carriedSquares += endedSquares[t];
      double size = kish(running[t] + carried, runningSquares[t] + carriedSquares, max);
      sizes.add(Double.isFinite(size) ? size : 0);
    }
    return sizes;
  }

  static double kish(double total, double totalSquares, double scale) {
    // Squares of tiny weights vanish before the weights do: then nothing can be said.
    return totalSquares == 0 && scale > 0 ? Double.NaN : total * total / totalSquares;
  }

  private static void plus(double[] into, double[] other) {
    for (int i = 0; i < into.length; i++) {
      into[i] += other[i];
    }
  }
}
