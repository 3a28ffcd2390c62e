package dev.hindcast.training.algorithm;

import dev.hindcast.core.config.Require;
import java.io.Serializable;

/**
 * Whether a trial is trained whole on one executor or on several.
 *
 * @param shards how many parts the training side is cut into; 1 trains whole. 0 does so too, but
 *     for algorithms that learn the same from data in parts: those get as many as it takes for each
 *     to fit an executor
 * @param localUpdates updates that every shard makes by itself between two averages
 */
public record Distribution(int shards, int localUpdates) implements Serializable {
  /**
   * Whole where it fits; and where it is in rounds, few enough rounds that computing outweighs
   * exchanging.
   */
  public static final Distribution DEFAULT = new Distribution(0, 500);

  /** Checks the ranges. */
  public Distribution {
    Require.nonNegative("shards", shards);
    Require.positive("local-updates", localUpdates);
  }

  /** Whether nobody asked for several executors. */
  public boolean isWhole() {
    return shards <= 1;
  }
}
