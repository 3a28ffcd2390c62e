package dev.hindcast.ingestion.mapping;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.hindcast.core.config.ConfigNode;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * A column as a config names it.
 *
 * @param name its name, or a pattern where patterns are allowed
 * @param where the place in the config, for messages
 */
public record Column(@JsonValue String name, String where) implements Serializable {
  /** A column that must be named. */
  public static Column required(ConfigNode node) {
    return new Column(node.text(), node.where());
  }

  /** A column that may be named. */
  public static Optional<Column> optional(ConfigNode node) {
    return node.optionalText().map(name -> new Column(name, node.where()));
  }

  /** The columns of a list, or of a single name. */
  public static List<Column> all(ConfigNode node) {
    return node.items().stream().map(Column::required).toList();
  }
}
