package dev.hindcast.streaming.source;

import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.EventRow;
import java.io.Serializable;

/**
 * Gives rows their time.
 *
 * @param plan where it stands
 */
record TimedRows(StreamPlan plan) implements Serializable {
  /** The reason for records that are no rows. */
  static final String UNREADABLE = "unreadable";

  /** The row, or a dead letter when it does not say when it happened. */
  Arrival at(Object[] values, String origin, long offset) {
    Object time = values[plan.timeColumn()];
    if (time == null) {
      EventRow row = new EventRow(DeadLetter.NO_TIME, origin, offset, values);
      return DeadLetter.of(
          row,
          plan.columns(),
          "missing-time",
          plan.columns().names().get(plan.timeColumn()) + " is empty",
          plan.payloadBytes());
    }
    return new EventRow(plan.millis(time), origin, offset, values);
  }
}
