package dev.hindcast.streaming.row;

import java.util.List;

/**
 * The rows of one finished episode that passed all checks.
 *
 * @param episodeId what it is called
 * @param rows in order, at least one
 */
public record EpisodeRows(String episodeId, List<EventRow> rows) {
  /** Copies the list. */
  public EpisodeRows {
    rows = List.copyOf(rows);
  }

  /**
   * How likely the episode was to be kept, in (0, 1]: where the share was changed while it went on,
   * by the smaller one.
   */
  public double samplingProbability() {
    return rows.stream().mapToDouble(EventRow::samplingProbability).min().orElseThrow();
  }

  /** When the last of its rows happened, in milliseconds since 1970. */
  public long lastTime() {
    return rows.stream().mapToLong(EventRow::time).max().orElseThrow();
  }
}
