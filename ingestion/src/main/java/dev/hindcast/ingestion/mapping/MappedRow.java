package dev.hindcast.ingestion.mapping;

import java.util.OptionalLong;

/** A row of a log after mapping. */
public sealed interface MappedRow permits Event, UnmappedRow {
  /** The episode it belongs to; empty when the row names none. */
  String episodeId();

  /** What orders it within its episode, when that is known. */
  OptionalLong order();

  /** The same row in an episode of another name. */
  MappedRow inEpisode(String id);
}
