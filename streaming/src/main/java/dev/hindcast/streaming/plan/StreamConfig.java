package dev.hindcast.streaming.plan;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.evaluation.running.EstimateConfig;
import dev.hindcast.ingestion.check.Treatments;
import dev.hindcast.ingestion.mapping.Column;
import dev.hindcast.ingestion.mapping.FieldMapping;
import dev.hindcast.streaming.row.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The section {@code stream} of a config, with what it shares with batch: the mapping and the
 * checks of the section {@code ingest}.
 *
 * @param name what people call the pipeline
 * @param decisions where decisions come from, or whole rows when there is no other source
 * @param rewards where rewards come from, when decisions have none
 * @param columns what the columns of events hold, by name; empty to look in the events' files
 * @param time when events happened
 * @param decisionId the column by which a reward names its decision; absent for whole rows
 * @param reward how rewards are waited for
 * @param pace how far behind, idle or ahead sources may be
 * @param episodes when episodes are over
 * @param sampling the share of episodes that are kept, in (0, 1]
 * @param dataset the dataset whose observations the stream's are like, when there is one
 * @param estimate how policies are judged, when they are
 * @param output where rows, dead letters and checkpoints go
 * @param running how it runs
 * @param learn how a policy learns from it, if one does
 * @param mapping which columns mean what
 * @param checks what happens to rows that break a rule
 */
