package dev.hindcast.gbrl.algorithm;

import java.util.Arrays;

/**
 * What a function of observation and action gives for pairs that it is not trained on, followed
 * while it grows: each time only its new trees are asked.
 */
final class Followed {
  private static final int AT_A_TIME = 1 << 14;

  private final TreeFunction function;
  private final Pairs pairs;
  private final float start;
  private float[] values;
  private int rounds;

  /**
   * Of a function with one output.
   *
   * @param start what it gives before any tree
   */
  Followed(TreeFunction function, Pairs pairs, float start) {
    this.function = function;
    this.pairs = pairs;
    this.start = start;
    forget();
  }

  /** (pairs): what it gave after so many rounds; shared, read only. */
  float[] after(int wanted) {
    if (wanted < rounds) {
      forget();
    }
    for (int from = 0; from < pairs.size() && wanted > rounds; from += AT_A_TIME) {
      int to = Math.min(pairs.size(), from + AT_A_TIME);
      float[] more =
          function
              .ensemble()
              .marginsFrom(
                  pairs.features(from, to), Arrays.copyOfRange(values, from, to), rounds, wanted);
      System.arraycopy(more, 0, values, from, more.length);
    }
    rounds = wanted;
    return values;
  }

  /** (pairs): their observation rows; shared, read only. */
  int[] observations() {
    return pairs.observations();
  }

  /** Begins anew: the function may have become another. */
  void forget() {
    values = new float[pairs.size()];
    Arrays.fill(values, start);
    rounds = 0;
  }
}
