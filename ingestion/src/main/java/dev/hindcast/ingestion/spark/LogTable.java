package dev.hindcast.ingestion.spark;

import static org.apache.spark.sql.functions.col;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.ingestion.mapping.Column;
import dev.hindcast.ingestion.mapping.ColumnType;
import dev.hindcast.ingestion.mapping.LogSchema;
import dev.hindcast.ingestion.mapping.ResolvedMapping;
import dev.hindcast.ingestion.spark.source.Source;
import dev.hindcast.ingestion.spark.source.Sources;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructField;

/**
 * A log with the tables joined to it and its mapping found in its columns; no row has been read
 * yet.
 */
final class LogTable {
  private final SparkSession spark;
  private final IngestConfig config;
  private final List<Input> inputs;
  private final Dataset<Row> rows;
  private final ResolvedMapping mapping;

  private LogTable(
      SparkSession spark,
      IngestConfig config,
      List<Input> inputs,
      Dataset<Row> rows,
      ResolvedMapping mapping) {
    this.spark = spark;
    this.config = config;
    this.inputs = inputs;
    this.rows = rows;
    this.mapping = mapping;
  }

  private record Input(String role, String name, List<String> files) {}

  /**
   * Opens a log.
   *
   * @throws UserError (input missing) when a path is not there; (usage) with every column that is
   *     missing or of the wrong type
   */
  static LogTable open(SparkSession spark, IngestConfig config) {
    return open(
        spark,
        config,
        "ingest",
        (schema, problems) -> ResolvedMapping.of(config.mapping(), schema, problems));
  }

  /** Finds a mapping's columns in a log; what is wrong is added to the problems. */
  @FunctionalInterface
  interface Finder {
    /** The mapping with its places; not to be used when there were problems. */
    ResolvedMapping find(LogSchema schema, List<String> problems);
  }

  /**
   * Opens a log for another purpose.
   *
   * @param purpose the verb that messages say could not be done
   * @param finder says which columns are needed
   */
  static LogTable open(SparkSession spark, IngestConfig config, String purpose, Finder finder) {
    List<Input> inputs = new ArrayList<>();
    config
        .source()
        .path()
        .forEach(piece -> inputs.add(input("log", config.source().format(), piece.path())));
    config.join().forEach(join -> inputs.add(input("join-table", join.format(), join.path())));
    List<String> problems = new ArrayList<>();
    Dataset<Row> log = log(spark, config.source(), inputs, problems);
    for (int i = 0; i < config.join().size(); i++) {
      log =
          join(
              spark,
              log,
              config.join().get(i),
              inputs.get(config.source().path().size() + i),
              problems);
    }
    ResolvedMapping mapping = finder.find(schema(log), problems);
    if (!problems.isEmpty()) {
      throw UserError.usage(
          "Cannot "
              + purpose
              + " "
              + config.source().name()
              + (problems.size() == 1 ? ":" : ", " + problems.size() + " problems:")
              + "\n  "
              + String.join("\n  ", problems));
    }
    return new LogTable(spark, config, inputs, log, mapping);
  }

  ResolvedMapping mapping() {
    return mapping;
  }

  /** All columns of the log and of what is joined to it, as they are. */
  Dataset<Row> whole() {
    return rows;
  }

  /** The mapped columns, in the mapping's order; times as microseconds. */
  Dataset<Row> rows() {
    List<org.apache.spark.sql.Column> columns = new ArrayList<>();
    for (int i = 0; i < mapping.columns().size(); i++) {
      org.apache.spark.sql.Column column = quoted(mapping.columns().get(i));
      columns.add(
          mapping.types().get(i) == ColumnType.TIME
              ? functions.unix_micros(column.cast(DataTypes.TimestampType))
              : column);
    }
    for (int i = 0; i < columns.size(); i++) {
      columns.set(i, columns.get(i).as("c" + i));
    }
    return rows.select(columns.toArray(org.apache.spark.sql.Column[]::new));
  }

  /**
   * Fails when a joined table has a key twice: rows of the log would be multiplied.
   *
   * @throws UserError (data) naming the table and a key
   */
  void checkKeys() {
    for (int i = 0; i < config.join().size(); i++) {
      IngestConfig.Join join = config.join().get(i);
      List<Row> twice =
          source(join.format())
              .read(spark, inputs.get(config.source().path().size() + i).files())
              .groupBy(quoted(join.key().name()))
              .count()
              .filter(col("count").gt(1))
              .orderBy(quoted(join.key().name()))
              .limit(1)
              .collectAsList();
      if (!twice.isEmpty()) {
        throw UserError.data(
            "Cannot join "
                + join.path().uri()
                + ": its "
                + join.key().name()
                + " "
                + twice.get(0).get(0)
                + " stands in "
                + twice.get(0).getLong(1)
                + " rows, but each key may stand only once.");
      }
    }
  }

  /** What was read, by content: files are hashed where the engine runs. */
  List<Provenance.Input> provenance() {
    List<Provenance.Input> read = new ArrayList<>();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    for (Input input : inputs) {
      List<Fingerprint> hashes =
          context
              .parallelize(input.files(), Math.min(input.files().size(), 64))
              .map(Storage::fingerprint)
              .collect();
      Fingerprint whole = hashes.size() == 1 ? hashes.get(0) : Fingerprint.ofJson(hashes);
      read.add(new Provenance.Input(input.role(), input.name(), whole));
    }
    return read;
  }

