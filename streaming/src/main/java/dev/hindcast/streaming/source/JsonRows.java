package dev.hindcast.streaming.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Makes rows of JSON objects. Fields that are not kept are passed over. */
final class JsonRows implements RecordRows {
  private static final long serialVersionUID = 1L;
  private static final ObjectReader READER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private final StreamPlan plan;
  private final TimedRows rows;

  JsonRows(StreamPlan plan) {
    this.plan = plan;
    this.rows = new TimedRows(plan);
  }

  @Override
  public Arrival read(byte[] json, String origin, long offset) {
    try {
      JsonNode object = READER.readTree(json);
      if (object == null || !object.isObject()) {
        return unreadable("it is no JSON object", json, origin, offset);
      }
      Object[] values = new Object[plan.columns().size()];
      for (int i = 0; i < values.length; i++) {
        String name = plan.columns().names().get(i);
        values[i] = value(name, object.get(name), plan.columns().kinds().get(i));
      }
      return rows.at(values, origin, offset);
    } catch (WrongValue e) {
      return unreadable(e.getMessage(), json, origin, offset);
    } catch (JsonProcessingException e) {
      return unreadable(
          "it is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""),
          json,
          origin,
          offset);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read bytes in memory.", e);
    }
  }

  private Arrival unreadable(String detail, byte[] json, String origin, long offset) {
    return DeadLetter.of(
        TimedRows.UNREADABLE,
        detail,
        origin,
        offset,
        DeadLetter.NO_TIME,
        new String(json, StandardCharsets.UTF_8),
        plan.payloadBytes());
  }

  private static Object value(String name, JsonNode node, Kind kind) throws WrongValue {
    if (node == null || node.isNull()) {
      return null;
    }
    if (kind.type().isList()) {
      if (!node.isArray()) {
        throw wrong(name, node, kind);
      }
      List<Object> list = new ArrayList<>(node.size());
      for (JsonNode element : node) {
        list.add(value(name, element, kind.element()));
      }
      return list;
    }
    Object value =
        switch (kind) {
          case WHOLE -> whole(node);
          case NUMBER -> number(node);
          case SINGLE -> node.isNumber() ? (Object) node.floatValue() : null;
          case FLAG -> node.isBoolean() ? (Object) node.booleanValue() : null;
          case TIME -> node.isTextual() ? micros(node.textValue()) : null;
          default -> node.isValueNode() ? node.asText() : null;
        };
    if (value == null) {
      throw wrong(name, node, kind);
    }
    return value;
  }

  private static Long whole(JsonNode node) {
    boolean isWhole =
        node.isIntegralNumber()
            || (node.isNumber() && node.doubleValue() == Math.rint(node.doubleValue()));
    return isWhole && node.canConvertToLong() ? node.longValue() : null;
  }

  /** JSON has no words of its own for what is not finite, so writers use texts. */
  private static Double number(JsonNode node) {
    if (node.isNumber()) {
      return node.doubleValue();
    }
    return switch (node.isTextual() ? node.textValue() : "") {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> null;
    };
  }

  /** A moment in ISO 8601; without an offset it is one of UTC. */
  private static Long micros(String text) {
    String iso = text.replace(' ', 'T');
    try {
      Instant moment =
          iso.matches(".*(Z|[+-]\\d\\d:?\\d\\d)$")
              ? OffsetDateTime.parse(iso).toInstant()
              : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
      return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static WrongValue wrong(String name, JsonNode node, Kind kind) {
    String shown = node.toString();
    return new WrongValue(
        name
            + " is "
            + (shown.length() > 60 ? shown.substring(0, 60) + "..." : shown)
            + ", but column "
            + name
            + " holds "
            + kind.type().inWords());
  }

  /** Leaves the reading of one record early; always caught in {@link #read}. */
  private static final class WrongValue extends Exception {
    WrongValue(String message) {
      super(message, null, false, false);
    }
  }
}
