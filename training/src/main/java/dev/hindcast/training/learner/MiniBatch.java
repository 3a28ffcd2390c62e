package dev.hindcast.training.learner;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.TransitionColumns;
import java.util.SplittableRandom;

/**
 * Transitions drawn for one update, B of them. Observations are row numbers of the placed table.
 */
public final class MiniBatch {
  private final Experience experience;
  private final TransitionColumns data;
  private final int[] rows;
  private final long update;
  private final double progress;
  private final long seed;

  /**
   * Of these steps.
   *
   * @param experience where they are from
   * @param rows (B), their rows
   * @param update how many updates came before this one
   * @param progress the share of all updates made before this one, in [0, 1)
   * @param seed of the randomness that belongs to this update
   */
  public MiniBatch(Experience experience, int[] rows, long update, double progress, long seed) {
    this.experience = experience;
    this.data = experience.data();
    this.rows = rows.clone();
    this.update = update;
    this.progress = progress;
    this.seed = seed;
  }

  /** How many updates came before this one. */
  public long update() {
    return update;
  }

  /**
   * Randomness that belongs to this update and purpose alone: no generator has to be remembered for
   * training to go on where it stopped, and one purpose's draws do not move another's.
   */
  public SplittableRandom random(String purpose) {
    return new SplittableRandom(StableHash.combine(seed, StableHash.of(purpose)));
  }

  /** B. */
  public int size() {
    return rows.length;
  }

  /** The share of all updates made before this one, in [0, 1). */
  public double progress() {
    return progress;
  }

  /** (B): the row of each step in the data. */
  public int[] rows() {
    return rows.clone();
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

  /** (B, dimensions): the logged continuous action of each step, in [-1, 1]. */
  public float[] actionVectors() {
    int d = experience.dimensions();
    float[] vectors = new float[rows.length * d];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(experience.actionVectors(), rows[i] * d, vectors, i * d, d);
    }
    return vectors;
  }

  /** (B): the reward of each step, on the scale of training. */
  public float[] rewards() {
    float[] rewards = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      rewards[i] = experience.reward(rows[i]);
    }
    return rewards;
  }

  /**
   * (B): γ to the power of each step's duration, or 0 where the world ended the episode with it.
   * Targets are {@code rewards + discounts * next values}.
   */
  public float[] discounts() {
    float[] discounts = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      discounts[i] = experience.discount(rows[i]);
    }
    return discounts;
  }

  /** (B): {@code rewards + discounts * nextValues}, what a step is worth if these values follow. */
  public float[] targets(float[] nextValues) {
    float[] targets = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      float discount = experience.discount(rows[i]);
      targets[i] = experience.reward(rows[i]) + (discount == 0 ? 0 : discount * nextValues[i]);
    }
    return targets;
  }

  /**
   * (B): the observation row that followed each step; the step's own where the world ended, whose
   * value {@link #discounts()} multiplies by zero.
   */
  public int[] nextObservations() {
    int[] next = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      next[i] = data.terminated(rows[i]) ? rows[i] : data.next(rows[i]);
    }
    return next;
  }

  /** (B, actions): which actions are admissible in each step; empty without masks. */
  public boolean[] masks() {
    return experience.masks(rows);
  }

  /** (B, actions): which actions are admissible at {@link #nextObservations()}. */
  public boolean[] nextMasks() {
    return experience.masks(nextObservations());
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

  /** (B): whether each step is a demonstration. */
  public boolean[] demonstrations() {
    boolean[] demonstrations = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      demonstrations[i] = data.isDemonstration(rows[i]);
    }
    return demonstrations;
  }

  /** (B): whether each step is fresh, {@link Experience#fresh()}. */
  public boolean[] fresh() {
    boolean[] fresh = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      fresh[i] = experience.isFresh(rows[i]);
    }
    return fresh;
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
