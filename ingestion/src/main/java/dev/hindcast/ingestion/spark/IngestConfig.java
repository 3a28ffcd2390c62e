package dev.hindcast.ingestion.spark;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.ingestion.check.Treatments;
import dev.hindcast.ingestion.mapping.Column;
import dev.hindcast.ingestion.mapping.FieldMapping;
import dev.hindcast.ingestion.spark.source.Sources;
import java.util.ArrayList;
import java.util.List;

/**
 * The section {@code ingest} of a config.
 *
 * @param source the log
 * @param join tables that add columns to it
 * @param mapping which columns mean what
 * @param checks what happens to rows that break a rule
 * @param split how episodes are divided
 * @param file what messages call the config
 */
public record IngestConfig(
    Source source,
    List<Join> join,
    FieldMapping mapping,
    Treatments checks,
    Split split,
    @JsonIgnore String file) {
  /** Copies the list. */
  public IngestConfig {
    join = List.copyOf(join);
  }

  /**
   * A place to read from. In provenance only its name is told, never the path of a machine.
   *
   * @param uri the path or URI, resolved
   * @param where the line of the config, for messages
   */
  public record Place(String uri, String where) {
    /** The last part of the path. */
    @JsonValue
    public String name() {
      return Storage.name(uri);
    }
  }

  /**
   * Where the log is.
   *
   * @param format the name of a source
   * @param path its pieces, at least one
   */
  public record Source(String format, List<Piece> path) {
    /** Copies the list. */
    public Source {
      path = List.copyOf(path);
    }

    /** What messages call the log: the names of its pieces. */
    public String name() {
      return String.join(", ", path.stream().map(piece -> piece.path().name()).toList());
    }

    /** Whether rows should say which piece they are from. */
    boolean isLabelled() {
      return path.size() > 1 || !path.get(0).label().equals(path.get(0).path().name());
    }
  }

  /**
   * A piece of the log.
   *
   * @param path a file, a folder, or a pattern of files
   * @param label what its rows say in the column {@code _source}; its name when not given
   */
  public record Piece(Place path, String label) {}

  /**
   * A table with one row per key.
   *
   * @param format the name of a source
   * @param path where it is
   * @param key the column that both have
   * @param columns the columns it adds
   */
  public record Join(String format, Place path, Column key, List<Column> columns) {
    /** Copies the list. */
    public Join {
      columns = List.copyOf(columns);
    }
  }

  /**
   * Reads the section; mistakes become problems of the document.
   *
   * @param pipeline what it shares with the other sections
   */
  public static IngestConfig from(ConfigNode ingest, Pipeline pipeline) {
    ConfigNode source = ingest.section("source");
    Source log = new Source(format(source), pieces(source.at("path")));
    List<Join> joins = new ArrayList<>();
    for (ConfigNode item : ingest.at("join").items()) {
      Join join =
          new Join(
              format(item),
              place(item.at("path")),
              Column.required(item.at("key")),
              Column.all(item.at("columns")));
      if (join.columns().isEmpty()) {
        item.at("columns").problem("is missing: name the columns that the table adds");
      }
      joins.add(join);
    }
    ConfigNode split = ingest.section("split");
    Split chosen =
        split
            .checked(
                () ->
                    new Split(
                        split.at("held-out").number(Split.DEFAULT.heldOut()),
                        split.at("salt").optionalText().orElse(Split.DEFAULT.salt())))
            .orElse(Split.DEFAULT);
    return new IngestConfig(
        log,
        joins,
        FieldMapping.from(ingest, pipeline.rewardWeights()),
        Treatments.from(ingest.section("checks")),
        chosen,
        ingest.document().file());
  }

  private static List<Piece> pieces(ConfigNode node) {
    List<ConfigNode> items = node.isList() ? node.items() : List.of(node);
    List<Piece> pieces = new ArrayList<>();
    for (ConfigNode item : items) {
      Place path = place(item.isSection() ? item.at("path") : item);
      String label = item.isSection() ? item.at("label").optionalText().orElse("") : "";
      Piece piece = new Piece(path, label.isEmpty() ? path.name() : label);
      if (pieces.stream().anyMatch(other -> other.label().equals(piece.label()))) {
        item.problem(
            "is called "
                + piece.label()
                + " as another piece is: tell them apart by {path: ..., label: ...}");
      }
      pieces.add(piece);
    }
    if (pieces.isEmpty()) {
      node.problem("names no file or folder");
    }
    return pieces;
  }

  private static Place place(ConfigNode node) {
    return new Place(node.filePath(), node.where());
  }

  private static String format(ConfigNode node) {
    String format = node.at("format").optionalText().orElse("parquet");
    if (Sources.find(format).isEmpty()) {
      node.at("format")
          .problem(
              "is '"
                  + format
                  + "', which is no source."
                  + DidYouMean.hint(format, Sources.names()));
    }
    return format;
  }
}
