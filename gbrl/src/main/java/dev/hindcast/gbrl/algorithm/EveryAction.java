package dev.hindcast.gbrl.algorithm;

import java.util.Arrays;

/**
 * What every discrete action is worth at some observations, by a function whose input the action
 * is. Of actions that a mask does not admit nobody asks.
 */
final class EveryAction {
  private final int actions;
  private final float start;
  private final int[] places;
  private final int size;
  private final Followed followed;

  /**
   * At these observation rows.
   *
   * @param q with one output
   * @param start what it gives before any tree
   */
  EveryAction(Setting setting, TreeFunction q, int[] observations, float start) {
    this.start = start;
    actions = setting.actions();
    size = observations.length * actions;
    boolean[] masks = setting.experience().masks(observations);
    int[] asked = new int[size];
    float[] codes = new float[size];
    int[] at = new int[size];
    int n = 0;
    for (int i = 0; i < size; i++) {
      if (masks.length == 0 || masks[i]) {
        asked[n] = observations[i / actions];
        codes[n] = i % actions;
        at[n++] = i;
      }
    }
    places = Arrays.copyOf(at, n);
    followed =
        new Followed(
            q, new Pairs(setting.data(), Arrays.copyOf(asked, n), Arrays.copyOf(codes, n)), start);
  }

  /** (observations, actions) after so many rounds. */
  float[] after(int rounds) {
    float[] found = followed.after(rounds);
    float[] all = new float[size];
    Arrays.fill(all, start);
    for (int i = 0; i < places.length; i++) {
      all[places[i]] = found[i];
    }
    return all;
  }

  /** Begins anew: the function may have become another. */
  void forget() {
    followed.forget();
  }

  /** How many actions there are. */
  int actions() {
    return actions;
  }
}
