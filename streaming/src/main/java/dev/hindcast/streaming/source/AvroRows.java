package dev.hindcast.streaming.source;

import dev.hindcast.core.config.UserError;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Makes rows of Avro records. Fields that are not kept are passed over. */
final class AvroRows implements RecordRows {
  private static final long serialVersionUID = 1L;

  private final StreamPlan plan;
  private final TimedRows rows;
  private final String schema;
  private final int headerBytes;
  private transient GenericDatumReader<GenericRecord> reader;
  private transient Layout layout;
  private transient BinaryDecoder decoder;

  /**
   * Rows of records that were written with a schema.
   *
   * @param schema in JSON
   * @param headerBytes that stand before each record and are passed over
   * @throws UserError (data) when a column holds something else by the schema
   */
  AvroRows(StreamPlan plan, String schema, int headerBytes) {
    this.plan = plan;
    this.rows = new TimedRows(plan);
    this.schema = schema;
    this.headerBytes = headerBytes;
    open();
  }

  private void open() {
    Schema parsed = new Schema.Parser().parse(schema);
    reader = new GenericDatumReader<>(parsed);
    layout = new Layout(parsed, plan);
  }

  @Override
  public Arrival read(byte[] bytes, String origin, long offset) {
    if (reader == null) {
      open(); // in a task, which got this by Java's serialization
    }
    int header = Math.min(headerBytes, bytes.length);
    try {
      decoder = DecoderFactory.get().binaryDecoder(bytes, header, bytes.length - header, decoder);
      GenericRecord record = reader.read(null, decoder);
      return decoder.isEnd()
          ? rows.at(layout.values(record), origin, offset)
          : unreadable(
              "bytes are left over: it was written with another schema", bytes, origin, offset);
    } catch (IOException | RuntimeException e) { // whatever other bytes than Avro's may lead to
      return unreadable("it is not of the schema: " + inWords(e), bytes, origin, offset);
    }
  }

  /** What went wrong with an Avro record; some of its errors have no words. */
  static String inWords(Exception e) {
    String message = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
    return e instanceof java.io.EOFException || message.isEmpty() ? "it ends too early" : message;
  }

