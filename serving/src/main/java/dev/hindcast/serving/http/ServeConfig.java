package dev.hindcast.serving.http;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.ingestion.check.Treatments;
import dev.hindcast.ingestion.mapping.FieldMapping;
import dev.hindcast.serving.registry.Alias;
import dev.hindcast.serving.scorer.ActingMode;
import dev.hindcast.serving.scorer.Behavior;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The section {@code serve} of a config, with what it shares with batch and streams: the mapping of
 * {@code ingest}, and what {@code stream} calls decisions and times.
 *
 * @param name what people call the pipeline
 * @param bundle the one bundle that decides; empty where a registry says which
 * @param registry where the version in force is looked up
 * @param behavior how it acts
 * @param listening where it listens
 * @param decisions where decisions are logged
 * @param rewards where rewards are logged; empty where they come another way
 * @param columns what the log's own columns are called
 * @param mapping which fields of a request mean what
 * @param keepsMissing whether numbers may be missing
 */
public record ServeConfig(
    String name,
    Optional<String> bundle,
    Optional<Source> registry,
    Behavior behavior,
    Listening listening,
    Files decisions,
    Optional<Files> rewards,
    Columns columns,
    FieldMapping mapping,
    boolean keepsMissing) {
  private static final List<String> UNITS = List.of("seconds", "milliseconds", "microseconds");

  /**
   * The version in force.
   *
   * @param path of the registry
   * @param policy its name there
   * @param alias champion or challenger
   * @param lookEvery how often to look for another version
   */
  public record Source(String path, String policy, Alias alias, Duration lookEvery) {}

  /**
   * Where it listens.
   *
   * @param address of this machine
   * @param port 0 for any that is free
   * @param threads that decide
   * @param mostWaiting requests that may wait for them; further ones are refused at once
   */
  public record Listening(String address, int port, int threads, int mostWaiting) {}

  /**
   * A folder of files of JSON lines.
   *
   * @param path of the folder, on this machine
   * @param rollEvery after how long a file is whole
   * @param rollLines after how many lines a file is whole
   */
  public record Files(String path, Duration rollEvery, int rollLines) {}

  /**
   * Columns of the log that no request has to fill.
   *
   * @param decisionId which tells decisions apart
   * @param time of the decision
   * @param timeUnit what times count since 1970; empty for ISO 8601
   * @param others that requests may have beside those of the mapping: they go to the log as they
   *     are
   */
  public record Columns(
      String decisionId, String time, Optional<String> timeUnit, Set<String> others) {
    /** Copies the set. */
    public Columns {
      others = Set.copyOf(others);
    }
  }

  /** Reads the sections; mistakes become problems. */
  public static ServeConfig from(ConfigNode root) {
    Pipeline pipeline = Pipeline.from(root);
    ConfigNode ingest = root.section("ingest");
    List.of("source", "join", "split").forEach(key -> ingest.at(key).leaveToOthers());
    FieldMapping mapping = FieldMapping.from(ingest, pipeline.rewardWeights());
    boolean keepsMissing = Treatments.from(ingest.section("checks")).areMissingNumbersKept();
    if (mapping.propensity().isEmpty()) {
      ingest
          .at("propensity")
          .problem(
              "is missing: say in which column the probability of a decision is logged (for a box, its density)");
    }
    ConfigNode stream = root.at("stream").leaveToOthers();
    ConfigNode serve = root.section("serve");
    Optional<Source> registry =
        serve.has("registry")
            ? Optional.of(source(serve.section("registry"), pipeline.name()))
            : Optional.empty();
    if (serve.has("bundle") == registry.isPresent()) {
      serve.problem("needs either bundle, for one that never changes, or registry");
    }
    return new ServeConfig(
        pipeline.name(),
        serve.has("bundle") ? Optional.of(serve.at("bundle").filePath()) : Optional.empty(),
        registry,
        behavior(serve),
        listening(serve),
        files(serve.section("decisions"), stream.at("decisions")),
        serve.has("rewards")
            ? Optional.of(files(serve.section("rewards"), stream.at("rewards")))
            : Optional.empty(),
        columns(serve, stream),
        mapping,
        keepsMissing);
  }

  private static Source source(ConfigNode node, String name) {
    Duration every = node.at("look-every").duration(Duration.ofSeconds(1));
    if (every.isZero()) {
      node.at("look-every").problem("is 0, but has to be some time");
    }
    return new Source(
        node.at("path").filePath(),
        node.at("policy").optionalText().orElse(name),
        node.at("alias").choice(Alias.class, Alias.CHAMPION),
        every);
  }

  private static Behavior behavior(ConfigNode serve) {
    ActingMode mode = serve.at("mode").choice(ActingMode.class, Behavior.DEFAULT.mode());
    double epsilon = serve.at("epsilon").number(Behavior.DEFAULT.epsilon());
    long seed = serve.at("seed").whole(Behavior.DEFAULT.seed());
    return serve
        .at("epsilon")
        .checked(() -> new Behavior(mode, epsilon, seed))
        .orElse(Behavior.DEFAULT);
  }

  private static Listening listening(ConfigNode serve) {
    int port = serve.at("port").integer(8080);
    if (port < 0 || port > 65535) {
      serve.at("port").problem("is " + port + ", but must lie in [0, 65535]");
    }
    return new Listening(
        serve.at("address").optionalText().orElse("127.0.0.1"),
        port,
        atLeastOne(serve.at("threads"), 4),
        atLeastOne(serve.at("most-waiting"), 256));
  }

  private static Files files(ConfigNode node, ConfigNode ofStream) {
    String path =
        node.at("path").isPresent() || !ofStream.at("path").isPresent()
            ? node.at("path").filePath()
            : ofStream.at("path").filePath();
    if (path.contains("://")) {
      node.at("path")
          .problem(
              "is " + path + ", but lines are added to files of this machine: name a local folder");
    }
    Duration every = node.at("roll-every").duration(Duration.ofSeconds(10));
    return new Files(path, every, atLeastOne(node.at("roll-lines"), 100_000));
  }

  private static int atLeastOne(ConfigNode node, int otherwise) {
    int value = node.integer(otherwise);
    if (value < 1) {
      node.problem("is " + value + ", but must be 1 or more");
    }
    return value;
  }

  private static Columns columns(ConfigNode serve, ConfigNode stream) {
    ConfigNode id = serve.has("decision-id") ? serve.at("decision-id") : stream.at("decision-id");
    ConfigNode time = serve.has("time") ? serve.at("time") : stream.at("time");
    ConfigNode column = time.isSection() ? time.at("column") : time;
    Optional<String> unit = time.isSection() ? time.at("unit").optionalText() : Optional.empty();
    unit.filter(text -> !UNITS.contains(text))
        .ifPresent(
            text ->
                time.at("unit")
                    .problem(
                        "is '" + text + "', but should be one of " + String.join(", ", UNITS)));
    Set<String> others = new LinkedHashSet<>(stream.at("columns").keys());
    others.addAll(serve.at("columns").texts());
    return new Columns(
        id.optionalText().orElse("decision_id"),
        column.optionalText().orElse("decided_at"),
        unit,
        others);
  }
}
