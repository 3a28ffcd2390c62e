package dev.hindcast.ingestion.mapping;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The columns of a log.
 *
 * @param columns types by name, in the log's order
 */
public record LogSchema(Map<String, ColumnType> columns) {
  /**
   * The column that says which piece of the log a row is from, where it has several or labelled
   * ones. Patterns do not match it.
   */
  public static final String SOURCE = "_source";

  /**
   * The column in rows that a stream wrote which says whether a reward came for the decision, or
   * whether it is the one for decisions without. Patterns do not match it.
   */
  public static final String REWARD_OBSERVED = "_reward_observed";

  /**
   * The column in rows that a stream wrote which keeps a share of the episodes: how likely the
   * row's episode was to be kept. Patterns do not match it.
   */
  public static final String SAMPLING_PROBABILITY = "_sampling_probability";

  static final Set<String> OWN = Set.of(SOURCE, REWARD_OBSERVED, SAMPLING_PROBABILITY);

  /** Copies the map, keeping its order. */
  public LogSchema {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }
}
