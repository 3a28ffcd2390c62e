package dev.hindcast.evaluation.fold;

import java.io.Serializable;

/**
 * What the episodes of each segment do to a candidate's primary estimate, summed.
 *
 * <p>An estimate plus the influence of an episode is a number of that episode whose mean over all
 * episodes is the estimate. A segment is known before the first action, so weights average 1 within
 * it as they do over all, and the mean of these numbers over its episodes estimates the value of
 * the policy there (as Semenova, Chernozhukov 2021 do with doubly robust scores). By construction
 * the segments of a column average to the whole.
 */
final class SegmentSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] episodes; // (segments), as all of these
  private final double[] influences;
  private final double[] squares;
  private final double[] differences;
  private final double[] differenceSquares;
  private final double[] weights;
  private final double[] weightSquares;

  SegmentSums(int segments) {
    episodes = new double[segments];
    influences = new double[segments];
    squares = new double[segments];
    differences = new double[segments];
    differenceSquares = new double[segments];
    weights = new double[segments];
    weightSquares = new double[segments];
  }

  /**
   * Adds an episode to its segments.
   *
   * @param influence on the candidate's estimate
   * @param difference that less the influence on the incumbent's
   * @param weight of the whole episode
   */
  void add(int[] segments, double influence, double difference, double weight) {
    for (int s : segments) {
      episodes[s]++;
      influences[s] += influence;
      squares[s] += influence * influence;
      differences[s] += difference;
      differenceSquares[s] += difference * difference;
      weights[s] += weight;
      weightSquares[s] += weight * weight;
    }
  }

  void merge(SegmentSums later) {
    ReplicateSums.addScaled(episodes, later.episodes, 1);
    ReplicateSums.addScaled(influences, later.influences, 1);
    ReplicateSums.addScaled(squares, later.squares, 1);
    ReplicateSums.addScaled(differences, later.differences, 1);
    ReplicateSums.addScaled(differenceSquares, later.differenceSquares, 1);
    ReplicateSums.addScaled(weights, later.weights, 1);
    ReplicateSums.addScaled(weightSquares, later.weightSquares, 1);
  }

  SegmentMoments moments(int segment) {
    double n = episodes[segment];
    return new SegmentMoments(
        (long) n,
        weights[segment] * weights[segment] / weightSquares[segment],
        weights[segment] / n,
        error(weights[segment], weightSquares[segment], n),
        influences[segment] / n,
        error(influences[segment], squares[segment], n),
        differences[segment] / n,
        error(differences[segment], differenceSquares[segment], n));
  }

  private static double error(double sum, double squares, double n) {
    double mean = sum / n;
    return Math.sqrt(Math.max(0, squares / n - mean * mean) / (n - 1));
  }
}
