package dev.hindcast.training.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.training.learner.Device;
import dev.hindcast.training.learner.Experience.RewardScale;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.loop.Snapshots;
import java.io.Serializable;
import java.util.List;

/**
 * What every algorithm can be told under {@code train}, and each entry of {@code algorithms} can
 * override for itself.
 *
 * @param seeds how many runs; their seeds are 0, 1, ...
 * @param updates gradient updates in each run
 * @param batchSize steps in each update
 * @param checkpointEvery updates between checkpoints; 0 for none
 * @param metricsEvery updates averaged in each line of the metrics file
 * @param device where to compute
 * @param hidden widths of the hidden layers of every network; an empty list leaves them to the
 *     algorithm: as many layers as its paper has, 256 wide
 * @param embeddingWidth widest embedding of a categorical field
 * @param rewardScale what rewards are multiplied by, for learners of policies; above 0
 * @param rewardShift what is added to every scaled reward
 * @param demonstrationShare of every batch, in [0, 1], that are demonstrations; for learners that
 *     learn from those
 * @param alarms whether a run stops when its figures say that going on is pointless
 * @param tensorboard whether a bundle also holds its metrics as a TensorBoard event file
 * @param snapshots how many moments towards the end of training a bundle exports besides the end,
 *     see {@link Snapshots}
 * @param distribution whether a run is trained whole on one executor or on several
 */
public record TrainSettings(
    int seeds,
    int updates,
    int batchSize,
    int checkpointEvery,
    int metricsEvery,
    Device device,
    List<Integer> hidden,
    int embeddingWidth,
    double rewardScale,
    double rewardShift,
    double demonstrationShare,
    boolean alarms,
    boolean tensorboard,
    int snapshots,
    Distribution distribution)
    implements Serializable {
  /** Batches of 256 as everywhere in the field; fewer updates than papers make, to suit a CPU. */
  public static final TrainSettings DEFAULT =
      new TrainSettings(
          1,
          20_000,
          256,
          1_000,
          500,
          Device.AUTO,
          List.of(),
          32,
          1,
          0,
          0.5,
          true,
          true,
          0,
          Distribution.DEFAULT);

  /** Checks the ranges. */
  public TrainSettings {
    hidden = List.copyOf(hidden);
    Require.positive("seeds", seeds);
    hidden.forEach(width -> Require.positive("hidden", width));
    Require.positive("embedding-width", embeddingWidth);
    new Schedule(updates, batchSize, checkpointEvery, metricsEvery);
    new RewardScale(rewardScale, rewardShift);
    Snapshots.check(snapshots);
    Require.closed("demonstration-share", demonstrationShare, 0, 1);
  }

  /** How learners of policies see rewards. */
  public RewardScale rewards() {
    return new RewardScale(rewardScale, rewardShift);
  }

  /** How long to train, for algorithms whose updates are gradient updates. */
  public Schedule schedule() {
    return new Schedule(updates, batchSize, checkpointEvery, metricsEvery);
  }

  /**
   * Settings for judging what is trained with these: on the same device, with networks as large.
   *
   * @param judgeUpdates how long the judge learns
   */
  public TrainSettings evaluating(int judgeUpdates) {
    return new TrainSettings(
        1,
        judgeUpdates,
        batchSize,
        0,
        Math.max(1, judgeUpdates / 4),
        device,
        hidden,
        embeddingWidth,
        1,
        0,
        0,
        false,
        false,
        0,
        Distribution.DEFAULT);
  }
}
