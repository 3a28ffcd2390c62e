package dev.hindcast.training.learner;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Returns;
import dev.hindcast.core.data.TransitionColumns;
import java.io.Serializable;
import java.util.Optional;

/**
 * The training data as learners see it: rewards scaled, actions in [-1, 1], discounts by step.
 * Computed once; batches read it by row.
 */
public final class Experience {
  private final TransitionColumns data;
  private final float[] rewards;
  private final float[] discounts;
  private final float[] actionVectors;
  private final double greatestReturn;
  private final Optional<Fresh> fresh;
  private final AllRows all;

  /**
   * A linear change of rewards: {@code scale * reward + shift}.
   *
   * @param scale above 0
   * @param shift added to every step's reward
   */
  public record RewardScale(double scale, double shift) implements Serializable {
    /** As they are. */
    public static final RewardScale NONE = new RewardScale(1, 0);

    /** Checks the range. */
    public RewardScale {
      Require.positive("reward-scale", scale);
      Require.that(Double.isFinite(shift), "reward-shift must be a finite number.");
    }

    /** A reward on this scale. */
    public double apply(double reward) {
      return scale * reward + shift;
    }
  }

  /**
   * The last episodes of data, lived by a policy in training since it was last changed: what
   * on-policy learners need besides a log.
   *
   * @param firstEpisode the first of them; those before it are the log
   * @param version how often that policy had been changed when it lived them
   * @param acted how their actions were drawn
   */
  public record Fresh(int firstEpisode, int version, Acted acted) {
    /** Checks the ranges. */
    public Fresh {
      Require.nonNegative("first-episode", firstEpisode);
      Require.nonNegative("version", version);
    }

    /** Of the policy's own actions. */
    public Fresh(int firstEpisode, int version) {
      this(firstEpisode, version, Acted.BY_THE_POLICY);
    }
  }

  /** How the actions of fresh episodes were drawn. */
  public enum Acted {
    /** By the very policy in training. */
    BY_THE_POLICY,
    /**
     * By one near it: an earlier version, or one that also explores. Logged propensities say with
     * what probability.
     */
    AS_LOGGED
  }

  /** Of this data, with γ in [0, 1]; all of it is a log. */
  public Experience(TransitionColumns data, double discount, RewardScale scale) {
    this(data, discount, scale, Optional.empty());
  }

  /** Of data that the members of a gathering have together; all of it is a log. */
  public Experience(
      TransitionColumns data, double discount, RewardScale scale, Gathering gathering) {
    this(data, discount, scale, Optional.empty(), AllRows.of(gathering, data.rows()));
  }

  /** Of this data, with γ in [0, 1], whose last episodes may be fresh. */
  public Experience(
      TransitionColumns data, double discount, RewardScale scale, Optional<Fresh> fresh) {
    this(data, discount, scale, fresh, AllRows.here(data.rows()));
  }

  private Experience(
      TransitionColumns data,
      double discount,
      RewardScale scale,
      Optional<Fresh> fresh,
      AllRows all) {
    this.data = data;
    this.fresh = fresh;
    this.all = all;
    rewards = new float[data.rows()];
    discounts = new float[data.rows()];
    for (int row = 0; row < data.rows(); row++) {
      rewards[row] = (float) scale.apply(data.reward(row));
      discounts[row] = data.terminated(row) ? 0 : (float) data.discount(row, discount);
    }
    Returns.Extremes here = Returns.Extremes.of(data, discount, scale::apply);
    double[] extremes = all.greatest(here.reward(), here.discount(), here.steps());
    greatestReturn = new Returns.Extremes(extremes[0], extremes[1], extremes[2]).bound();
    actionVectors =
        data.actionSpace() instanceof ActionSpace.Box box
            ? box.toUnits(data.actionVectors())
            : new float[0];
  }

  /** The rows of this data among all that are learned from. */
  public AllRows all() {
    return all;
  }

  /** The data itself, in its own units. */
  public TransitionColumns data() {
    return data;
  }

  /** A row's reward on the scale of training. */
  public float reward(int row) {
    return rewards[row];
  }

  /**
   * What a step's future is multiplied by: γ to the power of the step's duration, or 0 where the
   * world ended the episode. A truncated step is not ended: its episode would have gone on.
   */
  public float discount(int row) {
    return discounts[row];
  }

  /** How large a return of any member's data can be, either way, on the scale of training. */
  public double greatestReturn() {
    return greatestReturn;
  }

  /** Which episodes are fresh. */
  public Optional<Fresh> fresh() {
    return fresh;
  }

  /** Whether a row is a step of a fresh episode. */
  public boolean isFresh(int row) {
    return fresh.isPresent()
        && fresh.get().firstEpisode() < data.episodes()
        && row >= data.start(fresh.get().firstEpisode());
  }

  /** (n, actions): which actions are admissible at observation rows; empty without masks. */
  public boolean[] masks(int[] observations) {
    if (!data.hasMask()) {
      return new boolean[0];
    }
    int actions = data.actionCount();
    boolean[] masks = new boolean[observations.length * actions];
    for (int i = 0; i < observations.length; i++) {
      System.arraycopy(data.mask(), observations[i] * actions, masks, i * actions, actions);
    }
    return masks;
  }

  /** (rows, dimensions) of continuous actions in [-1, 1]; shared, read only. */
  public float[] actionVectors() {
    return actionVectors;
  }

  /** Coordinates of a continuous action; 0 for discrete ones. */
  public int dimensions() {
    return data.actionSpace() instanceof ActionSpace.Box box ? box.dimensions() : 0;
  }
}
