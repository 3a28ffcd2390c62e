package dev.hindcast.ingestion.mapping;

/** One row of a log, whatever engine it came from. */
public interface LogRow {
  /**
   * The value in a column.
   *
   * @param column its place in {@link ResolvedMapping#columns()}
   * @return a {@link Number}, a {@link Boolean}, a {@link String}, a {@link java.util.List} of
   *     numbers or booleans, microseconds as a {@link Long} for times, or null when it is empty
   */
  Object value(int column);
}
