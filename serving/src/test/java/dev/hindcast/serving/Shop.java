package dev.hindcast.serving;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.ingestion.mapping.FieldMapping;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A shop that shows one of two offers at each step of a visit. */
public final class Shop {
  /** Its mapping. */
  public static final String INGEST =
      """
      name: shop
      ingest:
        source: {format: json, path: stream/rows}
        episode: {id: visit, step: step}
        observation: {numeric: [age, taste], categorical: [country]}
        action: {discrete: offer, size: 2, mask: possible}
        reward: sold
        terminated: left
        propensity: {probability: p}
      """;

  private Shop() {}

  /** The mapping of a config. */
  public static FieldMapping mapping(String yaml) {
    ConfigDocument document = ConfigDocument.parse("shop.yaml", Path.of("/shop"), yaml, List.of());
    return FieldMapping.from(document.root().section("ingest"), Map.of());
  }

  /** A request that lacks nothing. */
  public static ObjectNode request() {
    return json(
        """
        {"visit": "v1", "step": 0, "age": 31, "taste": [0.5, 1], "country": "de", "possible": [0, 1]}
        """);
  }

  /** A JSON object. */
  public static ObjectNode json(String text) {
    return (ObjectNode) CanonicalJson.tree(text.getBytes(StandardCharsets.UTF_8));
  }
}
