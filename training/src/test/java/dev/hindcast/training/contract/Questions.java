package dev.hindcast.training.contract;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.ContinuousWorld;

/** Decisions that stand in no log: what tests ask a policy. */
public final class Questions {
  private Questions() {}

  /** One decision in each state of a tabular world. */
  public static Decisions states(int states) {
    int[] codes = new int[states];
    for (int s = 0; s < states; s++) {
      codes[s] = s + 1;
    }
    return new Decisions(
        states, new float[0], codes, new boolean[0], new String[states], new int[states]);
  }

  /** These observations of numbers, (rows, fields), to be decided upon. */
  public static Decisions numbers(int rows, float[] observations) {
    return new Decisions(
        rows, observations, new int[0], new boolean[0], new String[rows], new int[rows]);
  }

  /** What a policy does when it is not to explore, in a world of numbers. */
  public static ContinuousWorld.BoxActor actor(Policy policy) {
    return (rows, observations) -> policy.continuous(numbers(rows, observations)).modes();
  }
}
