package dev.hindcast.training.head;

import dev.hindcast.core.loss.MaskedSoftmax;

/**
 * The action of greatest value among those that count, in each row of a batch; the lowest numbered
 * among equals.
 *
 * @param oneHot (rows, actions), 1 at the action, else 0
 * @param undecided (rows), whether values or probabilities are so close that a runtime with other
 *     rounding may choose differently
 */
@SuppressWarnings("ArrayRecordComponent") // on its way to a distribution; never compared
record GreedyChoice(double[] oneHot, boolean[] undecided) {
  /** What counts as close, relative to values of more than 1. */
  private static final double CLOSE = 1e-4;

  /** Among the admissible actions; an empty mask admits all. */
  static GreedyChoice among(float[] values, int actions, boolean[] mask) {
    boolean[] counts = new boolean[values.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = mask.length == 0 || mask[i];
    }
    return of(values, actions, counts, new boolean[values.length / actions]);
  }

  /**
   * Among the admissible actions that are at least {@code threshold} times as probable as the most
   * probable one, under the masked softmax of the logits.
   */
  static GreedyChoice amongProbable(
      float[] values, int actions, boolean[] mask, float[] logits, double threshold) {
    double[] probabilities = MaskedSoftmax.of(logits, actions, mask);
    boolean[] counts = new boolean[values.length];
    boolean[] undecided = new boolean[values.length / actions];
    for (int row = 0; row < undecided.length; row++) {
      double greatest = 0;
      for (int i = row * actions; i < (row + 1) * actions; i++) {
        greatest = Math.max(greatest, probabilities[i]);
      }
      for (int i = row * actions; i < (row + 1) * actions; i++) {
        boolean admissible = mask.length == 0 || mask[i];
        double ratio = probabilities[i] / greatest;
        counts[i] = admissible && probabilities[i] >= threshold * greatest;
        undecided[row] |= admissible && ratio < 1 && Math.abs(ratio - threshold) < CLOSE;
      }
    }
    return of(values, actions, counts, undecided);
  }

  private static GreedyChoice of(
      float[] values, int actions, boolean[] counts, boolean[] undecided) {
    double[] oneHot = new double[values.length];
    for (int row = 0; row < undecided.length; row++) {
      int best = -1;
      for (int i = row * actions; i < (row + 1) * actions; i++) {
        if (counts[i] && (best < 0 || values[i] > values[best])) {
          best = i;
        }
      }
      oneHot[best] = 1;
      double close = CLOSE * Math.max(1, Math.abs(values[best]));
      for (int i = row * actions; i < (row + 1) * actions; i++) {
        undecided[row] |= counts[i] && i != best && values[best] - values[i] < close;
      }
    }
    return new GreedyChoice(oneHot, undecided);
  }
}
