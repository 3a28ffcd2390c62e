package dev.hindcast.evaluation.fold;

/**
 * An estimate, in the log and in every bootstrap replicate; arrays are kept, not copied.
 *
 * @param value the estimate
 * @param values (replicates) the same in each
 * @param influences (replicates) the mean influence on it of the episodes that each has drawn
 */
@SuppressWarnings("ArrayRecordComponent") // for a moment; never compared
record Replicated(double value, double[] values, double[] influences) {
  /** By how much a mean influence exceeds another, replicate by replicate. */
  static double[] difference(double[] influences, double[] others) {
    double[] difference = new double[influences.length];
    for (int b = 0; b < difference.length; b++) {
      difference[b] = influences[b] - others[b];
    }
    return difference;
  }
}
