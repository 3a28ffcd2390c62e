package dev.hindcast.core.artefact;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.nio.charset.StandardCharsets;

/**
 * The one way artefacts are written as JSON: snake_case names, record components in their order,
 * map keys sorted, two-space indent, line feeds. Equal values give equal bytes, so a fingerprint of
 * the text is a fingerprint of the value.
 */
public final class CanonicalJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.NON_ABSENT)
          .build();

  private CanonicalJson() {}

  /** The value as indented text that ends with a line feed. */
  public static String text(Object value) {
    try {
      return MAPPER.writer(printer()).writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Cannot write " + value.getClass().getSimpleName() + " as JSON.", e);
    }
  }

  /**
   * The value on one line, without a line feed: what machines read from standard output and metrics
   * files.
   */
  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Cannot write " + value.getClass().getSimpleName() + " as JSON.", e);
    }
  }

  /** The UTF-8 bytes of {@link #text}. */
  public static byte[] bytes(Object value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a value; fields that this build does not know are skipped, so that newer writers of the
   * same version stay readable.
   *
   * @throws IllegalArgumentException when the text is not JSON, goes on after its value or lacks
   *     what the type needs; the message says what
   */
  public static <T> T read(byte[] json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    } catch (java.io.IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Reads any JSON text as a tree.
   *
   * @throws IllegalArgumentException as {@link #read}, and when an object has a name twice
   */
  public static JsonNode tree(byte[] json) {
    return read(json, JsonNode.class);
  }

  /** A value as a tree, the way it would be written. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  private static DefaultPrettyPrinter printer() {
    DefaultIndenter indent = new DefaultIndenter("  ", "\n");
    return new DefaultPrettyPrinter()
        .withObjectIndenter(indent)
        .withArrayIndenter(DefaultPrettyPrinter.FixedSpaceIndenter.instance);
  }
}
