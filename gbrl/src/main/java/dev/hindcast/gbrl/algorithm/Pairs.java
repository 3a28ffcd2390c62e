package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.gbrl.tree.Features;
import java.util.Arrays;

/**
 * Observations, each with an action of which is asked what it is worth.
 *
 * @param data where the observations are from
 * @param observations (n), their rows
 * @param actions (n, width), as trees see them: the number of a discrete action, or the coordinates
 *     of a continuous one in the box's own units
 */
@SuppressWarnings("ArrayRecordComponent") // storage of a hot loop; never compared
record Pairs(TransitionColumns data, int[] observations, float[] actions) {
  int size() {
    return observations.length;
  }

  /** (to - from, features): what trees see of a part of them. */
  float[] features(int from, int to) {
    Features ofObservation = Features.of(data.observationSpace());
    int seen = ofObservation.width();
    int width = actions.length / Math.max(1, size());
    float[] observed = ofObservation.rows(data, Arrays.copyOfRange(observations, from, to));
    float[] rows = new float[(to - from) * (seen + width)];
    for (int i = 0; i < to - from; i++) {
      System.arraycopy(observed, i * seen, rows, i * (seen + width), seen);
      System.arraycopy(actions, (from + i) * width, rows, i * (seen + width) + seen, width);
    }
    return rows;
  }
}
