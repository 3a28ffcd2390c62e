package dev.hindcast.streaming.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.DatasetWriter;
import dev.hindcast.evaluation.Evaluation;
import dev.hindcast.evaluation.plan.EvaluateConfig;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import dev.hindcast.evaluation.running.Alarm;
import dev.hindcast.evaluation.running.EstimateLine;
import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.operator.Transitions;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.OwnType;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Estimates of a stream are those of the batch, for any number of tasks and whatever fails. */
class EstimatesIT {
  private static final int VISITS = 2000;
  private static final long START = 1_700_000_000_000L;

  @TempDir private Path folder;
  private final List<String> events = new ArrayList<>();
  private final List<Shops.Step> steps = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    Random random = new Random(3);
    for (int visit = 0; visit < VISITS; visit++) {
      int length = visit == 17 ? 9 : 1 + random.nextInt(5);
      for (int step = 0; step < length; step++) {
        double[] p = {0.2, 0.3, 0.5};
        int offer = random.nextDouble() < 0.2 ? 0 : random.nextDouble() < 0.375 ? 1 : 2;
        // The offer 1 sells, and the offer 0 nothing.
        double sold = random.nextDouble() < 0.4 * offer ? 1 : 0;
        Shops.Step made =
            Shops.Step.of(Integer.toString(visit), step, START + visit * 200L + step * 2000L)
                .withOffer(offer)
                .withP(p[offer])
                .selling(sold);
        steps.add(step == length - 1 ? made.last() : made);
      }
    }
    for (Shops.Step step : steps) {
      events.add(
          "{\"id\": \"%s\", \"visit\": \"%s\", \"step\": %d, \"age\": %s, \"spent\": 0.0, \"offer\": %d, \"p\": %s, \"left\": %b, \"sold\": %s, \"at\": %d}"
              .formatted(
                  step.id(),
                  step.visit(),
                  step.step(),
                  step.age(),
                  step.offer(),
                  step.p(),
                  step.left(),
                  step.sold(),
                  step.millis() * 1000));
    }
    Files.createDirectories(folder.resolve("events"));
    for (int file = 0; file < 4; file++) {
      Files.write(
          folder.resolve("events").resolve("part-" + file + ".jsonl"),
          events.subList(events.size() * file / 4, events.size() * (file + 1) / 4));
    }
  }

  private StreamConfig config(String output, int parallelism, String... more) {
    List<String> overrides =
        new ArrayList<>(
            List.of(
                "stream.time={column: at, unit: microseconds}",
                "stream.output=" + folder.resolve(output),
                "stream.lateness=20 s",
                "stream.parallelism=" + parallelism,
                "stream.checkpoint-every=20 ms"));
    overrides.addAll(List.of(more));
    return Shops.config(
        folder,
        Shops.WHOLE.replace("at: time}", "at: whole}")
            + """
              estimate:
                champion: {constant: 0}
                challengers: [uniform, logged]
                horizon: 5
                window: 1 min
                returns: {from: 0, to: 5}
                sequence: asymptotic
                first-look: 10
                planned-episodes: 500
                gate: 0.5
            """,
        overrides.toArray(String[]::new));
  }

  private static Map<String, Long> run(StreamConfig config, int failures) throws Exception {
    Configuration settings = StreamRun.settings(config);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
    settings.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(1));
    // Little is under way at any time, or all would be read before the first checkpoint.
    settings.set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, MemorySize.parse("4kb"));
    settings.setString("taskmanager.network.memory.buffers-per-channel", "1");
    settings.setString("taskmanager.network.memory.floating-buffers-per-gate", "1");
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(settings);
    environment.setParallelism(config.running().parallelism());
    StreamJob job = StreamJob.of(config);
    StreamJob.Flow flow = job.build(environment);
    Failing.left.set(failures);
    job.write(
        new StreamJob.Flow(
            flow.episodes().map(new Failing()).returns(OwnType.EPISODE).uid("failing"),
            flow.deadLetters()));
    return StreamRun.counts(environment.execute());
  }

  private static <T> List<T> lines(String where, Class<T> type) throws IOException {
    List<T> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of(where.replace("flaky:", "")))) {
      for (Path file :
          files.filter(path -> path.getFileName().toString().startsWith("part")).toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(CanonicalJson.read(line.getBytes(StandardCharsets.UTF_8), type));
        }
      }
    }
    return lines;
  }

  private static List<EstimateLine> estimates(StreamConfig config) throws IOException {
    List<EstimateLine> lines = lines(config.output().estimates(), EstimateLine.class);
    lines.sort(Comparator.comparing(EstimateLine::from).thenComparing(EstimateLine::policy));
    return lines;
  }

  @Test
  void figuresAreTheSameForAnyNumberOfTasksAndAfterFailures() throws Exception {
    StreamConfig one = config("one", 1);
    Map<String, Long> counts = run(one, 0);
    List<EstimateLine> lines = estimates(one);
    assertThat(counts).containsEntry("beyond-horizon", 1L).doesNotContainKey("late-episodes");
    assertThat(lines).hasSizeGreaterThan(3 * 4);
    assertThat(
            lines.stream()
                .filter(line -> line.role().equals("champion"))
                .mapToLong(line -> line.window().episodes())
                .sum())
        .isEqualTo(VISITS - 1);

    StreamConfig two = config("two", 2);
    run(two, 0);
    assertThat(estimates(two)).isEqualTo(lines);

    FlakyFiles.BEFORE.set(2);
    FlakyFiles.AFTER.set(2);
    StreamConfig three =
        config(
            "three",
            3,
            "stream.output=flaky://" + folder.resolve("three"),
            "stream.checkpoints=" + folder.resolve("checkpoints"));
    Map<String, Long> again = run(three, 2);
    assertThat(Failing.left.get()).isZero();
    assertThat(FlakyFiles.BEFORE.get() + FlakyFiles.AFTER.get()).isZero();
    assertThat(estimates(three)).isEqualTo(lines);
    ExactlyOnceIT.requireSame(again, counts);
    List<Alarm> alarms = lines(three.output().alarms(), Alarm.class);
    assertThat(alarms)
        .containsExactlyInAnyOrderElementsOf(
            lines.stream().flatMap(line -> line.changes().stream()).toList());
    assertThat(alarms)
        .extracting(alarm -> alarm.alarm() + " " + alarm.policy() + " " + alarm.state())
        .contains("below-gate constant-0 raised", "overtaken logged raised");
    assertThat(
            Files.readString(Path.of(three.output().page().replace("flaky:", "")))
                .contains("is worth less than its gate of 0.5000"))
        .isTrue();
  }

  @Test
  void figuresAreThoseOfTheBatch() throws Exception {
    StreamConfig config = config("out", 2);
    run(config, 0);
    List<EstimateLine> lines = estimates(config);
    EvaluationReport report = batch(config);
    List<EstimateLine> last = lines.subList(lines.size() - 3, lines.size());
    for (EstimateLine line : last) {
      EvaluationReport.PolicyResult judged =
          report.policies().stream()
              .filter(policy -> policy.name().equals(line.policy()))
              .findFirst()
              .orElseThrow();
      Estimate primary = judged.primary().orElseThrow();
      assertThat(line.estimator()).isEqualTo(primary.estimator());
      assertThat(line.soFar().episodes()).isEqualTo(VISITS - 1);
      assertThat(line.soFar().estimate().orElseThrow())
          .isCloseTo(primary.value().orElseThrow(), within(1e-12));
      assertThat(line.soFar().standardError().orElseThrow())
          .isCloseTo(primary.standardError().orElseThrow(), within(1e-10));
      line.difference()
          .ifPresent(
              gap ->
                  assertThat(gap.estimate().orElseThrow())
                      .isCloseTo(
                          judged.differenceToIncumbent().orElseThrow().value(), within(1e-12)));
    }
  }

  /** The same episodes, as a dataset, evaluated as datasets are. */
  private EvaluationReport batch(StreamConfig config) {
    var plan = StreamJob.of(config).plan();
    List<EpisodeRows> episodes = new ArrayList<>();
    List<EventRow> rows = new ArrayList<>();
    for (Shops.Step step : steps) {
      rows.add(step.row(plan));
      if (step.left()) {
        if (rows.size() <= 5) {
          episodes.add(new EpisodeRows(step.visit(), rows));
        }
        rows.clear();
      }
    }
    TransitionColumns columns = Transitions.of(plan, episodes);
    String dataset = folder.resolve("dataset").toString();
    DatasetWriter.write(dataset, "shop", new Split(1, "test"), columns);
    ConfigDocument document =
        ConfigDocument.parse(
            "shop.yaml",
            folder,
            "evaluate: {policies: [{constant: 0}, uniform, logged], incumbent: constant-0}",
            List.of());
    EvaluateConfig evaluate = EvaluateConfig.from(document.root());
    document.finish();
    Dataset opened = Dataset.open(dataset);
    EvaluationPlan evaluation =
        EvaluationPlan.of(evaluate, opened.manifest(), List.of(), new BundleLoader(List.of()));
    return Evaluation.of(evaluation, List.of(opened.read(Split.Part.HELD_OUT)), List.of());
  }

  @Test
  void metricsAreThereForPrometheus() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    StreamConfig config =
        config("scraped", 1, "stream.source.follow=1 s", "stream.metrics-port=" + port);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(StreamRun.embedded(config));
    environment.setParallelism(1);
    StreamJob job = StreamJob.of(config);
    job.write(job.build(environment));
    JobClient running = environment.executeAsync("scraped");
    try {
      String found = "";
      for (int look = 0; look < 600 && found.isEmpty(); look++) {
        found =
            scrape(port)
                .lines()
                .filter(line -> line.contains("hindcast_policy_episodes_judged{"))
                .filter(line -> line.contains("policy=\"uniform\"") && !line.endsWith(" 0.0"))
                .findFirst()
                .orElse("");
        pause();
      }
      assertThat(found).isNotEmpty();
      assertThat(scrape(port))
          .contains(
              "hindcast_policy_estimate{",
              "hindcast_policy_alarms_raised{",
              "policy=\"constant_0\"");
    } finally {
      running.cancel().get(60, TimeUnit.SECONDS);
      running.getJobExecutionResult().handle((result, stopped) -> null).get(60, TimeUnit.SECONDS);
    }
  }

  private static String scrape(int port) throws Exception {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics")).build(),
              BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return ""; // not there yet
    }
  }

  private static void pause() throws Exception {
    CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS))
        .get();
  }

  /** Fails so often as a test says, each time after a checkpoint. */
  private static final class Failing extends RichMapFunction<EpisodeRows, EpisodeRows>
      implements CheckpointListener {
    private static final long serialVersionUID = 1L;
    static final AtomicInteger left = new AtomicInteger();

    private transient boolean isReady;

    @Override
    public void open(OpenContext context) {
      isReady = false;
    }

    @Override
    public EpisodeRows map(EpisodeRows episode) {
      if (left.get() > 0) {
        LockSupport.parkNanos(1_000_000); // so slowly that checkpoints fall between episodes
      }
      if (isReady && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        throw new IllegalStateException("The machine is gone.");
      }
      return episode;
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) {
      isReady = true;
    }
  }
}
