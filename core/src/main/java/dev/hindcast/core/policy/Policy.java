package dev.hindcast.core.policy;

import dev.hindcast.core.data.Decisions;
import java.io.Serializable;

/**
 * A way to act: a distribution over actions for every decision. Plain data without native parts, so
 * that it can be sent to executors; safe for use from several threads.
 */
public interface Policy extends Serializable {
  /**
   * How it would act in each row. Masked actions get probability 0.
   *
   * @throws dev.hindcast.core.config.UserError when it has no answer for a row
   */
  ActionDistribution.Categorical distribution(Decisions decisions);
}
