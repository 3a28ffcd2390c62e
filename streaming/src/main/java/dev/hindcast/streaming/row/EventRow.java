package dev.hindcast.streaming.row;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.ingestion.mapping.LogRow;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of a live log. The array is shared, not copied: read only.
 *
 * <p>Since version 2 of its serializer a row says how likely it was to be kept.
 *
 * @param time when it happened, in milliseconds since 1970
 * @param origin where it came from, such as a file or a topic with its partition
 * @param offset which row it was there
 * @param values in the order of {@link RowColumns}, each as {@link LogRow#value} gives it
 * @param samplingProbability how likely it was, by its episode's id, to be kept: 1 where everything
 *     is
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its digest
public record EventRow(
    long time, String origin, long offset, Object[] values, double samplingProbability)
    implements Arrival, LogRow {
  /** A row of a stream that keeps everything. */
  public EventRow(long time, String origin, long offset, Object[] values) {
    this(time, origin, offset, values, 1);
  }

  @Override
  public Object value(int column) {
    return values[column];
  }

  /** The same row with other values. */
  public EventRow withValues(Object[] others) {
    return new EventRow(time, origin, offset, others, samplingProbability);
  }

  /** The same row, kept with that probability. */
  public EventRow sampled(double probability) {
    return new EventRow(time, origin, offset, values, probability);
  }

  /** The row as one line of JSON, as dead letters show it. */
  public String inJson(RowColumns columns) {
    Map<String, Object> shown = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        shown.put(columns.names().get(i), values[i]);
      }
    }
    return CanonicalJson.line(shown);
  }
}
