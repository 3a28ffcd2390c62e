package dev.hindcast.evaluation.fold;

import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.scoring.Candidate;
import java.io.Serializable;
import java.util.List;

/**
 * What {@link BandwidthSums} are computed of.
 *
 * @param candidates policies that act for certain in a box
 * @param estimator of one term, what each bandwidth is judged by
 * @param gathersAtEdges as in {@link dev.hindcast.evaluation.scoring.Kernel}
 */
public record BandwidthTask(List<Candidate> candidates, Estimator estimator, boolean gathersAtEdges)
    implements Serializable {
  /** Copies the list. */
  public BandwidthTask {
    candidates = List.copyOf(candidates);
  }
}
