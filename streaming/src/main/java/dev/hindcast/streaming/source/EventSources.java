package dev.hindcast.streaming.source;

import dev.hindcast.core.config.UserError;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.plan.StreamConfig.Format;
import dev.hindcast.streaming.plan.StreamConfig.Origin;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.Kind;
import dev.hindcast.streaming.row.OwnType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.enumerate.NonSplittingRecursiveEnumerator;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** Opens the sources that a config names. */
public final class EventSources {
  private EventSources() {}

  /**
   * What the columns of the events hold: what the config says, over what the schema of an Avro
   * source says, or the first file of one of Parquet or Avro.
   *
   * @throws UserError (input missing) when there is no such file
   */
  public static Map<String, Kind> columns(StreamConfig config) {
    Map<String, Kind> columns = new LinkedHashMap<>();
    columns(config.decisions(), columns);
    config.rewards().ifPresent(origin -> columns(origin, columns));
    columns.putAll(config.columns());
    return columns;
  }

  /**
   * The events of a source, with their times.
   *
   * @param uid by which savepoints know it
   */
  public static DataStream<Arrival> open(
      StreamExecutionEnvironment environment, Origin origin, StreamPlan plan, String uid) {
    WatermarkStrategy<Arrival> time = Watermarks.of(plan);
    boolean isKafka = origin.format() == Format.KAFKA;
    DataStream<Arrival> arrivals =
        environment
            .fromSource(
                source(origin, plan), isKafka ? time : WatermarkStrategy.noWatermarks(), uid)
            .uid(uid);
    if (!isKafka) {
      // not in the source, which forgets what it has not yet told of a file when that ends
      arrivals = arrivals.assignTimestampsAndWatermarks(time).uid(uid + "-time");
    }
    return arrivals.transform(uid + "-end", OwnType.ARRIVAL, new EndOfTime()).uid(uid + "-end");
  }

  private static Source<Arrival, ?, ?> source(Origin origin, StreamPlan plan) {
    return switch (origin.format()) {
      case JSON_LINES -> files(origin, new JsonLineFiles(new JsonRows(plan)));
      case PARQUET -> files(origin, new ParquetRowFiles(plan));
      case AVRO -> files(origin, new AvroFiles(plan, schema(origin).orElse("")));
      case KAFKA ->
          kafka(
              origin,
              schema(origin)
                  .<RecordRows>map(schema -> new AvroRows(plan, schema, origin.headerBytes()))
                  .orElseGet(() -> new JsonRows(plan)));
    };
  }

  private static Source<Arrival, ?, ?> files(Origin origin, RowFiles format) {
    found(origin);
    FileSource.FileSourceBuilder<Arrival> source =
        FileSource.forBulkFileFormat(format, path(origin))
            .setFileEnumerator(NonSplittingRecursiveEnumerator::new)
            .setSplitAssigner(FilesByName::new);
    return origin.isBounded()
        ? source.build()
        : source.monitorContinuously(origin.follow()).build();
  }

  @SuppressWarnings("deprecation") // Kafka's enum of strategies is what the connector asks for
  private static Source<Arrival, ?, ?> kafka(Origin origin, RecordRows rows) {
    Properties settings = new Properties();
    settings.putAll(origin.settings());
    settings.putIfAbsent("isolation.level", "read_committed");
    return KafkaSource.<Arrival>builder()
        .setProperties(settings)
        .setBootstrapServers(origin.servers())
        .setTopics(origin.topic())
        .setGroupId(origin.group())
        .setStartingOffsets(
            switch (origin.from()) {
              case EARLIEST -> OffsetsInitializer.earliest();
              case LATEST -> OffsetsInitializer.latest();
              case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
            })
        .setDeserializer(new KafkaRows(rows))
        .build();
  }

  private static void columns(Origin origin, Map<String, Kind> columns) {
    Optional<String> schema = schema(origin);
    if (schema.isPresent()) {
      AvroRows.columns(AvroRows.parse(schema.get(), origin.schema().orElseThrow()))
          .forEach(columns::putIfAbsent);
    } else if (origin.saysItsColumns()) {
      Path first =
          found(origin).stream()
              .map(FileSourceSplit::path)
              .min(Comparator.comparing(Path::toString))
              .orElseThrow(
                  () ->
                      UserError.missing(
                          "Cannot read "
                              + origin.path()
                              + ", named by "
                              + origin.where()
                              + ": the folder holds no file yet, so it is not known what its columns hold. Wait for the first, or name the columns under stream.columns."));
      (origin.format() == Format.AVRO ? AvroFiles.columns(first) : ParquetRowFiles.columns(first))
          .forEach(columns::putIfAbsent);
    }
  }

  /** The schema that the config names, in JSON. */
  private static Optional<String> schema(Origin origin) {
    return origin
        .schema()
        .map(
            file -> {
              try (FSDataInputStream in = new Path(file).getFileSystem().open(new Path(file))) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
              } catch (IOException e) {
                throw new UserError(
                    UserError.Kind.INPUT_MISSING,
                    "Cannot read the schema "
                        + file
                        + ", named by "
                        + origin.where()
                        + ": "
                        + e.getMessage(),
                    e);
              }
            });
  }

  /** The files that are there now. */
  private static Collection<FileSourceSplit> found(Origin origin) {
    try {
      if (!path(origin).getFileSystem().exists(path(origin))) {
        throw UserError.missing(
            "Cannot read "
                + origin.path()
                + ", named by "
                + origin.where()
                + ": there is no such file or folder.");
      }
      return List.copyOf(
          new NonSplittingRecursiveEnumerator().enumerateSplits(new Path[] {path(origin)}, 1));
    } catch (IOException e) {
      throw new UserError(
          UserError.Kind.INPUT_MISSING,
          "Cannot read " + origin.path() + ", named by " + origin.where() + ": " + e.getMessage(),
          e);
    }
  }

  private static Path path(Origin origin) {
    return new Path(origin.path());
  }
}