  /** The pieces of a log one below the other; columns that a piece lacks are empty in its rows. */
  private static Dataset<Row> log(
      SparkSession spark, IngestConfig.Source source, List<Input> inputs, List<String> problems) {
    Dataset<Row> whole = null;
    for (int i = 0; i < source.path().size(); i++) {
      Dataset<Row> piece = source(source.format()).read(spark, inputs.get(i).files());
      if (source.isLabelled() && !Arrays.asList(piece.columns()).contains(LogSchema.SOURCE)) {
        piece = piece.withColumn(LogSchema.SOURCE, functions.lit(source.path().get(i).label()));
      }
      if (whole == null) {
        whole = piece;
      } else if (sameKinds(whole, piece, source.path().get(i), problems)) {
        whole = whole.unionByName(piece, true);
      }
    }
    return whole;
  }

  private static boolean sameKinds(
      Dataset<Row> whole, Dataset<Row> piece, IngestConfig.Piece named, List<String> problems) {
    Map<String, ColumnType> before = schema(whole).columns();
    int found = problems.size();
    schema(piece)
        .columns()
        .forEach(
            (column, type) -> {
              ColumnType other = before.getOrDefault(column, type);
              if (type != other && !(isNumber(type) && isNumber(other))) {
                problems.add(
                    named.path().where()
                        + ": column "
                        + column
                        + " holds "
                        + type.inWords()
                        + " in "
                        + named.path().name()
                        + ", but "
                        + other.inWords()
                        + " in the pieces before it.");
              }
            });
    return problems.size() == found;
  }

  private static boolean isNumber(ColumnType type) {
    return type == ColumnType.WHOLE || type == ColumnType.NUMBER;
  }

  private static Input input(String role, String format, IngestConfig.Place place) {
    try {
      return new Input(role, place.name(), source(format).files(place.uri()));
    } catch (UserError e) {
      throw new UserError(e.kind(), e.getMessage() + " It is named by " + place.where() + ".", e);
    }
  }

  private static Source source(String format) {
    return Sources.find(format).orElseThrow();
  }

  private static Dataset<Row> join(
      SparkSession spark,
      Dataset<Row> log,
      IngestConfig.Join join,
      Input input,
      List<String> problems) {
    Dataset<Row> table = source(join.format()).read(spark, input.files());
    List<String> has = Arrays.asList(table.columns());
    List<String> logHas = Arrays.asList(log.columns());
    int before = problems.size();
    String key = join.key().name();
    needed(join.key(), logHas, "the log", problems);
    needed(join.key(), has, join.path().name(), problems);
    for (Column column : join.columns()) {
      needed(column, has, join.path().name(), problems);
      if (logHas.contains(column.name())) {
        problems.add(column.where() + ": the log has a column " + column.name() + " already.");
      }
    }
    if (problems.size() == before && !kind(log, key).equals(kind(table, key))) {
      problems.add(
          join.key().where()
              + ": column "
              + key
              + " holds "
              + schema(log).columns().get(key).inWords()
              + " in the log, but "
              + schema(table).columns().get(key).inWords()
              + " in "
              + join.path().name()
              + ".");
    }
    if (problems.size() > before) {
      return withEmpty(log, table, join, logHas);
    }
    List<org.apache.spark.sql.Column> taken = new ArrayList<>();
    taken.add(quoted(key));
    join.columns().forEach(column -> taken.add(quoted(column.name())));
    return log.join(
        table.select(taken.toArray(org.apache.spark.sql.Column[]::new)),
        new String[] {key},
        "left");
  }

  /** The columns a wrong join would have added, so that only the join itself is complained of. */
  private static Dataset<Row> withEmpty(
      Dataset<Row> log, Dataset<Row> table, IngestConfig.Join join, List<String> logHas) {
    Dataset<Row> widened = log;
    for (Column column : join.columns()) {
      if (!logHas.contains(column.name())
          && Arrays.asList(table.columns()).contains(column.name())) {
        DataType type = table.schema().apply(column.name()).dataType();
        widened = widened.withColumn(column.name(), functions.lit(null).cast(type));
      }
    }
    return widened;
  }

  private static void needed(Column column, List<String> has, String where, List<String> problems) {
    if (!has.contains(column.name())) {
      problems.add(
          column.where()
              + ": "
              + where
              + " has no column "
              + column.name()
              + "."
              + DidYouMean.hint(column.name(), has));
    }
  }

  private static String kind(Dataset<Row> table, String column) {
    return schema(table).columns().get(column).inWords();
  }

  private static org.apache.spark.sql.Column quoted(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }

  private static LogSchema schema(Dataset<Row> table) {
    Map<String, ColumnType> columns = new LinkedHashMap<>();
    for (StructField field : table.schema().fields()) {
      columns.put(field.name(), type(field.dataType()));
    }
    return new LogSchema(columns);
  }

  private static ColumnType type(DataType type) {
    if (type instanceof ArrayType array) {
      return switch (type(array.elementType())) {
        case WHOLE -> ColumnType.WHOLE_LIST;
        case NUMBER -> ColumnType.NUMBER_LIST;
        case FLAG -> ColumnType.FLAG_LIST;
        default -> ColumnType.OTHER;
      };
    }
    if (List.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType)
        .contains(type)) {
      return ColumnType.WHOLE;
    }
    if (type.equals(DataTypes.FloatType)
        || type.equals(DataTypes.DoubleType)
        || type instanceof DecimalType) {
      return ColumnType.NUMBER;
    }
    if (type.equals(DataTypes.BooleanType)) {
      return ColumnType.FLAG;
    }
    if (type.equals(DataTypes.StringType)) {
      return ColumnType.TEXT;
    }
    boolean isTime = type.equals(DataTypes.TimestampType) || type.equals(DataTypes.DateType);
    return isTime ? ColumnType.TIME : ColumnType.OTHER;
  }
}
