package dev.hindcast.core.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A config file as read, every value with its line, and the list of all that is wrong with it.
 *
 * <p>Readers take what they need from {@link #root()} and then call {@link #finish()}, which fails
 * once with every problem found: wrong values, missing keys, and keys that nobody asked for.
 */
public final class ConfigDocument {
  /** A parsed value with its place: a map, a list, or a scalar with its text. */
  sealed interface Value {
    String place();

    record Mapping(
        LinkedHashMap<String, Value> entries, Map<String, String> keyPlaces, String place)
        implements Value {}

    record Sequence(ArrayList<Value> items, String place) implements Value {}

    record Scalar(String text, boolean quoted, boolean isNull, String place) implements Value {}
  }

  private final String file;
  private final Path folder;
  private final ConfigNode root;
  private final List<String> problems = new ArrayList<>();

  private ConfigDocument(String file, Path folder, Value.Mapping content) {
    this.file = file;
    this.folder = folder;
    this.root = new ConfigNode(this, "", content, content.place());
  }

  /**
   * Reads a YAML file and lays the overrides over it.
   *
   * @param overrides texts of the form {@code section.key=value}, values in YAML
   * @throws UserError when the file is missing, is not YAML, names a key twice, or an override has
   *     not that form
   */
  public static ConfigDocument read(Path path, List<String> overrides) {
    if (!Files.isRegularFile(path)) {
      throw UserError.missing("Cannot read the config: there is no file " + path + ".");
    }
    try {
      Path folder = path.toAbsolutePath().getParent();
      return parse(
          path.getFileName().toString(),
          folder,
          Files.readString(path, StandardCharsets.UTF_8),
          overrides);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path + ".", e);
    }
  }

  /**
   * Reads YAML text; {@code file} is what messages call it, {@code folder} what its relative paths
   * start from.
   */
  public static ConfigDocument parse(
      String file, Path folder, String yaml, List<String> overrides) {
    Value.Mapping content = parseMapping(file, yaml);
    for (String override : overrides) {
      apply(override, content);
    }
    return new ConfigDocument(file, folder, content);
  }

  /** The whole file. */
  public ConfigNode root() {
    return root;
  }

  /** What messages call the file. */
  public String file() {
    return file;
  }

  /**
   * A path from the config: absolute or with a scheme as it stands, otherwise relative to the
   * config's own folder, so that a pipeline works from any working directory.
   */
  public String resolve(String path) {
    if (path.contains("://") || path.startsWith("file:") || Path.of(path).isAbsolute()) {
      return path;
    }
    return folder.resolve(path).normalize().toString();
  }

  /** Everything wrong that has been found so far, in reading order. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  void problem(String message) {
    if (!problems.contains(message)) {
      problems.add(message);
    }
  }

  /**
   * Ends the reading: keys that nobody asked for are problems too.
   *
   * @throws UserError with all problems, when there are any
   */
  public void finish() {
    root.refuseUnasked();
    if (problems.isEmpty()) {
      return;
    }
    String heading =
        problems.size() == 1
            ? "Cannot use " + file + ":"
            : "Cannot use " + file + ", " + problems.size() + " problems:";
    throw UserError.usage(heading + "\n  " + String.join("\n  ", problems));
  }

  private static Value.Mapping parseMapping(String file, String yaml) {
    try (JsonParser parser = new YAMLFactory().createParser(yaml)) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return new Value.Mapping(new LinkedHashMap<>(), Map.of(), file + " line 1");
      }
      Value value = parseValue(file, parser);
      if (value instanceof Value.Mapping mapping) {
        return mapping;
      }
      throw UserError.usage(
          "Cannot use "
              + file
              + ": it should hold keys with values, such as 'ingest:', at its top level.");
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String line = at == null ? "" : " line " + at.getLineNr();
      String reason = e.getOriginalMessage().lines().findFirst().orElse("it is not YAML");
      throw new UserError(
          UserError.Kind.USAGE, "Cannot read " + file + line + ": " + reason + ".", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + ".", e);
    }
  }

  private static Value parseValue(String file, JsonParser parser) throws IOException {
    String place = place(file, parser);
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        LinkedHashMap<String, Value> entries = new LinkedHashMap<>();
        Map<String, String> places = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.getCurrentName();
          String keyPlace = place(file, parser);
          parser.nextToken();
          if (entries.put(key, parseValue(file, parser)) != null) {
            throw UserError.usage(
                "Cannot use "
                    + file
                    + ": key "
                    + key
                    + " stands twice, the second time in "
                    + keyPlace
                    + ".");
          }
          places.put(key, keyPlace);
        }
        return new Value.Mapping(entries, places, place);
      }
      case START_ARRAY -> {
        ArrayList<Value> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(parseValue(file, parser));
        }
        return new Value.Sequence(items, place);
      }
      case VALUE_NULL -> {
        return new Value.Scalar("", false, true, place);
      }
      case VALUE_STRING -> {
        return new Value.Scalar(parser.getText(), true, false, place);
      }
      default -> {
        return new Value.Scalar(parser.getText(), false, false, place);
      }
    }
  }

  private static String place(String file, JsonParser parser) {
    int line = parser.getTokenLocation().getLineNr();
    return file.startsWith("--set") ? file : file + " line " + line;
  }

  private static void apply(String override, Value.Mapping content) {
    int equals = override.indexOf('=');
    if (equals <= 0) {
      throw UserError.usage("Cannot use --set " + override + ": it should read section.key=value.");
    }
    String[] keys = override.substring(0, equals).trim().split("\\.", -1);
    Value.Mapping wrapped =
        parseMapping("--set " + override, "value: " + override.substring(equals + 1));
    Value value = wrapped.entries().get("value");
    Value at = content;
    for (int i = 0; i < keys.length; i++) {
      boolean last = i == keys.length - 1;
      if (at instanceof Value.Mapping mapping) {
        if (last) {
          mapping.entries().put(keys[i], value);
        } else {
          at =
              mapping
                  .entries()
                  .computeIfAbsent(
                      keys[i],
                      key ->
                          new Value.Mapping(
                              new LinkedHashMap<>(), new LinkedHashMap<>(), value.place()));
        }
      } else if (at instanceof Value.Sequence sequence) {
        int index = index(keys[i], sequence.items().size(), override);
        if (last) {
          sequence.items().set(index, value);
        } else {
          at = sequence.items().get(index);
        }
      } else {
        throw UserError.usage(
            "Cannot use --set "
                + override
                + ": "
                + at.place()
                + " holds a plain value, so nothing can be set inside it.");
      }
    }
  }

  private static int index(String key, int size, String override) {
    if (key.matches("\\d{1,6}") && Integer.parseInt(key) < size) {
      return Integer.parseInt(key);
    }
    throw UserError.usage(
        "Cannot use --set "
            + override
            + ": '"
            + key
            + "' is not a place in a list of "
            + size
            + " (they count from 0).");
  }

  /** A value as plain JSON, for provenance. */
  static JsonNode json(Value value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value instanceof Value.Mapping mapping) {
      var object = nodes.objectNode();
      mapping.entries().forEach((key, item) -> object.set(key, json(item)));
      return object;
    }
    if (value instanceof Value.Sequence sequence) {
      var array = nodes.arrayNode();
      sequence.items().forEach(item -> array.add(json(item)));
      return array;
    }
    Value.Scalar scalar = (Value.Scalar) value;
    if (scalar.isNull()) {
      return nodes.nullNode();
    }
    if (!scalar.quoted() && scalar.text().matches("[+-]?\\d{1,18}")) {
      return nodes.numberNode(Long.parseLong(scalar.text()));
    }
    if (!scalar.quoted() && scalar.text().matches("true|false")) {
      return nodes.booleanNode(Boolean.parseBoolean(scalar.text()));
    }
    if (!scalar.quoted()) {
      try {
        return nodes.numberNode(Double.parseDouble(scalar.text()));
      } catch (NumberFormatException e) {
        return nodes.textNode(scalar.text());
      }
    }
    return nodes.textNode(scalar.text());
  }
}
