package dev.hindcast.evaluation.fold;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.evaluation.estimator.Slope;
import dev.hindcast.evaluation.scoring.Kernel;
import dev.hindcast.evaluation.scoring.ScoredLog;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Chooses how far kernels reach: for each policy that acts for certain, what per-decision
 * importance sampling says of it with each of a few bandwidths. A narrow kernel is right but wild,
 * a wide one steady but about other actions; {@link Slope} takes the widest that nothing narrower
 * speaks against.
 */
public final class BandwidthSums implements Serializable {
  private static final long serialVersionUID = 1L;

  /** From the least biased on. */
  private static final List<Double> BANDWIDTHS =
      List.of(1.0 / 64, 1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2);

  private final transient BandwidthTask task; // stays where the episodes are: policies are heavy
  private final boolean gathersAtEdges;
  private final List<double[]> sums = new ArrayList<>(); // by candidate, then bandwidth
  private final List<double[]> squares = new ArrayList<>();
  private long episodes;

  /** Nothing yet. */
  public BandwidthSums(BandwidthTask task) {
    this.task = task;
    gathersAtEdges = task.gathersAtEdges();
    for (int c = 0; c < task.candidates().size(); c++) {
      sums.add(new double[BANDWIDTHS.size()]);
      squares.add(new double[BANDWIDTHS.size()]);
    }
  }

  /** Adds every episode of a file. */
  public BandwidthSums add(TransitionColumns columns) {
    episodes += columns.episodes();
    for (int c = 0; c < task.candidates().size(); c++) {
      for (int k = 0; k < BANDWIDTHS.size(); k++) {
        Kernel kernel = new Kernel(BANDWIDTHS.get(k), gathersAtEdges);
        ScoredLog log =
            ScoredLog.of(columns, task.candidates().get(c).smoothed(kernel), Optional.empty());
        for (int e = 0; e < columns.episodes(); e++) {
          double term = task.estimator().terms(log.episode(e))[0];
          sums.get(c)[k] += term;
          squares.get(c)[k] += term * term;
        }
      }
    }
    return this;
  }

  /** Adds the sums of later files. */
  public BandwidthSums merge(BandwidthSums later) {
    episodes += later.episodes;
    for (int c = 0; c < sums.size(); c++) {
      ReplicateSums.addScaled(sums.get(c), later.sums.get(c), 1);
      ReplicateSums.addScaled(squares.get(c), later.squares.get(c), 1);
    }
    return this;
  }

  /** The kernel of each policy, in their order; without episodes the widest. */
  public List<Kernel> kernels() {
    Slope slope = Slope.over(episodes);
    List<Kernel> kernels = new ArrayList<>();
    for (int c = 0; c < sums.size(); c++) {
      double[] values = new double[BANDWIDTHS.size()];
      double[] widths = new double[BANDWIDTHS.size()];
      for (int k = 0; k < values.length; k++) {
        values[k] = sums.get(c)[k] / episodes;
        widths[k] = slope.width(values[k], squares.get(c)[k] / episodes);
      }
      double bandwidth =
          episodes < 2 ? Collections.max(BANDWIDTHS) : BANDWIDTHS.get(Slope.choose(values, widths));
      kernels.add(new Kernel(bandwidth, gathersAtEdges));
    }
    return kernels;
  }
}
