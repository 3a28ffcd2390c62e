package dev.hindcast.serving.scorer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DecisionRequests;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.ingestion.mapping.Column;
import dev.hindcast.ingestion.mapping.ColumnType;
import dev.hindcast.ingestion.mapping.DecisionMapper;
import dev.hindcast.ingestion.mapping.DecisionMapping;
import dev.hindcast.ingestion.mapping.FieldMapping;
import dev.hindcast.ingestion.mapping.LogRow;
import dev.hindcast.ingestion.mapping.LogSchema;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads what a policy must be shown from JSON objects, whose fields are called as the log's columns
 * are. Numbers, categories, lists and masks become what batch makes of them, by the same code.
 */
final class FieldReader {
  private final DecisionMapper mapper;
  private final List<String> names;
  private final List<ColumnType> types;

  private FieldReader(DecisionMapper mapper, List<String> names, List<ColumnType> types) {
    this.mapper = mapper;
    this.names = names;
    this.types = types;
  }

  /**
   * A reader for one bundle.
   *
   * @param mapping which fields mean what
   * @param keepsMissing whether the policy is asked although numbers are missing
   * @throws UserError (usage) when the mapping and the bundle do not fit
   */
  static FieldReader of(FieldMapping mapping, BundleManifest bundle, boolean keepsMissing) {
    if (!mapping.action().space().equals(bundle.actionSpace())) {
      throw UserError.usage(
          "Cannot serve "
              + bundle.name()
              + ": it chooses from "
              + bundle.actionSpace().inWords()
              + ", but the mapping (ingest.action) says "
              + mapping.action().space().inWords()
              + ". Serve it with the config that its dataset was made with.");
    }
    List<String> problems = new ArrayList<>();
    DecisionMapping found =
        DecisionMapping.of(
            mapping,
            bundle.observationSpace(),
            schema(mapping, bundle.observationSpace()),
            problems);
    problems.addAll(unnamed(mapping, bundle.observationSpace()));
    if (!problems.isEmpty()) {
      throw UserError.usage(
          "Cannot serve " + bundle.name() + ":\n  " + String.join("\n  ", problems));
    }
    DecisionMapper mapper = new DecisionMapper(found, bundle.observationSpace());
    return new FieldReader(
        keepsMissing ? mapper.keepingMissingNumbers() : mapper,
        found.columns().columns(),
        found.columns().types());
  }

  /** The fields that it reads. */
  List<String> names() {
    return names;
  }

  /**
   * One request for each object.
   *
   * @param ids of the decisions
   * @throws UserError (data) that says which field of which object is missing or wrong
   */
  DecisionRequests read(List<ObjectNode> objects, List<String> ids) {
    List<LogRow> rows = new ArrayList<>(objects.size());
    for (int i = 0; i < objects.size(); i++) {
      rows.add(row(objects.get(i), place(i, objects.size())));
    }
    DecisionRequests requests = mapper.map(rows);
    for (int i = 0; i < objects.size(); i++) {
      String problem = requests.problems().get(i);
      if (!problem.isEmpty()) {
        throw UserError.data(
            "Cannot decide"
                + place(i, objects.size())
                + ": "
                + inTermsOfFields(problem, objects.get(i)));
      }
    }
    return new DecisionRequests(ids, requests.problems(), requests.decisions());
  }

  private static String place(int index, int size) {
    return size == 1 ? "" : " on object " + (index + 1);
  }

  /** What is empty in a log is usually missing in a request, often by a slip of the pen. */
  private String inTermsOfFields(String problem, ObjectNode object) {
    String missing =
        problem.endsWith(" is empty") ? problem.substring(0, problem.length() - 9) : "";
    TreeSet<String> strange = new TreeSet<>();
    object.fieldNames().forEachRemaining(strange::add);
    names.forEach(strange::remove);
    String field = missing.equals("the episode id") ? names.get(0) : missing;
    if (field.isEmpty() || object.has(field)) {
      return problem + ".";
    }
    return "field "
        + field
        + " is missing."
        + DidYouMean.nearest(field, strange).map(near -> " Is it " + near + "?").orElse("");
  }

  private LogRow row(ObjectNode object, String place) {
    Object[] values = new Object[names.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(names.get(i), object.get(names.get(i)), types.get(i), place);
    }
    return column -> values[column];
  }

  private static Object value(String name, JsonNode node, ColumnType type, String place) {
    if (node == null || node.isNull()) {
      return null;
    }
    Object value =
        switch (type) {
          case NUMBER -> number(node);
          case WHOLE -> whole(node);
          case TIME -> node.isTextual() ? micros(node.textValue()) : null;
          case NUMBER_LIST -> numbers(node);
          case WHOLE_LIST -> admissible(node);
          default -> node.isValueNode() ? category(node) : null;
        };
    if (value == null) {
      String shown = node.toString();
      throw UserError.data(
          "Cannot decide"
              + place
              + ": field "
              + name
              + " is "
              + (shown.length() > 60 ? shown.substring(0, 60) + "..." : shown)
              + ", but should be "
              + words(type)
              + ".");
    }
    return value;
  }

