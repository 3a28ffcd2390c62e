package dev.hindcast.training.loop;

import dev.hindcast.core.config.Require;
import java.io.Serializable;

/**
 * How long to train and what to note on the way.
 *
 * @param updates gradient updates in all
 * @param batchSize steps in each
 * @param checkpointEvery updates between checkpoints; 0 for none
 * @param metricsEvery updates that each line of the metrics file averages
 */
public record Schedule(int updates, int batchSize, int checkpointEvery, int metricsEvery)
    implements Serializable {
  /** Checks the ranges. */
  public Schedule {
    Require.positive("updates", updates);
    Require.positive("batch-size", batchSize);
    Require.nonNegative("checkpoint-every", checkpointEvery);
    Require.positive("metrics-every", metricsEvery);
  }
}
