package dev.hindcast.core.loss;

/** The softmax over admissible actions; all others get probability 0. */
public final class MaskedSoftmax {
  private MaskedSoftmax() {}

  /**
   * (rows, actions) probabilities of (rows, actions) logits.
   *
   * @param mask (rows, actions), true where the action is admissible; empty when all are
   * @throws IllegalArgumentException when a row admits no action
   */
  public static double[] of(float[] logits, int actions, boolean[] mask) {
    double[] probabilities = new double[logits.length];
    for (int at = 0; at < logits.length; at += actions) {
      double max = max(logits, at, actions, mask);
      if (max == Double.NEGATIVE_INFINITY) {
        throw new IllegalArgumentException("Row " + at / actions + " admits no action.");
      }
      double total = 0;
      for (int i = at; i < at + actions; i++) {
        if (mask.length == 0 || mask[i]) {
          probabilities[i] = Math.exp(logits[i] - max);
          total += probabilities[i];
        }
      }
      for (int i = at; i < at + actions; i++) {
        probabilities[i] /= total;
      }
    }
    return probabilities;
  }

  static double max(float[] logits, int at, int actions, boolean[] mask) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = at; i < at + actions; i++) {
      if (mask.length == 0 || mask[i]) {
        max = Math.max(max, logits[i]);
      }
    }
    return max;
  }
}
