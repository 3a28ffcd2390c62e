package dev.hindcast.streaming.operator;

import dev.hindcast.ingestion.mapping.Event;
import dev.hindcast.ingestion.mapping.MappedRow;
import dev.hindcast.ingestion.mapping.Sessionizer.Ordering;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EventRow;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * When the rows of one id are an episode that is over. There are two ends, and the earlier counts:
 *
 * <ul>
 *   <li>the end that rows tell: the time of the row that says that the episode ended, when rows are
 *       ordered by time; the latest time among the steps up to that one, when they are numbered and
 *       none is missing. Where ids are cut by pauses, or rows are ordered by something else, rows
 *       alone do not tell.
 *   <li>the first row after which there is a longer pause than episodes have, and that pause.
 * </ul>
 *
 * <p>Times are those at which the stream has reached a row: when it happened, and where rewards are
 * waited for, later by that span.
 */
final class Ending {
  /** A time that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  private final StreamPlan plan;
  private final boolean isToldByRows;

  Ending(StreamPlan plan) {
    this.plan = plan;
    isToldByRows =
        plan.sessionizer().gap() == 0
            && (plan.sessionizer().ordering() != Ordering.COLUMN || plan.isOrderedByTime());
  }

  /**
   * Rows cut at the first end.
   *
   * @param at when it is reached
   * @param inside how many of the rows, from the first, are of the episode
   */
  record Cut(long at, int inside) {}

  /** When the stream has reached a row. */
  long reached(EventRow row) {
    return row.time() + plan.within();
  }

  /** The longest pause within an episode; none where each row is one. */
  long pause() {
    return plan.sessionizer().ordering() == Ordering.NONE ? 0 : plan.closeAfter();
  }

  /** Whether it is worth while to look for the end that rows tell. */
  boolean mayBeComplete(SessionProgress progress) {
    return isToldByRows
        && progress.hasEnd()
        && (plan.sessionizer().ordering() != Ordering.STEP || progress.rows() > progress.end());
  }

  /**
   * The end that rows tell; {@link #NEVER} while they tell none.
   *
   * @param mapped the same rows
   */
  long end(List<EventRow> rows, List<MappedRow> mapped) {
    if (!isToldByRows) {
      return NEVER;
    }
    return switch (plan.sessionizer().ordering()) {
      case NONE -> rows.stream().mapToLong(this::reached).min().orElse(NEVER);
      case COLUMN ->
          IntStream.range(0, rows.size())
              .filter(i -> isEnd(mapped.get(i)))
              .mapToLong(i -> reached(rows.get(i)))
              .min()
              .orElse(NEVER);
      case STEP -> endOfSteps(rows, mapped);
    };
  }

  /**
   * Cuts at the first end.
   *
   * @param rows by time, at least one
   * @param mapped the same rows
   */
  Cut cut(List<EventRow> rows, List<MappedRow> mapped) {
    int run = 1;
    while (run < rows.size() && reached(rows.get(run)) - reached(rows.get(run - 1)) <= pause()) {
      run++;
    }
    long silent = reached(rows.get(run - 1)) + pause();
    long told = end(rows, mapped);
    if (told > silent) {
      return new Cut(silent, run);
    }
    int inside = 0;
    while (inside < rows.size() && reached(rows.get(inside)) <= told) {
      inside++;
    }
    return new Cut(told, inside);
  }

  private long endOfSteps(List<EventRow> rows, List<MappedRow> all) {
    long end = NEVER;
    TreeMap<Long, Long> latestOfStep = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      EventRow row = rows.get(i);
      MappedRow mapped = all.get(i);
      if (mapped.order().isEmpty()) {
        continue;
      }
      long step = mapped.order().getAsLong();
      latestOfStep.merge(step, reached(row), Math::max);
      if (isEnd(mapped)) {
        end = Math.min(end, step);
      }
    }
    if (end == NEVER || end < 0) {
      return NEVER;
    }
    var upToEnd = latestOfStep.subMap(0L, true, end, true);
    return upToEnd.size() == end + 1
        ? upToEnd.values().stream().mapToLong(Long::longValue).max().orElse(NEVER)
        : NEVER;
  }

  /** Whether a row says that its episode ended. */
  static boolean isEnd(MappedRow row) {
    return row instanceof Event event && (event.terminated() || event.truncated());
  }
}
