package dev.hindcast.core.data;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.Require;
import java.io.Serializable;

/**
 * Which episodes are for training and which are held out for evaluation, decided by a hash of the
 * episode id alone: an episode stays on its side when the log grows, is reordered, or is processed
 * elsewhere.
 *
 * @param heldOut the share of episodes to hold out, in [0, 1]
 * @param salt changes the draw
 */
public record Split(double heldOut, String salt) implements Serializable {
  /** Half of the episodes are held out: an estimate is only as good as the evidence kept for it. */
  public static final Split DEFAULT = new Split(0.5, "hindcast");

  /** Checks the share. */
  public Split {
    Require.closed("held-out", heldOut, 0, 1);
  }

  /** The two sides. */
  public enum Part {
    /** For learners. */
    TRAINING,
    /** For evaluation, never seen by learners. */
    HELD_OUT;

    /** The folder and JSON spelling. */
    public String key() {
      return this == TRAINING ? "training" : "held_out";
    }
  }

  /** The side an episode is on. */
  public Part of(String episodeId) {
    return StableHash.uniform(StableHash.of(salt), StableHash.of(episodeId)) < heldOut
        ? Part.HELD_OUT
        : Part.TRAINING;
  }
}
