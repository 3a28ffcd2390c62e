package dev.hindcast.ingestion.spark;

import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DecisionRequests;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.ingestion.mapping.DecisionMapper;
import dev.hindcast.ingestion.mapping.DecisionMapping;
import dev.hindcast.ingestion.mapping.LogRow;
import java.io.Serializable;
import java.sql.Date;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A log whose rows ask for actions: the same files, joins and mapping as for a dataset, but actions
 * and rewards need not be there.
 */
public final class DecisionLog {
  private final LogTable table;
  private final Reader reader;

  private DecisionLog(LogTable table, Reader reader) {
    this.table = table;
    this.reader = reader;
  }

  /**
   * Opens the log of a config.
   *
   * @param space what the policy must be shown; its names are those of the log's columns
   * @param actionSpace what the policy chooses from
   * @throws UserError (usage) with every column that is missing or of the wrong type; (input
   *     missing) when a path is not there; (data) when a joined table has a key twice
   */
  public static DecisionLog open(
      SparkSession spark, IngestConfig config, ObservationSpace space, ActionSpace actionSpace) {
    if (!config.mapping().action().space().equals(actionSpace)) {
      throw UserError.usage(
          "Cannot score "
              + config.source().name()
              + ": the policy chooses from "
              + actionSpace.inWords()
              + ", but ingest.action in "
              + config.file()
              + " says "
              + config.mapping().action().space().inWords()
              + (actionSpace instanceof ActionSpace.Box ? " or another box" : "")
              + ". Score with the config that its dataset was made with.");
    }
    return SparkTrouble.explained(
        () -> {
          DecisionMapping[] found = new DecisionMapping[1];
          LogTable table =
              LogTable.open(
                  spark,
                  config,
                  "score",
                  (schema, problems) -> {
                    found[0] = DecisionMapping.of(config.mapping(), space, schema, problems);
                    return found[0].columns();
                  });
          table.checkKeys();
          List<String> names = Arrays.asList(table.whole().columns());
          int[] places = found[0].columns().columns().stream().mapToInt(names::indexOf).toArray();
          DecisionMapper mapper = new DecisionMapper(found[0], space);
          boolean keeps = config.checks().areMissingNumbersKept();
          return new DecisionLog(
              table, new Reader(keeps ? mapper.keepingMissingNumbers() : mapper, places));
        });
  }

  /** All columns of the log and of what is joined to it, as they are. */
  public Dataset<Row> rows() {
    return table.whole();
  }

  /** Reads requests from those rows; works on executors. */
  public Reader reader() {
    return reader;
  }

  /** Whether rows say which actions are admissible. */
  public boolean hasMask() {
    return table.mapping().hasMask();
  }

  /** What is read, by content. */
  public List<Provenance.Input> provenance() {
    return table.provenance();
  }

  /** Makes requests from rows of the log. */
  public static final class Reader implements Serializable {
    private static final long serialVersionUID = 1L;

    private final DecisionMapper mapper;
    private final int[] places;

    private Reader(DecisionMapper mapper, int[] places) {
      this.mapper = mapper;
      this.places = places;
    }

    /** One request for each row. */
    public DecisionRequests read(List<Row> rows) {
      return mapper.map(rows.stream().map(this::mapped).toList());
    }

    private LogRow mapped(Row row) {
      LogRow whole = new SparkLogRow(row);
      return column -> inMicroseconds(whole.value(places[column]));
    }

    private static Object inMicroseconds(Object value) {
      if (value instanceof Timestamp time) {
        return TimeUnit.SECONDS.toMicros(Math.floorDiv(time.getTime(), 1000L))
            + time.getNanos() / 1000;
      }
      return value instanceof Date date
          ? TimeUnit.DAYS.toMicros(date.toLocalDate().toEpochDay())
          : value;
    }
  }
}
