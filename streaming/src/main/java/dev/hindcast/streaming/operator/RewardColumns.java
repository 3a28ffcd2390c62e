package dev.hindcast.streaming.operator;

import dev.hindcast.streaming.plan.StreamConfig.Several;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.Kind;
import java.util.List;

/** Fills the columns of the reward in a decision's row. */
final class RewardColumns {
  private final StreamPlan plan;

  RewardColumns(StreamPlan plan) {
    this.plan = plan;
  }

  /**
   * The decision with its rewards.
   *
   * @param rewards in the order in which they happened; where none fills a column, what the
   *     decision itself says stands, then the value for decisions without
   */
  EventRow fill(EventRow decision, List<EventRow> rewards) {
    Object[] values = decision.values().clone();
    for (int column : plan.mapping().reward()) {
      Kind kind = plan.columns().kinds().get(column);
      Object filled = null;
      for (EventRow reward : rewards) {
        filled = together(filled, reward.value(column), kind);
      }
      if (filled != null) {
        values[column] = filled;
      } else if (values[column] == null && !Double.isNaN(plan.otherwise())) {
        values[column] = of(plan.otherwise(), kind);
      }
    }
    values[plan.observed()] = !rewards.isEmpty();
    return decision.withValues(values);
  }

  private Object together(Object before, Object next, Kind kind) {
    if (before == null || next == null) {
      return before == null ? next : before;
    }
    if (plan.several() == Several.FIRST) {
      return before;
    }
    return plan.several() == Several.LAST ? next : of(number(before) + number(next), kind);
  }

  private static double number(Object value) {
    return value instanceof Boolean flag ? (flag ? 1 : 0) : ((Number) value).doubleValue();
  }

  /** Flags hold whether there is anything at all. */
  private static Object of(double number, Kind kind) {
    return switch (kind) {
      case WHOLE -> (Object) Math.round(number);
      case SINGLE -> (Object) (float) number;
      case FLAG -> (Object) (number != 0);
      default -> (Object) number;
    };
  }
}