  private Arrival unreadable(String detail, byte[] bytes, String origin, long offset) {
    // four letters stand for three bytes
    int shown = Math.min(bytes.length, plan.payloadBytes() / 4 * 3);
    String payload = Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, shown));
    return new DeadLetter(
        TimedRows.UNREADABLE,
        detail,
        origin,
        offset,
        DeadLetter.NO_TIME,
        payload,
        shown < bytes.length);
  }

  /** What the fields of a record hold, by name; fields of other types are left out. */
  static Map<String, Kind> columns(Schema schema) {
    Map<String, Kind> columns = new LinkedHashMap<>();
    for (Schema.Field field : schema.getFields()) {
      kind(field.schema()).ifPresent(kind -> columns.put(field.name(), kind));
    }
    return columns;
  }

  /** Where the columns of rows stand in records of one schema; -1 for those that it lacks. */
  static final class Layout {
    private final int[] places;
    private final Schema[] schemas;

    /**
     * Finds the columns of a plan in a schema.
     *
     * @throws UserError (data) when one holds something else there
     */
    Layout(Schema schema, StreamPlan plan) {
      places = new int[plan.columns().size()];
      schemas = new Schema[places.length];
      for (int i = 0; i < places.length; i++) {
        Schema.Field field = schema.getField(plan.columns().names().get(i));
        places[i] = field == null ? -1 : field.pos();
        if (field != null) {
          schemas[i] = field.schema();
          check(field, plan.columns().kinds().get(i));
        }
      }
    }

    private static void check(Schema.Field field, Kind kind) {
      Optional<Kind> found = kind(field.schema());
      if (found.isEmpty() || found.get().type() != kind.type()) {
        throw UserError.data(
            "Cannot read Avro records: field "
                + field.name()
                + " holds "
                + found.map(k -> k.type().inWords()).orElse("values of another type")
                + " by their schema, but "
                + kind.type().inWords()
                + " are expected. Correct stream.columns, or the schema.");
      }
    }

    /** The values of a record in the order of the columns. */
    Object[] values(IndexedRecord record) {
      Object[] values = new Object[places.length];
      for (int i = 0; i < places.length; i++) {
        Object value = places[i] < 0 ? null : record.get(places[i]);
        values[i] = value == null ? null : value(value, present(schemas[i]));
      }
      return values;
    }
  }

  private static Object value(Object value, Schema schema) {
    return switch (schema.getType()) {
      case INT, LONG -> whole(((Number) value).longValue(), schema.getLogicalType());
      case ARRAY -> {
        Schema element = present(schema.getElementType());
        List<Object> list = new ArrayList<>(((Collection<?>) value).size());
        for (Object one : (Collection<?>) value) {
          list.add(one == null ? null : value(one, element));
        }
        yield list;
      }
      case STRING, ENUM -> value.toString();
      default -> value;
    };
  }

  private static Long whole(long value, LogicalType type) {
    if (type instanceof LogicalTypes.TimestampMillis
        || type instanceof LogicalTypes.LocalTimestampMillis) {
      return Math.multiplyExact(value, 1000L);
    }
    return type instanceof LogicalTypes.Date ? value * TimeUnit.DAYS.toMicros(1) : value;
  }

  /** What a field holds where it is not empty. */
  private static Schema present(Schema schema) {
    if (schema.getType() != Schema.Type.UNION) {
      return schema;
    }
    List<Schema> present =
        schema.getTypes().stream().filter(type -> type.getType() != Schema.Type.NULL).toList();
    return present.size() == 1 ? present.get(0) : schema;
  }

  private static Optional<Kind> kind(Schema schema) {
    Schema present = present(schema);
    if (present.getType() != Schema.Type.ARRAY) {
      return scalar(present);
    }
    return scalar(present(present.getElementType()))
        .flatMap(
            element ->
                switch (element) {
                  case WHOLE -> Optional.of(Kind.WHOLES);
                  case NUMBER -> Optional.of(Kind.NUMBERS);
                  case SINGLE -> Optional.of(Kind.SINGLES);
                  case FLAG -> Optional.of(Kind.FLAGS);
                  default -> Optional.empty();
                });
  }

  private static Optional<Kind> scalar(Schema schema) {
    LogicalType type = schema.getLogicalType();
    boolean isTime =
        type instanceof LogicalTypes.TimestampMillis
            || type instanceof LogicalTypes.TimestampMicros
            || type instanceof LogicalTypes.LocalTimestampMillis
            || type instanceof LogicalTypes.LocalTimestampMicros
            || type instanceof LogicalTypes.Date;
    return switch (schema.getType()) {
      case INT, LONG ->
          isTime
              ? Optional.of(Kind.TIME)
              : type == null ? Optional.of(Kind.WHOLE) : Optional.empty();
      case FLOAT -> Optional.of(Kind.SINGLE);
      case DOUBLE -> Optional.of(Kind.NUMBER);
      case BOOLEAN -> Optional.of(Kind.FLAG);
      case STRING, ENUM -> Optional.of(Kind.TEXT);
      default -> Optional.empty();
    };
  }

  /** Parses a schema of records. */
  static Schema parse(String json, String file) {
    try {
      Schema schema = new Schema.Parser().parse(json);
      if (schema.getType() == Schema.Type.RECORD) {
        return schema;
      }
      throw UserError.data(
          "Cannot read "
              + file
              + " as an Avro schema of events: it is one of "
              + schema.getType().getName()
              + ", but a record is needed.");
    } catch (AvroRuntimeException e) {
      throw new UserError(
          UserError.Kind.DATA,
          "Cannot read " + file + " as an Avro schema: " + inWords(e) + ".",
          e);
    }
  }
}
