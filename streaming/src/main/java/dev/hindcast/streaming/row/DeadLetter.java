package dev.hindcast.streaming.row;

import java.nio.charset.StandardCharsets;

/**
 * What could not be used, with all that is needed to find and mend it.
 *
 * @param reason why, in kebab-case: a rule of the checks or a reason of the stream
 * @param detail the offending value in words
 * @param origin where it came from
 * @param offset which record it was there
 * @param time when it happened, in milliseconds since 1970; the least number when not known
 * @param payload the record, cut at the limit of the stream
 * @param isCut whether something of it is missing
 */
public record DeadLetter(
    String reason,
    String detail,
    String origin,
    long offset,
    long time,
    String payload,
    boolean isCut)
    implements Arrival {
  /** The time of a record that has none. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /**
   * A letter that keeps so much of the payload.
   *
   * @param mostBytes in UTF-8; a character is kept or lost as a whole
   */
  public static DeadLetter of(
      String reason,
      String detail,
      String origin,
      long offset,
      long time,
      String payload,
      int mostBytes) {
    String kept = cut(payload, mostBytes);
    return new DeadLetter(
        reason, detail, origin, offset, time, kept, kept.length() < payload.length());
  }

  /** A letter about a row. */
  public static DeadLetter of(
      EventRow row, RowColumns columns, String reason, String detail, int mostBytes) {
    return of(
        reason, detail, row.origin(), row.offset(), row.time(), row.inJson(columns), mostBytes);
  }

  private static String cut(String text, int mostBytes) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= mostBytes) {
      return text;
    }
    int end = mostBytes;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) { // never inside a character
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