  private static String words(ColumnType type) {
    return switch (type) {
      case NUMBER -> "a number";
      case WHOLE -> "a whole number";
      case TIME -> "a moment such as 2026-11-23T08:00:00Z";
      case NUMBER_LIST -> "a list of numbers";
      case WHOLE_LIST -> "a list of admissible actions, or of true and false for each action";
      default -> "a text or a number";
    };
  }

  private static Object number(JsonNode node) {
    return node.isNumber() || node.isBoolean()
        ? (Object) (node.isBoolean() ? (node.booleanValue() ? 1.0 : 0.0) : node.doubleValue())
        : null;
  }

  private static Object whole(JsonNode node) {
    return node.isNumber()
            && node.doubleValue() == Math.rint(node.doubleValue())
            && node.canConvertToLong()
        ? (Object) node.longValue()
        : null;
  }

  /** Numbers as numbers, so that 3 and 3.0 are spelled alike. */
  private static Object category(JsonNode node) {
    return node.isIntegralNumber()
        ? (Object) node.longValue()
        : node.isNumber() ? (Object) node.doubleValue() : node.asText();
  }

  private static Object micros(String text) {
    try {
      return ChronoUnit.MICROS.between(
          java.time.Instant.EPOCH, OffsetDateTime.parse(text.replace(' ', 'T')).toInstant());
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static Object numbers(JsonNode node) {
    if (!node.isArray()) {
      return null;
    }
    List<Object> list = new ArrayList<>(node.size());
    for (JsonNode element : node) {
      if (element.isNull()) {
        list.add(null);
        continue;
      }
      Object number = number(element);
      if (number == null) {
        return null;
      }
      list.add(number);
    }
    return list;
  }

  /** Both ways of writing a mask, as the actions that it admits. */
  private static Object admissible(JsonNode node) {
    if (!node.isArray()) {
      return null;
    }
    List<Object> list = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      JsonNode element = node.get(i);
      if (element.isBoolean()) {
        if (element.booleanValue()) {
          list.add((long) i);
        }
        continue;
      }
      Object action = whole(element);
      if (action == null) {
        return null;
      }
      list.add(action);
    }
    return list;
  }

  /** What the fields hold, as far as the bundle and the mapping tell. */
  private static LogSchema schema(FieldMapping mapping, ObservationSpace space) {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    mapping.episodeId().forEach(column -> types.put(column.name(), ColumnType.TEXT));
    for (String name : space.numeric()) {
      String list = name.replaceFirst("\\.\\d+$", "");
      boolean isList = !list.equals(name) && names(mapping.observation().numeric(), list);
      types.putIfAbsent(isList ? list : name, isList ? ColumnType.NUMBER_LIST : ColumnType.NUMBER);
    }
    space.categorical().forEach(field -> types.put(field.name(), ColumnType.TEXT));
    mapping.step().ifPresent(column -> types.put(column.name(), ColumnType.WHOLE));
    mapping.orderBy().ifPresent(column -> types.put(column.name(), orderType(mapping)));
    mapping.action().mask().ifPresent(column -> types.put(column.name(), ColumnType.WHOLE_LIST));
    return new LogSchema(types);
  }

  /** A pause given as a span of time is measured in times. */
  private static ColumnType orderType(FieldMapping mapping) {
    return mapping.gap().map(FieldMapping.Gap::isTime).orElse(false)
        ? ColumnType.TIME
        : ColumnType.WHOLE;
  }

  /** What the bundle must be shown, but requests by this mapping do not show. */
  private static List<String> unnamed(FieldMapping mapping, ObservationSpace space) {
    List<String> problems = new ArrayList<>();
    FieldMapping.Observation shown = mapping.observation();
    for (String name : space.numeric()) {
      if (!names(shown.numeric(), name)
          && !names(shown.numeric(), name.replaceFirst("\\.\\d+$", ""))) {
        problems.add(
            "it must be shown " + name + ", which ingest.observation.numeric does not name.");
      }
    }
    for (ObservationSpace.CategoricalField field : space.categorical()) {
      if (!names(shown.categorical(), field.name())) {
        problems.add(
            "it must be shown "
                + field.name()
                + ", which ingest.observation.categorical does not name.");
      }
    }
    return problems;
  }

  private static boolean names(List<Column> columns, String name) {
    return columns.stream()
        .map(Column::name)
        .anyMatch(
            pattern ->
                Pattern.matches(
                    Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"), name));
  }
}
