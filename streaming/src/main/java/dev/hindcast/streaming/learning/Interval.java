package dev.hindcast.streaming.learning;

import dev.hindcast.streaming.row.EpisodeRows;
import java.util.List;

/**
 * Episodes that are learned from at once.
 *
 * @param millis when the last of them ended, since 1970
 * @param episodes in the order in which they ended, those that ended together by their ids
 */
record Interval(long millis, List<EpisodeRows> episodes) {
  Interval {
    episodes = List.copyOf(episodes);
  }
}
