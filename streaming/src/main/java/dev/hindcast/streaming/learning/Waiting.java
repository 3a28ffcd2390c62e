package dev.hindcast.streaming.learning;

import dev.hindcast.streaming.row.EpisodeRows;
import java.util.Comparator;

/**
 * An episode that has not been learned from yet.
 *
 * @param millis when it ended, since 1970: the time that the stream had reached
 * @param episode its rows
 */
record Waiting(long millis, EpisodeRows episode) {
  /** The order in which episodes are learned from, whatever the order in which they come. */
  static final Comparator<Waiting> ORDER =
      Comparator.comparingLong(Waiting::millis)
          .thenComparing(waiting -> waiting.episode().episodeId());
}
