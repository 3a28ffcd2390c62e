package dev.hindcast.serving.registry;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/**
 * The time that the data of a version is from.
 *
 * @param from the first moment, as ISO 8601 in UTC
 * @param to the moment after the last
 */
public record DataWindow(String from, String to) {
  /** Checks that both are moments, in order. */
  public DataWindow {
    if (!Instant.parse(from).isBefore(Instant.parse(to))) {
      throw new IllegalArgumentException(
          "A data window ends after it begins, but " + to + " is not after " + from + ".");
    }
  }

  /** Of two moments. */
  public static DataWindow of(Instant from, Instant to) {
    return new DataWindow(from.toString(), to.toString());
  }

  /**
   * Of {@code FROM/TO}, each a day (midnight in UTC) or a moment.
   *
   * @throws IllegalArgumentException when it is not that
   */
  public static DataWindow parse(String text) {
    String[] ends = text.split("/", -1);
    if (ends.length != 2) {
      throw new IllegalArgumentException(
          "'" + text + "' is no data window. Give FROM/TO, such as 2026-11-01/2026-11-08.");
    }
    return of(moment(ends[0]), moment(ends[1]));
  }

  /** Whether its data ends before that of another. */
  public boolean isOlderThan(DataWindow other) {
    return Instant.parse(to).isBefore(Instant.parse(other.to));
  }

  /** For sentences. */
  public String inWords() {
    return from.replace("T00:00:00Z", "") + " to " + to.replace("T00:00:00Z", "");
  }

  private static Instant moment(String text) {
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is neither a day such as 2026-11-01 nor a moment such as 2026-11-01T06:00:00Z.",
          e);
    }
  }
}
