package dev.hindcast.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.config.ConfigDocument.Value;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One place in a config: a section, a list item or a single value.
 *
 * <p>Nothing throws while reading: a wrong value is noted in the document and a stand-in (an empty
 * text, a zero, the default) is handed back, so that one pass finds every mistake. {@link
 * ConfigDocument#finish()} then fails if there was any; the values must not be used before it has
 * been called.
 */
public final class ConfigNode {
  private static final Map<String, Duration> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("ms", Duration.ofMillis(1));
    UNITS.put("s", Duration.ofSeconds(1));
    UNITS.put("min", Duration.ofMinutes(1));
    UNITS.put("h", Duration.ofHours(1));
    UNITS.put("d", Duration.ofDays(1));
  }

  private static final Pattern SPAN =
      Pattern.compile("(\\d{1,9}) ?(" + String.join("|", UNITS.keySet()) + ")");

  private final ConfigDocument document;
  private final String path;
  private final Value value;
  private final String place;
  private final Set<String> asked = new LinkedHashSet<>();
  private final Map<String, ConfigNode> children = new LinkedHashMap<>();
  private boolean takenWhole;

  ConfigNode(ConfigDocument document, String path, Value value, String place) {
    this.document = document;
    this.path = path;
    this.value = value;
    this.place = place;
  }

  /** The document this belongs to. */
  public ConfigDocument document() {
    return document;
  }

  /** The dotted path, such as {@code train.algorithms.0.expectile}. */
  public String path() {
    return path;
  }

  /** Where this stands, for messages: {@code ingest.reward in pipeline.yaml line 9}. */
  public String where() {
    return path.isEmpty() ? place : path + " in " + place;
  }

  /** Whether the file says anything here. */
  public boolean isPresent() {
    return value != null && !(value instanceof Value.Scalar scalar && scalar.isNull());
  }

  /** Whether this is a section with keys. */
  public boolean isSection() {
    return value instanceof Value.Mapping;
  }

  /** Whether this is a list. */
  public boolean isList() {
    return value instanceof Value.Sequence;
  }

  /** The keys of this section, in the file's order; none where it is no section. */
  public Set<String> keys() {
    return value instanceof Value.Mapping mapping
        ? new LinkedHashSet<>(mapping.entries().keySet())
        : Set.of();
  }

  /** Whether this section names the key. */
  public boolean has(String key) {
    return keys().contains(key);
  }

  /** The value under a key, present or not; asking makes the key a known one. */
  public ConfigNode at(String key) {
    asked.add(key);
    return children.computeIfAbsent(
        key,
        k -> {
          Value child = value instanceof Value.Mapping mapping ? mapping.entries().get(k) : null;
          return new ConfigNode(
              document,
              path.isEmpty() ? k : path + "." + k,
              child,
              child == null ? place : child.place());
        });
  }

  /**
   * The section under a key; noted as a problem when something other than a section stands there.
   */
  public ConfigNode section(String key) {
    ConfigNode node = at(key);
    if (node.isPresent() && !node.isSection()) {
      node.problem("should be a section with keys of its own");
    }
    return node;
  }

  /**
   * This section with other values under these keys: one of the variants that a section stands for.
   * Its mistakes are mistakes of the document; that its keys are known ones is not checked.
   */
  public ConfigNode with(Map<String, ConfigNode> values) {
    LinkedHashMap<String, Value> entries = new LinkedHashMap<>();
    Map<String, String> places = new LinkedHashMap<>();
    if (value instanceof Value.Mapping mapping) {
      entries.putAll(mapping.entries());
      places.putAll(mapping.keyPlaces());
    }
    values.forEach((key, node) -> entries.put(key, node.value));
    return new ConfigNode(document, path, new Value.Mapping(entries, places, place), place);
  }

  /** A single value that stands in this place. */
  public ConfigNode standIn(String text) {
    return new ConfigNode(document, path, new Value.Scalar(text, false, false, place), place);
  }

  /** The items of a list; a single value counts as a list of one; none when absent. */
  public List<ConfigNode> items() {
    if (!isPresent()) {
      return List.of();
    }
    if (!(value instanceof Value.Sequence sequence)) {
      return List.of(this);
    }
    List<ConfigNode> items = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      Value item = sequence.items().get(i);
      String key = Integer.toString(i);
      items.add(
          children.computeIfAbsent(
              key, k -> new ConfigNode(document, path + "." + k, item, item.place())));
    }
    return items;
  }

  /** The text of a single value. Required: absence is a problem. */
  public String text() {
    return optionalText().orElseGet(() -> required(""));
  }

  /** The text of a single value, if there is one. */
  public Optional<String> optionalText() {
    if (!isPresent()) {
      return Optional.empty();
    }
    if (value instanceof Value.Scalar scalar) {
      return Optional.of(scalar.text());
    }
    problem("should be a single value, not a " + (isList() ? "list" : "section"));
    return Optional.of("");
  }

  /** A required path, resolved against the config's folder. */
  public String filePath() {
    String text = text();
    return text.isEmpty() ? text : document.resolve(text);
  }

  /** Texts of a list, or of one value; empty when absent. */
  public List<String> texts() {
    return items().stream().map(ConfigNode::text).toList();
  }

  /** A number, or the default when absent. */
  public double number(double otherwise) {
    return numberOr(otherwise).orElse(otherwise);
  }

  /** A number if there is one; {@code 0.1%} reads as 0.001. */
  public Optional<Double> optionalNumber() {
    return numberOr(0);
  }

  private Optional<Double> numberOr(double standIn) {
    return optionalText()
        .map(
            text -> {
              boolean percent = text.endsWith("%");
              String digits = percent ? text.substring(0, text.length() - 1).trim() : text;
              try {
                double number = Double.parseDouble(digits);
                return percent ? number / 100 : number;
              } catch (NumberFormatException e) {
                problem("is '" + text + "', but should be a number");
                return standIn;
              }
            });
  }

  /** A whole number, or the default when absent. */
  public long whole(long otherwise) {
    return optionalText()
        .map(
            text -> {
              try {
                return Long.parseLong(text.replace("_", ""));
              } catch (NumberFormatException e) {
                problem("is '" + text + "', but should be a whole number");
                return otherwise;
              }
            })
        .orElse(otherwise);
  }

  /** A whole number that fits an int, or the default when absent. */
  public int integer(int otherwise) {
    long number = whole(otherwise);
    if (number != (int) number) {
      problem("is " + number + ", which is too large");
      return otherwise;
    }
    return (int) number;
  }

  /** A span of time such as {@code 30 min}, or the default when absent; never negative. */
  public Duration duration(Duration otherwise) {
    return optionalText().map(text -> span(text).orElse(otherwise)).orElse(otherwise);
  }

  private Optional<Duration> span(String text) {
    Matcher matcher = SPAN.matcher(text);
    if (!matcher.matches()) {
      problem(
          "is '"
              + text
              + "', but should be a span of time: a whole number and one of "
              + String.join(", ", UNITS.keySet())
              + ", such as 30 min");
      return Optional.empty();
    }
    return Optional.of(UNITS.get(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1))));
  }

  /** True or false, or the default when absent. */
  public boolean flag(boolean otherwise) {
    return optionalText()
        .map(
            text -> {
              if (text.equals("true") || text.equals("false")) {
                return text.equals("true");
              }
              problem("is '" + text + "', but should be true or false");
              return otherwise;
            })
        .orElse(otherwise);
  }

  /** One of an enum's constants, spelled in kebab-case, or the default when absent. */
  public <E extends Enum<E>> E choice(Class<E> type, E otherwise) {
    List<String> known = Arrays.stream(type.getEnumConstants()).map(ConfigNode::kebab).toList();
    return optionalText()
        .map(
            text -> {
              for (E constant : type.getEnumConstants()) {
                if (kebab(constant).equals(text)) {
                  return constant;
                }
              }
              problem(
                  "is '"
                      + text
                      + "', but should be one of "
                      + String.join(", ", known)
                      + "."
                      + DidYouMean.nearest(text, known)
                          .map(w -> " Did you mean " + w + "?")
                          .orElse(""));
              return otherwise;
            })
        .orElse(otherwise);
  }

  /**
   * This section as a record: every component is a kebab-case key, absent keys keep the default's
   * value, and the record's own checks become problems with this section's line.
   */
  public <R extends Record> R record(R defaults) {
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    if (isPresent() && !isSection()) {
      problem("should be a section with keys of its own");
      return defaults;
    }
    Object[] arguments = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      arguments[i] =
          at(kebab(components[i].getName()))
              .component(components[i], read(components[i], defaults));
    }
    try {
      @SuppressWarnings("unchecked")
      Constructor<R> constructor =
          (Constructor<R>) defaults.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        problem(wrong.getMessage());
        return defaults;
      }
      throw new IllegalStateException("Cannot build " + defaults.getClass().getName() + ".", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot build " + defaults.getClass().getName() + ".", e);
    }
  }

  /** The keys under which {@link #record} reads such a record, each with its type. */
  public static Map<String, Class<?>> keysOf(Record record) {
    Map<String, Class<?>> keys = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      keys.put(kebab(component.getName()), component.getType());
    }
    return keys;
  }

  /**
   * Builds a value whose own checks (an {@link IllegalArgumentException}) become a problem of this
   * place.
   */
  public <T> Optional<T> checked(Supplier<T> build) {
    try {
      return Optional.of(build.get());
    } catch (IllegalArgumentException e) {
      problem(e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Notes a problem of this value; the words follow its name and line: "train.updates in x.yaml
   * line 3 ...".
   */
  public void problem(String words) {
    String ending = words.endsWith(".") || words.endsWith("?") ? "" : ".";
    document.problem(where() + ": " + words + ending);
  }

  /** What stands here as plain JSON, for provenance; every key below counts as known. */
  public JsonNode json() {
    return value == null
        ? com.fasterxml.jackson.databind.node.NullNode.instance
        : ConfigDocument.json(value);
  }

  /** Marks all that stands below as known: for sections that another verb reads. */
  public ConfigNode leaveToOthers() {
    takenWhole = true;
    return this;
  }

  /** Whether any key below has been asked for. */
  public boolean wasRead() {
    return !asked.isEmpty();
  }

  void refuseUnasked() {
    if (takenWhole) {
      return;
    }
    if (value instanceof Value.Mapping mapping && !asked.isEmpty()) {
      for (String key : mapping.entries().keySet()) {
        if (!asked.contains(key)) {
          String at = mapping.keyPlaces().getOrDefault(key, mapping.entries().get(key).place());
          String full = path.isEmpty() ? key : path + "." + key;
          String hint =
              DidYouMean.nearest(key, asked)
                  .map(near -> " Did you mean " + (path.isEmpty() ? near : path + "." + near) + "?")
                  .orElse(" Known here: " + String.join(", ", asked) + ".");
          document.problem("Unknown key " + full + " in " + at + "." + hint);
        }
      }
    }
    children.values().forEach(ConfigNode::refuseUnasked);
  }

  private <T> T required(T standIn) {
    document.problem(path + " is missing in " + place + ".");
    return standIn;
  }

  private Object component(RecordComponent component, Object otherwise) {
    Class<?> type = component.getType();
    if (type == int.class) {
      return integer((Integer) otherwise);
    }
    if (type == long.class) {
      return whole((Long) otherwise);
    }
    if (type == double.class) {
      return number((Double) otherwise);
    }
    if (type == boolean.class) {
      return flag((Boolean) otherwise);
    }
    if (type == String.class) {
      return optionalText().orElse((String) otherwise);
    }
    if (type.isEnum()) {
      return enumComponent(type, otherwise);
    }
    if (type == List.class) {
      return isPresent() ? listOf(component) : otherwise;
    }
    if (otherwise instanceof Record nested) {
      return record(nested);
    }
    throw new IllegalStateException(
        "Config component " + component + " has a type that configs cannot hold.");
  }

  private List<?> listOf(RecordComponent component) {
    Object element = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
    if (element == Integer.class) {
      return items().stream().map(item -> item.integer(0)).toList();
    }
    if (element == Double.class) {
      return items().stream().map(item -> item.number(0)).toList();
    }
    if (element instanceof ParameterizedType) { // a list of lists of texts
      return items().stream().map(ConfigNode::texts).toList();
    }
    return texts();
  }

  private static Object read(RecordComponent component, Record record) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + component + ".", e);
    }
  }

  @SuppressWarnings("unchecked")
  private <E extends Enum<E>> Object enumComponent(Class<?> type, Object otherwise) {
    return choice((Class<E>) type, (E) otherwise);
  }

  private static String kebab(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code inverseTemperature} becomes {@code inverse-temperature}. */
  static String kebab(String camelCase) {
    return camelCase.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }
}
