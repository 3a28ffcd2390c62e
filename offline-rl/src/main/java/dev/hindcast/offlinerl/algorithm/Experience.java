package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Returns;
import dev.hindcast.core.data.TransitionColumns;
import java.io.Serializable;

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

  /** Of this data, with γ in [0, 1]. */
  public Experience(TransitionColumns data, double discount, RewardScale scale) {
    this.data = data;
    rewards = new float[data.rows()];
    discounts = new float[data.rows()];
    for (int row = 0; row < data.rows(); row++) {
      rewards[row] = (float) scale.apply(data.reward(row));
      discounts[row] = data.terminated(row) ? 0 : (float) data.discount(row, discount);
    }
    greatestReturn = Returns.bound(data, discount, scale::apply);
    actionVectors =
        data.actionSpace() instanceof ActionSpace.Box box
            ? box.toUnits(data.actionVectors())
            : new float[0];
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

  /** How large a return can be in either direction, on the scale of training. */
  public double greatestReturn() {
    return greatestReturn;
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
