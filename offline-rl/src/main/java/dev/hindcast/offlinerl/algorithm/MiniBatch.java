package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.data.TransitionColumns;

/**
 * Transitions drawn for one update, B of them. Observations are row numbers of the placed table.
 */
public final class MiniBatch {
  private final TransitionColumns data;
  private final int[] rows;
  private final double progress;

  /**
   * Of these steps.
   *
   * @param data where they are from
   * @param rows (B), their rows
   * @param progress the share of all updates made before this one, in [0, 1)
   */
  public MiniBatch(TransitionColumns data, int[] rows, double progress) {
    this.data = data;
    this.rows = rows.clone();
    this.progress = progress;
  }

  /** B. */
  public int size() {
    return rows.length;
  }

  /** The share of all updates made before this one, in [0, 1). */
  public double progress() {
    return progress;
  }

  /** (B): the observation row of each step. */
  public int[] observations() {
    return rows.clone();
  }

  /** (B): the logged action of each step. */
  public int[] actions() {
    int[] actions = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      actions[i] = data.action(rows[i]);
    }
    return actions;
  }

  /** (B): the reward of each step. */
  public float[] rewards() {
    float[] rewards = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      rewards[i] = (float) data.reward(rows[i]);
    }
    return rewards;
  }

  /**
   * (B): the observation row that followed each step; the step's own where the world ended, whose
   * value {@link #bootstraps()} multiplies by zero.
   */
  public int[] nextObservations() {
    int[] next = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      next[i] = data.terminated(rows[i]) ? rows[i] : data.next(rows[i]);
    }
    return next;
  }

  /**
   * (B): 0 where the world ended the episode with the step, otherwise 1. A truncated step counts as
   * 1: its episode would have gone on.
   */
  public float[] bootstraps() {
    float[] bootstraps = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      bootstraps[i] = data.terminated(rows[i]) ? 0 : 1;
    }
    return bootstraps;
  }

  /** (B, actions): which actions are admissible in each step; empty without masks. */
  public boolean[] masks() {
    if (!data.hasMask()) {
      return new boolean[0];
    }
    int actions = data.actionCount();
    boolean[] masks = new boolean[rows.length * actions];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(data.mask(), rows[i] * actions, masks, i * actions, actions);
    }
    return masks;
  }

  /**
   * (B): 1 where the logged action is one that the mask admits, otherwise 0: a policy that keeps to
   * the mask has nothing to learn from the others.
   */
  public float[] admissibleWeights() {
    float[] weights = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      weights[i] = data.isLoggedActionAdmissible(rows[i]) ? 1 : 0;
    }
    return weights;
  }

  /** Where the first step of this batch stands, for messages. */
  public String inWords() {
    int episode = 0;
    while (data.end(episode) <= rows[0]) {
      episode++;
    }
    return rows.length
        + " steps, the first of them episode "
        + data.episodeId(episode)
        + " step "
        + (rows[0] - data.start(episode));
  }
}
