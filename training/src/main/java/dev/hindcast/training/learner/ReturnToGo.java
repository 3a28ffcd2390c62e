package dev.hindcast.training.learner;

import dev.hindcast.core.data.TransitionColumns;

/**
 * What the log earned from each step on, on the scale of training. The world's end ends the sum. A
 * truncated episode would have gone on: there the sum goes to its final observation and a value of
 * that one is added; where the final observation is not known, the last step's own observation
 * takes its place, without that step's reward.
 */
public final class ReturnToGo {
  private final float[] sums;
  private final float[] tailWeights;
  private final int[] tails;

  /** The value of observations, (rows). */
  @FunctionalInterface
  public interface Values {
    /** One for each observation row. */
    float[] of(int[] observations);
  }

  /** Of this data. */
  public ReturnToGo(Experience experience) {
    TransitionColumns data = experience.data();
    sums = new float[data.rows()];
    tailWeights = new float[data.rows()];
    tails = new int[data.rows()];
    for (int episode = 0; episode < data.episodes(); episode++) {
      int last = data.end(episode) - 1;
      boolean isTailKnown = data.terminated(last) || data.next(last) != TransitionColumns.UNKNOWN;
      int tail = isTailKnown && !data.terminated(last) ? data.next(last) : last;
      double sum = 0;
      double weight = 1;
      for (int row = last; row >= data.start(episode); row--) {
        if (row < last || isTailKnown) {
          sum = experience.reward(row) + experience.discount(row) * sum;
          weight *= experience.discount(row);
        }
        sums[row] = (float) sum;
        tailWeights[row] = (float) weight;
        tails[row] = tail;
      }
    }
  }

  /**
   * (rows) of steps.
   *
   * @param values asked for what followed truncated episodes, if there are any
   */
  public float[] of(int[] steps, Values values) {
    float[] result = new float[steps.length];
    int[] ends = new int[steps.length];
    boolean isAnyOpen = false;
    for (int i = 0; i < steps.length; i++) {
      result[i] = sums[steps[i]];
      ends[i] = tails[steps[i]];
      isAnyOpen |= tailWeights[steps[i]] > 0;
    }
    if (isAnyOpen) {
      float[] after = values.of(ends);
      for (int i = 0; i < steps.length; i++) {
        float weight = tailWeights[steps[i]];
        result[i] += weight == 0 ? 0 : weight * after[i];
      }
    }
    return result;
  }
}
