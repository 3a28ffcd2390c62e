package dev.hindcast.core.policy;

import dev.hindcast.core.data.Decisions;
import java.io.Serializable;

/** Expected returns of actions under some policy. Plain data, safe for use from several threads. */
public interface QFunction extends Serializable {
  /**
   * (rows, actions): the expected discounted return of taking each action now and following the
   * policy afterwards.
   */
  double[] values(Decisions decisions);
}
