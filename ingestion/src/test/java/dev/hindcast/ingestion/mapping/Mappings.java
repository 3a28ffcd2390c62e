package dev.hindcast.ingestion.mapping;

import dev.hindcast.core.config.ConfigDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Mappings from YAML and logs from plain values. */
public final class Mappings {
  /** A mapping that uses every key. */
  static final String FULL =
      """
      episode: {id: id, step: t, ends: truncated}
      observation: {numeric: [age, "x_*", lab], categorical: [ward]}
      action: {discrete: a, size: 3, mask: allowed}
      reward: r
      terminated: died
      truncated: cut
      next-observation: {numeric: [next_age, "next_x_*", next_lab], categorical: [next_ward], mask: next_allowed}
      propensity: {log-probability: logp, estimated: true}
      """;

  static final Map<String, ColumnType> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put("id", ColumnType.WHOLE);
    COLUMNS.put("t", ColumnType.WHOLE);
    COLUMNS.put("age", ColumnType.WHOLE);
    COLUMNS.put("x_b", ColumnType.NUMBER);
    COLUMNS.put("x_a", ColumnType.NUMBER);
    COLUMNS.put("lab", ColumnType.NUMBER_LIST);
    COLUMNS.put("ward", ColumnType.TEXT);
    COLUMNS.put("a", ColumnType.WHOLE);
    COLUMNS.put("allowed", ColumnType.WHOLE_LIST);
    COLUMNS.put("r", ColumnType.NUMBER);
    COLUMNS.put("died", ColumnType.FLAG);
    COLUMNS.put("cut", ColumnType.WHOLE);
    COLUMNS.put("next_age", ColumnType.WHOLE);
    COLUMNS.put("next_x_b", ColumnType.NUMBER);
    COLUMNS.put("next_x_a", ColumnType.NUMBER);
    COLUMNS.put("next_lab", ColumnType.NUMBER_LIST);
    COLUMNS.put("next_ward", ColumnType.TEXT);
    COLUMNS.put("next_allowed", ColumnType.FLAG_LIST);
    COLUMNS.put("logp", ColumnType.NUMBER);
    COLUMNS.put("when", ColumnType.TIME);
  }

  private Mappings() {}

  static ConfigDocument document(String yaml) {
    return ConfigDocument.parse("p.yaml", Path.of("/"), yaml, List.of());
  }

  static FieldMapping read(String yaml) {
    ConfigDocument document = document(yaml);
    FieldMapping mapping = FieldMapping.from(document.root(), Map.of());
    document.finish();
    return mapping;
  }

  static ResolvedMapping resolve(String yaml, Map<String, ColumnType> columns) {
    List<String> problems = new ArrayList<>();
    ResolvedMapping mapping = ResolvedMapping.of(read(yaml), new LogSchema(columns), problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    return mapping;
  }

  static ResolvedMapping full() {
    return resolve(FULL, COLUMNS);
  }

  /** A sound row of the full mapping. */
  static Map<String, Object> row() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", 7L);
    row.put("t", 0);
    row.put("age", 50);
    row.put("x_b", 1.5);
    row.put("x_a", 2.5);
    row.put("lab", List.of(0.25, 0.75));
    row.put("ward", "b");
    row.put("a", 1);
    row.put("allowed", List.of(0, 1));
    row.put("r", 0.5);
    row.put("died", false);
    row.put("cut", 0);
    row.put("next_age", 51);
    row.put("next_x_b", 3.5);
    row.put("next_x_a", 4.5);
    row.put("next_lab", List.of(1.25, 1.75));
    row.put("next_ward", "elsewhere");
    row.put("next_allowed", List.of(true, false, true));
    row.put("logp", Math.log(0.5));
    return row;
  }

  static LogRow of(ResolvedMapping mapping, Map<String, Object> values) {
    return column -> values.get(mapping.columns().get(column));
  }

  static MappedRow map(Map<String, Object> values) {
    return map(FULL, values);
  }

  static MappedRow map(String yaml, Map<String, Object> values) {
    ResolvedMapping mapping = resolve(yaml, COLUMNS);
    LogProfile profile = new LogProfile(mapping);
    Map<String, Object> other = row();
    other.put("ward", "a");
    profile.add(of(mapping, row()));
    profile.add(of(mapping, other));
    return new EventMapper(mapping, profile.observationSpace(), profile.widths())
        .map(of(mapping, values));
  }
}