public record StreamConfig(
    String name,
    Origin decisions,
    Optional<Origin> rewards,
    Map<String, Kind> columns,
    EventTime time,
    Optional<Column> decisionId,
    RewardRule reward,
    Pace pace,
    Episodes episodes,
    double sampling,
    Optional<String> dataset,
    Optional<EstimateConfig> estimate,
    Output output,
    Running running,
    Optional<LearnConfig> learn,
    FieldMapping mapping,
    Treatments checks) {
  private static final List<String> OF_BATCH = List.of("source", "join", "split");

  /** Copies the map. */
  public StreamConfig {
    columns = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }

  /** What events are read from. */
  public enum Format {
    /** Files with one JSON object on each line. */
    JSON_LINES,
    /** Parquet files. */
    PARQUET,
    /** Avro files. */
    AVRO,
    /** A Kafka topic with one JSON object, or one Avro record, in each of its records. */
    KAFKA
  }

  /**
   * Where events come from.
   *
   * @param format what is read
   * @param path for files: a file, or a folder with all below it, read in the order of their paths
   * @param follow for files: how often to look for new ones; zero to end after those that are there
   * @param schema the file of the schema that Avro records are read with: for Kafka those that they
   *     were all written with, absent for JSON; for Avro files absent for each file's own
   * @param headerBytes for Avro in Kafka: how many bytes before each record are passed over
   * @param servers for Kafka: addresses of brokers
   * @param topic for Kafka
   * @param group for Kafka: the consumer group that offsets are committed under
   * @param from for Kafka: where to begin without a checkpoint
   * @param settings for Kafka: further settings of its client
   * @param where the place in the config, for messages
   */
  public record Origin(
      Format format,
      String path,
      Duration follow,
      Optional<String> schema,
      int headerBytes,
      String servers,
      String topic,
      String group,
      From from,
      Map<String, String> settings,
      String where) {
    /** Copies the map. */
    public Origin {
      settings = Map.copyOf(settings);
    }

    /** Whether its files or its schema say what its columns hold. */
    public boolean saysItsColumns() {
      return format == Format.PARQUET || format == Format.AVRO || schema.isPresent();
    }

    /** Whether it ends. */
    public boolean isBounded() {
      return format != Format.KAFKA && follow.isZero();
    }
  }

  /** What a record of Kafka holds. */
  private enum Records {
    JSON,
    AVRO
  }

  /** Where to begin to read a topic. */
  public enum From {
    /** With the oldest record. */
    EARLIEST,
    /** With the next record. */
    LATEST,
    /** Where the consumer group is; with the oldest record when it is nowhere. */
    COMMITTED
  }

  /**
   * When events happened.
   *
   * @param column times, or whole numbers
   * @param unit what whole numbers count since 1970
   */
  public record EventTime(Column column, Optional<TimeUnit> unit) {}

  /** What becomes of several rewards for one decision that fill the same column. */
  public enum Several {
    /** The earliest counts. */
    FIRST,
    /** The latest counts. */
    LAST,
    /** They are added up. */
    SUM
  }

  /**
   * How rewards are waited for.
   *
   * @param within how long after its decision a reward may happen
   * @param otherwise what a column of the reward holds when no reward filled it; absent to leave it
   *     empty, which breaks the rule {@code reward-missing}
   * @param several what becomes of several
   */
  public record RewardRule(Duration within, Optional<Double> otherwise, Several several) {}

  /**
   * How far behind, idle or ahead sources may be.
   *
   * @param lateness how much later than an event that happened after it an event may arrive
   * @param idleAfter after how long without events nobody waits for a source
   * @param clockAhead how far ahead of this machine's clock an event may be
   */
  public record Pace(Duration lateness, Duration idleAfter, Duration clockAhead) {}

  /**
   * When episodes are over.
   *
   * @param closeAfter after how long without events; zero where each row is an episode
   * @param remember how long an episode that is over is remembered, so that what comes back to it
   *     is told from a new one
   * @param mostRows of one episode; a longer one is given up
   */
  public record Episodes(Duration closeAfter, Duration remember, int mostRows) {}

  /**
   * Where things go.
   *
   * @param folder the folder of all that has no other place
   * @param rows the folder of the episodes' rows
   * @param deadLetters the folder of what could not be used
   * @param payloadBytes how much of a record a dead letter shows at most
   */
  public record Output(String folder, String rows, String deadLetters, int payloadBytes) {
    /** The folder of estimates, one line for each window and policy. */
    public String estimates() {
      return folder + "/estimates";
    }

    /** The folder of alarms that began or are over. */
    public String alarms() {
      return folder + "/alarms";
    }

    /** The page that shows the estimates. */
    public String page() {
      return folder + "/estimates.html";
    }
  }

  /**
   * How it runs.
   *
   * @param checkpoints the folder of checkpoints
   * @param checkpointEvery how often everything becomes final
   * @param parallelism tasks of each kind
   * @param metricsPort where a run in this process shows its metrics to Prometheus; 0 for nowhere
   */
  public record Running(
      String checkpoints, Duration checkpointEvery, int parallelism, int metricsPort) {}

  /** Reads the sections {@code stream} and {@code ingest}; mistakes become problems. */
  public static StreamConfig from(ConfigNode root) {
    Pipeline pipeline = Pipeline.from(root);
    ConfigNode ingest = root.section("ingest");
    if (ingest.at("join").isPresent()) {
      ingest
          .at("join")
          .problem("cannot be done in a stream: let events carry those columns themselves");
    }
    OF_BATCH.forEach(key -> ingest.at(key).leaveToOthers());
    ConfigNode stream = root.section("stream");
    boolean isWhole = stream.has("source");
    if (isWhole == (stream.has("decisions") || stream.has("rewards"))) {
      stream.problem(
          "needs either source, for events with their rewards, or decisions and rewards, to be joined");
    }
    Optional<Origin> rewards =
        stream.has("rewards") ? Optional.of(origin(stream.section("rewards"))) : Optional.empty();
    if (!isWhole && stream.has("decisions") != stream.has("rewards")) {
      stream.problem("has " + (rewards.isPresent() ? "rewards" : "decisions") + " alone");
    }
    Optional<Column> decisionId = Column.optional(stream.at("decision-id"));
    if (rewards.isPresent() != decisionId.isPresent()) {
      stream
          .at("decision-id")
          .problem(
              rewards.isPresent()
                  ? "is missing: the column by which a reward names its decision"
                  : "is for decisions and rewards that come apart");
    }
    FieldMapping mapping = FieldMapping.from(ingest, pipeline.rewardWeights());
    Origin decisions = origin(stream.section(isWhole ? "source" : "decisions"));
    return new StreamConfig(
        pipeline.name(),
        decisions,
        rewards,
        columns(stream.at("columns"), decisions, rewards),
        time(stream.at("time")),
        decisionId,
        reward(stream.section("reward"), rewards.isPresent()),
        new Pace(
            stream.at("lateness").duration(Duration.ofSeconds(10)),
            stream.at("idle-after").duration(Duration.ofMinutes(1)),
            stream.at("clock-ahead").duration(Duration.ofMinutes(1))),
        episodes(stream, mapping),
        sampling(stream.at("sampling")),
        stream.at("dataset").isPresent()
            ? Optional.of(stream.at("dataset").filePath())
            : Optional.empty(),
        stream.has("estimate")
            ? EstimateConfig.from(stream.section("estimate"), pipeline, isEachRow(mapping))
            : Optional.empty(),
        output(stream),
        running(stream),
        LearnConfig.from(stream, pipeline, mapping.propensity().isPresent()),
        mapping,
        Treatments.from(ingest.section("checks")));
  }

  private static Origin origin(ConfigNode node) {
    Format format = node.at("format").choice(Format.class, Format.JSON_LINES);
    Map<String, String> settings = new LinkedHashMap<>();
    if (format != Format.KAFKA) {
      return new Origin(
          format,
          node.at("path").filePath(),
          node.at("follow").duration(Duration.ZERO),
          format == Format.AVRO ? schema(node.at("schema")) : Optional.empty(),
          0,
          "",
          "",
          "",
          From.EARLIEST,
          settings,
          node.where());
    }
    boolean isAvro = node.at("records").choice(Records.class, Records.JSON) == Records.AVRO;
    if (isAvro && !node.at("schema").isPresent()) {
      node.at("schema").problem("is missing: Avro records in Kafka do not say how to read them");
    }
    int headerBytes = isAvro ? node.at("header-bytes").integer(0) : 0;
    if (headerBytes < 0) {
      node.at("header-bytes").problem("is " + headerBytes + ", but must be 0 or more");
    }
    ConfigNode more = node.section("settings");
    more.keys().forEach(key -> settings.put(key, more.at(key).text()));
    return new Origin(
        format,
        "",
        Duration.ZERO,
        isAvro ? schema(node.at("schema")) : Optional.empty(),
        headerBytes,
        node.at("servers").text(),
        node.at("topic").text(),
        node.at("group").optionalText().orElse("hindcast"),
        node.at("from").choice(From.class, From.EARLIEST),
        settings,
        node.where());
  }

  private static Optional<String> schema(ConfigNode node) {
    return node.isPresent() ? Optional.of(node.filePath()) : Optional.empty();
  }

  private static Map<String, Kind> columns(
      ConfigNode node, Origin decisions, Optional<Origin> rewards) {
    Map<String, Kind> columns = new LinkedHashMap<>();
    if (node.isPresent() && !node.isSection()) {
      node.problem("should name columns and what they hold, such as {user: text, clicked: whole}");
    }
    for (String column : node.keys()) {
      columns.put(column, node.at(column).choice(Kind.class, Kind.TEXT));
    }
    boolean needsThem =
        !decisions.saysItsColumns()
            || rewards.map(origin -> !origin.saysItsColumns()).orElse(false);
    if (columns.isEmpty() && needsThem) {
      node.problem(
          "is missing: JSON does not say what its columns hold. Name them, such as {user: text, at: time, clicked: whole}");
    }
    return columns;
  }

  private static EventTime time(ConfigNode node) {
    if (!node.isSection()) {
      return new EventTime(Column.required(node), Optional.empty());
    }
    List<TimeUnit> units = List.of(TimeUnit.SECONDS, TimeUnit.MILLISECONDS, TimeUnit.MICROSECONDS);
    List<String> names =
        units.stream().map(unit -> unit.name().toLowerCase(java.util.Locale.ROOT)).toList();
    String unit = node.at("unit").optionalText().orElse("");
    if (!unit.isEmpty() && !names.contains(unit)) {
      node.at("unit")
          .problem(
              "is '"
                  + unit
                  + "', but should be one of "
                  + String.join(", ", names)
                  + "."
                  + DidYouMean.nearest(unit, names)
                      .map(near -> " Did you mean " + near + "?")
                      .orElse(""));
    }
    return new EventTime(
        Column.required(node.at("column")),
        names.contains(unit) ? Optional.of(units.get(names.indexOf(unit))) : Optional.empty());
  }

  private static RewardRule reward(ConfigNode node, boolean isJoined) {
    if (node.isPresent() && !isJoined) {
      node.problem("is for decisions and rewards that come apart");
    }
    if (isJoined && !node.at("within").isPresent()) {
      node.at("within").problem("is missing: how long after its decision a reward may happen");
    }
    return new RewardRule(
        node.at("within").duration(Duration.ZERO),
        node.at("otherwise").optionalNumber(),
        node.at("several").choice(Several.class, Several.FIRST));
  }

  private static Episodes episodes(ConfigNode stream, FieldMapping mapping) {
    ConfigNode closeAfter = stream.at("close-after");
    List<String> decidedBy = new ArrayList<>();
    if (isEachRow(mapping)) {
      decidedBy.add("each row is an episode");
    }
    if (mapping.gap().isPresent()) {
      decidedBy.add("ingest.episode.gap says after which pause an episode is over");
    }
    if (closeAfter.isPresent() && !decidedBy.isEmpty()) {
      closeAfter.problem("means nothing here: " + decidedBy.get(0));
    }
    Duration pause = closeAfter.duration(Duration.ofMinutes(30));
    if (pause.isZero() && decidedBy.isEmpty()) {
      closeAfter.problem("is 0, so every row would be an episode of its own");
    }
    int mostRows = stream.at("most-rows").integer(10_000);
    if (mostRows < 1) {
      stream.at("most-rows").problem("is " + mostRows + ", but must be 1 or more");
    }
    return new Episodes(
        decidedBy.isEmpty() ? pause : Duration.ZERO,
        stream.at("remember").duration(Duration.ofHours(1)),
        mostRows);
  }

  private static double sampling(ConfigNode node) {
    double share = node.number(1);
    if (share > 0 && share <= 1) {
      return share;
    }
    node.problem("is " + share + ", but must lie in (0%, 100%]");
    return 1;
  }

  private static boolean isEachRow(FieldMapping mapping) {
    return mapping.step().isEmpty() && mapping.orderBy().isEmpty();
  }

  private static Output output(ConfigNode stream) {
    String base = stream.at("output").filePath();
    int payload = stream.at("payload-bytes").integer(4096);
    if (payload < 0) {
      stream.at("payload-bytes").problem("is " + payload + ", but must be 0 or more");
    }
    return new Output(
        base, base + "/rows", below(stream.at("dead-letters"), base + "/dead-letters"), payload);
  }

  private static Running running(ConfigNode stream) {
    int parallelism = stream.at("parallelism").integer(1);
    if (parallelism < 1) {
      stream.at("parallelism").problem("is " + parallelism + ", but must be 1 or more");
    }
    Duration every = stream.at("checkpoint-every").duration(Duration.ofMinutes(1));
    if (every.isZero()) {
      stream.at("checkpoint-every").problem("is 0: without checkpoints nothing becomes final");
    }
    String base = stream.at("output").optionalText().orElse("");
    return new Running(
        below(
            stream.at("checkpoints"),
            (base.isEmpty() ? "" : stream.at("output").filePath()) + "/checkpoints"),
        every,
        parallelism,
        port(stream.at("metrics-port")));
  }

  private static int port(ConfigNode node) {
    int port = node.integer(0);
    if (port < 0 || port > 65_535) {
      node.problem("is " + port + ", but must be a port from 1 to 65535, or 0 for none");
    }
    return port;
  }

  private static String below(ConfigNode node, String otherwise) {
    return node.isPresent() ? node.filePath() : otherwise;
  }
}
