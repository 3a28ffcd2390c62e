package dev.hindcast.serving.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.ingestion.mapping.Column;
import dev.hindcast.ingestion.mapping.FieldMapping;
import dev.hindcast.serving.scorer.Decision;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What was asked and answered, as the rows that streams read as decisions and as rewards: columns
 * under the names of the mapping.
 */
final class EventRows {
  static final String POLICY = "policy";
  static final String POLICY_VERSION = "policy_version";

  private final FieldMapping mapping;
  private final ServeConfig.Columns columns;
  private final Set<String> rewardColumns = new TreeSet<>();
  private final Set<String> filled = new TreeSet<>();
  private final List<String> flags;

  EventRows(FieldMapping mapping, ServeConfig.Columns columns) {
    this.mapping = mapping;
    this.columns = columns;
    mapping.reward().parts().forEach(part -> rewardColumns.add(part.column().name()));
    mapping.action().columns().forEach(column -> filled.add(column.name()));
    mapping.propensity().ifPresent(propensity -> filled.add(propensity.column().name()));
    filled.add(POLICY);
    filled.add(POLICY_VERSION);
    flags =
        Stream.of(mapping.terminated(), mapping.truncated())
            .flatMap(java.util.Optional::stream)
            .map(Column::name)
            .toList();
  }

  /** The id that a request gives its decision, or a new one. */
  String decisionId(ObjectNode request) {
    JsonNode given = request.get(columns.decisionId());
    if (given == null || given.isNull()) {
      return UUID.randomUUID().toString();
    }
    if (!given.isTextual() && !given.isIntegralNumber()) {
      throw UserError.data(
          "Cannot decide: field "
              + columns.decisionId()
              + " is "
              + given
              + ", but should be a text.");
    }
    return given.asText();
  }

  /**
   * Refuses fields that nobody would read, most of them misspelled, and those that the answer is to
   * fill.
   *
   * @param shown the fields that the policy is shown
   */
  void requireKnown(ObjectNode request, List<String> shown) {
    for (var names = request.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (filled.contains(name) || rewardColumns.contains(name)) {
        throw UserError.data(
            "Cannot decide: field "
                + name
                + (filled.contains(name)
                    ? " is what the answer fills."
                    : " is a reward, which comes later (POST /reward)."));
      }
      if (!shown.contains(name) && !isOfLog(name)) {
        TreeSet<String> known = new TreeSet<>(shown);
        known.addAll(columns.others());
        known.removeAll(filled);
        known.removeAll(rewardColumns);
        throw UserError.data(
            "Cannot decide: nobody reads field " + name + "." + DidYouMean.hint(name, known));
      }
    }
  }

  private boolean isOfLog(String name) {
    return columns.others().contains(name)
        || name.equals(columns.decisionId())
        || name.equals(columns.time())
        || flags.contains(name)
        || mapping.duration().filter(column -> column.name().equals(name)).isPresent()
        || mapping.demonstration().filter(d -> d.column().name().equals(name)).isPresent();
  }

  /** The row of a decision. */
  ObjectNode decision(ObjectNode request, Decision decision, Instant now) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put(columns.decisionId(), decision.id());
    row.set(columns.time(), request.has(columns.time()) ? request.get(columns.time()) : time(now));
    row.setAll(request);
    row.put(columns.decisionId(), decision.id());
    flags.stream().filter(flag -> !row.has(flag)).forEach(flag -> row.put(flag, false));
    List<Column> action = mapping.action().columns();
    if (!decision.isInBox()) {
      row.put(action.get(0).name(), decision.action());
    } else if (action.size() == 1 && decision.vector().length > 1) {
      row.set(action.get(0).name(), list(decision.vector()));
    } else {
      for (int i = 0; i < action.size(); i++) {
        row.put(action.get(i).name(), decision.vector()[i]);
      }
    }
    FieldMapping.Propensity propensity = mapping.propensity().orElseThrow();
    decision
        .propensity()
        .ifPresent(
            p ->
                row.put(
                    propensity.column().name(),
                    propensity.scale() == FieldMapping.Scale.LOG_PROBABILITY ? Math.log(p) : p));
    row.put(POLICY, decision.version().policy());
    row.put(POLICY_VERSION, decision.version().fingerprint().value());
    return row;
  }

  /** The row of a reward, which has to name its decision and at least one column of the reward. */
  ObjectNode reward(ObjectNode request, Instant now) {
    if (!request.hasNonNull(columns.decisionId())) {
      throw UserError.data(
          "Cannot take the reward: field "
              + columns.decisionId()
              + " is missing, so nobody knows which decision it is for.");
    }
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.set(columns.time(), time(now));
    boolean isAny = false;
    for (var fields = request.fields(); fields.hasNext(); ) {
      var field = fields.next();
      boolean isReward = rewardColumns.contains(field.getKey());
      if (isReward
          && !(field.getValue().isNumber() && Double.isFinite(field.getValue().doubleValue()))
          && !field.getValue().isBoolean()) {
        throw UserError.data(
            "Cannot take the reward: field "
                + field.getKey()
                + " is "
                + field.getValue()
                + ", but should be a number.");
      }
      if (!isReward
          && !field.getKey().equals(columns.decisionId())
          && !field.getKey().equals(columns.time())) {
        throw UserError.data(
            "Cannot take the reward: nobody reads field "
                + field.getKey()
                + "."
                + DidYouMean.hint(field.getKey(), rewardColumns));
      }
      isAny |= isReward;
      row.set(field.getKey(), field.getValue());
    }
    if (!isAny) {
      throw UserError.data(
          "Cannot take the reward: none of its fields is there ("
              + String.join(", ", rewardColumns)
              + ").");
    }
    return row;
  }

  private JsonNode time(Instant now) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    return switch (columns.timeUnit().orElse("")) {
      case "seconds" -> json.numberNode(Math.floorDiv(micros, 1_000_000L));
      case "milliseconds" -> json.numberNode(Math.floorDiv(micros, 1000L));
      case "microseconds" -> json.numberNode(micros);
      default -> json.textNode(now.truncatedTo(ChronoUnit.MICROS).toString());
    };
  }

  static JsonNode list(float[] numbers) {
    var list = JsonNodeFactory.instance.arrayNode(numbers.length);
    for (float number : numbers) {
      list.add(number);
    }
    return list;
  }
}
