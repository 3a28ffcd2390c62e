package dev.hindcast.ingestion.check;

import dev.hindcast.ingestion.mapping.Event;
import dev.hindcast.ingestion.mapping.Sessionizer;
import java.util.List;
import java.util.function.BiConsumer;

/** A rule that the events of an episode must keep together. */
public non-sealed interface EpisodeCheck extends Check {
  /**
   * Looks at an episode.
   *
   * @param events in order, at least one
   * @param ordering what ordered them
   * @param broken told the place of each event that breaks the rule, and how
   */
  void check(List<Event> events, Sessionizer.Ordering ordering, BiConsumer<Integer, String> broken);
}
