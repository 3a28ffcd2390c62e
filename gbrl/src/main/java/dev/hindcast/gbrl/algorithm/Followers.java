package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The observations that steps are bootstrapped from. */
final class Followers {
  private final int[] steps;
  private final int[] observations;
  private final int[] places;

  Followers(TransitionColumns data) {
    steps =
        IntStream.range(0, data.rows())
            .filter(row -> !data.terminated(row) && data.next(row) != TransitionColumns.UNKNOWN)
            .toArray();
    observations = IntStream.of(steps).map(data::next).toArray();
    places = new int[data.observationRows()];
    Arrays.fill(places, -1);
    for (int i = 0; i < observations.length; i++) {
      places[observations[i]] = i;
    }
  }

  /** Their rows, each once; shared, read only. */
  int[] observations() {
    return observations;
  }

  /** The row of the step that one of them followed. */
  int step(int follower) {
    return steps[follower];
  }

  /**
   * (B): a value of the followers as one of what followed each step; 0 where nothing did.
   *
   * @param values (followers)
   */
  float[] next(MiniBatch batch, float[] values) {
    int[] next = batch.nextObservations();
    float[] found = new float[next.length];
    for (int i = 0; i < next.length; i++) {
      int place = places[next[i]];
      found[i] = place < 0 ? 0 : values[place];
    }
    return found;
  }
}
