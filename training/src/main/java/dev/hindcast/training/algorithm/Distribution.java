package dev.hindcast.training.algorithm;

import dev.hindcast.core.config.Require;
import java.io.Serializable;

/**
 * Whether a trial is trained whole on one executor or in rounds on several.
 *
 * @param shards how many parts the training side is cut into; 1 trains whole
 * @param localUpdates updates that every shard makes by itself between two averages
 */
public record Distribution(int shards, int localUpdates) implements Serializable {
  /** Whole; and where it is not, few enough rounds that computing outweighs exchanging. */
  public static final Distribution DEFAULT = new Distribution(1, 500);

  /** Checks the ranges. */
  public Distribution {
    Require.positive("shards", shards);
    Require.positive("local-updates", localUpdates);
  }

  /** Whether one executor trains it whole. */
  public boolean isWhole() {
    return shards == 1;
  }
}
