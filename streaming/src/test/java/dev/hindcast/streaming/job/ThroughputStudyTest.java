package dev.hindcast.streaming.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.offlinerl.algorithm.Iql;
import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.learning.Shop;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.OwnType;
import dev.hindcast.streaming.sink.EventSinks;
import dev.hindcast.streaming.source.EventSources;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many events a stream takes, beside the plainest jobs there are: the same events from the same
 * source, and passed through to the same sink, or nothing done with them at all. All in one process
 * and turn by turn; processor time is what counts, as others may use the machine too. {@code ./mvnw
 * -Pstudy -pl streaming -am test -Dtest=ThroughputStudyTest
 * -Dsurefire.failIfNoSpecifiedTests=false} writes {@code streaming/target/throughput.md}.
 */
@Tag("study")
class ThroughputStudyTest {
  private static final int VISITS = Integer.getInteger("throughput.visits", 40_000);
  private static final int ROUNDS = Integer.getInteger("throughput.rounds", 3);
  private static final int STEPS = Integer.getInteger("throughput.steps", 10);
  private static final long START = 1_700_000_000_000L;
  private static final String ESTIMATE =
      """
        estimate:
          champion: {constant: 0}
          challengers: [uniform, logged]
          horizon: %d
          window: 1 min
          returns: {from: 0, to: %d}
          gate: 0.5
      """;
  private static final OperatingSystemMXBean MACHINE =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  @TempDir private Path folder;
  private long decisions;
  private long rewards;
  private int runs;

  /** What is done with the events. */
  private enum Work {
    NOTHING,
    PASSED_THROUGH,
    EPISODES,
    JUDGED
  }

  /** What a run is. */
  private record Setting(boolean isJoined, Work work, String backend) {
    String inWords() {
      return (isJoined ? "decisions and rewards" : "whole rows")
          + switch (work) {
            case NOTHING -> ", read and left";
            case PASSED_THROUGH -> ", read and written";
            case EPISODES -> episodes();
            case JUDGED -> episodes() + ", three policies judged";
          };
    }

    private String episodes() {
      return (isJoined ? " joined to episodes" : " to episodes")
          + (backend.equals("rocksdb") ? ", state in RocksDB" : ", state in memory");
    }
  }

  /** What it took. */
  private record Cost(double seconds, double processorSeconds) {}

  @BeforeEach
  void write() throws IOException {
    Random random = new Random(9);
    for (String name : List.of("events", "decisions", "rewards")) {
      Files.createDirectories(folder.resolve(name));
    }
    try (BufferedWriter whole = Files.newBufferedWriter(folder.resolve("events/1.jsonl"));
        BufferedWriter decided = Files.newBufferedWriter(folder.resolve("decisions/1.jsonl"));
        BufferedWriter rewarded = Files.newBufferedWriter(folder.resolve("rewards/1.jsonl"))) {
      // a visit begins every 20 ms, and its steps are a second apart: 50 for each step go on at a
      // time
      List<List<Step>> waiting = new ArrayList<>();
      for (int second = 0; second * 50 < VISITS + STEPS * 50; second++) {
        waiting.add(new ArrayList<>());
      }
      for (int visit = 0; visit < VISITS; visit++) {
        for (int step = 0; step < STEPS; step++) {
          Step one = Step.of("v" + visit, step, START + visit * 20L + step * 1000L);
          waiting.get(visit / 50 + step).add(step == STEPS - 1 ? one.last() : one);
        }
      }
      for (List<Step> second : waiting) {
        for (Step step : second) {
          whole.write(step.wholeJson());
          whole.newLine();
          decided.write(step.decisionJson());
          decided.newLine();
          decisions++;
          if (random.nextInt(4) > 0) {
            rewarded.write(step.rewardJson(step.millis() + 2000));
            rewarded.newLine();
            rewards++;
          }
        }
      }
    }
  }

  private StreamConfig config(Setting setting) {
    return Shops.config(
        folder,
        (setting.isJoined() ? Shops.JOINED : Shops.WHOLE).replace("at: time}", "at: whole}")
            + (setting.work() == Work.JUDGED ? ESTIMATE.formatted(STEPS, STEPS) : ""),
        "stream.time={column: at, unit: milliseconds}",
        "stream.checkpoint-every=10 s",
        "stream.output=out-" + runs++);
  }

  private Cost run(Cluster flink, Setting setting) throws Exception {
    StreamConfig config = config(setting);
    Configuration settings = StreamRun.settings(config);
    settings.set(StateBackendOptions.STATE_BACKEND, setting.backend());
    settings.set(
        RocksDBOptions.TIMER_SERVICE_FACTORY,
        EmbeddedRocksDBStateBackend.PriorityQueueStateType.HEAP);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(settings);
    environment.setParallelism(1);
    StreamJob job = StreamJob.of(config);
    if (setting.work() == Work.EPISODES || setting.work() == Work.JUDGED) {
      job.write(job.build(environment));
    } else {
      DataStream<Arrival> arrivals =
          EventSources.open(environment, config.decisions(), job.plan(), "decisions");
      if (setting.isJoined()) {
        arrivals =
            arrivals.union(
                EventSources.open(
                    environment, config.rewards().orElseThrow(), job.plan(), "rewards"));
      }
      if (setting.work() == Work.NOTHING) {
        arrivals.sinkTo(new DiscardingSink<>()).uid("nothing");
      } else {
        arrivals
            .map(arrival -> new EpisodeRows("", List.of((EventRow) arrival)))
            .returns(OwnType.EPISODE)
            .uid("passed-through")
            .sinkTo(EventSinks.rows(config.output().rows(), job.plan()))
            .uid("rows");
      }
    }
    long processor = MACHINE.getProcessCpuTime();
    long clock = System.nanoTime();
    flink.run(environment);
    return new Cost(
        (System.nanoTime() - clock) / 1e9, (MACHINE.getProcessCpuTime() - processor) / 1e9);
  }

  @Test
  void checkpointsOfTenMegabytesAreQuick() throws Exception {
    List<String> lines = new ArrayList<>(List.of("| backend | MB | ms |", "|---|---:|---:|"));
    try (Cluster flink = new Cluster(1, 1);
        BufferedWriter open = Files.newBufferedWriter(folder.resolve("open.jsonl"))) {
      int rows = 45_000;
      for (int row = 0; row < rows; row++) {
        open.write(Step.of("v" + row / 4, row % 4, START + row).wholeJson());
        open.newLine();
      }
      open.flush();
      for (String backend : List.of("hashmap", "rocksdb")) {
        StreamConfig config =
            Shops.config(
                folder,
                Shops.WHOLE.replace("at: time}", "at: whole}"),
                "stream.source={path: open.jsonl, follow: 1 s}",
                "stream.time={column: at, unit: milliseconds}",
                "stream.close-after=1 h",
                "stream.checkpoint-every=2 s",
                "stream.output=out-" + runs++);
        JobID job = flink.start(config, backend, Optional.empty());
        flink.await("all is read", job, () -> flink.counts(job).getOrDefault("read", 0L) == rows);
        long then = flink.checkpoints(job);
        flink.await("a checkpoint of all", job, () -> flink.checkpoints(job) > then + 1);
        long[] latest = flink.latestCheckpoint(job);
        flink.stop(job, folder.resolve("savepoints"));
        lines.add(
            String.format(Locale.ROOT, "| %s | %.1f | %d |", backend, latest[0] / 1e6, latest[1]));
        assertThat(latest[1]).isLessThan(10_000);
      }
    }
    Files.createDirectories(Path.of("target"));
    Files.write(Path.of("target/checkpoints.md"), lines);
  }

  @Test
  void checkpointsOfALearnerAreQuick() throws Exception {
    Shop shop = new Shop(DriftingRecommender.DEFAULT, folder, 300);
    shop.train("iql", Iql.Config.DEFAULT, Shop.wide(1_550, 1));
    long model = Files.size(folder.resolve("bundle/weights.safetensors"));
    Path events = Files.createDirectories(folder.resolve("visits")).resolve("1.jsonl");
    List<String> lines = new ArrayList<>();
    for (DriftingRecommender.Recommendation one :
        shop.world().visits(shop.world().nearest(0, 0.5), 0, 2_000, 3)) {
      lines.add(CanonicalJson.line(one.whole()));
    }
    Files.write(events, lines);
    StreamConfig config =
        shop.config(
            "{name: iql, hidden: [1550, 1550], batch-size: 32}",
            2000,
            "stream.source={path: visits, follow: 1 s}",
            "stream.learn.diet={warm-up: 1, updates-per-step: 0.001}",
            "stream.checkpoint-every=2 s",
            "stream.output=out-" + runs++);
    try (Cluster flink = new Cluster(1, 1)) {
      JobID job = flink.start(config, "hashmap", Optional.empty());
      flink.await(
          "it has learned",
          job,
          () -> flink.counts(job).getOrDefault("learning.versions", 0L) == 2);
      long then = flink.checkpoints(job);
      flink.await("a checkpoint of that", job, () -> flink.checkpoints(job) > then + 1);
      long[] latest = flink.latestCheckpoint(job);
      flink.stop(job, folder.resolve("savepoints"));
      Files.createDirectories(Path.of("target"));
      Files.write(
          Path.of("target/learner-checkpoints.md"),
          List.of(
              "| policy, MB | checkpoint, MB | ms |",
              "|---:|---:|---:|",
              String.format(
                  Locale.ROOT, "| %.1f | %.1f | %d |", model / 1e6, latest[0] / 1e6, latest[1])));
      assertThat(latest[1]).isLessThan(20_000);
    }
  }

  /** The least disturbed of the rounds. */
  private static double least(List<Cost> costs, ToDoubleFunction<Cost> of) {
    return costs.stream().mapToDouble(of).min().orElseThrow();
  }

  @Test
  void streamTakesItsShareOfWhatPassesThrough() throws Exception {
    List<Setting> settings = new ArrayList<>();
    for (boolean isJoined : List.of(false, true)) {
      settings.add(new Setting(isJoined, Work.NOTHING, "hashmap"));
      settings.add(new Setting(isJoined, Work.PASSED_THROUGH, "hashmap"));
      settings.add(new Setting(isJoined, Work.EPISODES, "hashmap"));
      settings.add(new Setting(isJoined, Work.JUDGED, "hashmap"));
      settings.add(new Setting(isJoined, Work.EPISODES, "rocksdb"));
    }
    List<List<Cost>> costs = new ArrayList<>();
    settings.forEach(setting -> costs.add(new ArrayList<>()));
    try (Cluster flink = new Cluster(1, 1)) {
      for (int round = -1; round < ROUNDS; round++) { // the first warms up
        for (int i = 0; i < settings.size(); i++) {
          Cost cost = run(flink, settings.get(i));
          if (round >= 0) {
            costs.get(i).add(cost);
          }
        }
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "| job | events | events per second of processor time | of the clock | share of what passes through | of what is left |");
    lines.add("|---|---:|---:|---:|---:|---:|");
    for (int i = 0; i < settings.size(); i++) {
      Setting setting = settings.get(i);
      long events = setting.isJoined() ? decisions + rewards : decisions;
      int plainest = setting.isJoined() ? settings.size() / 2 : 0;
      double processor = least(costs.get(i), Cost::processorSeconds);
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %,d | %,.0f | %,.0f | %.2f | %.2f |",
              setting.inWords(),
              events,
              events / processor,
              events / least(costs.get(i), Cost::seconds),
              least(costs.get(plainest + 1), Cost::processorSeconds) / processor,
              least(costs.get(plainest), Cost::processorSeconds) / processor));
    }
    Files.createDirectories(Path.of("target"));
    Files.write(Path.of("target/throughput.md"), lines);
    assertThat(share(costs, 0)).isGreaterThan(0.35);
    assertThat(share(costs, settings.size() / 2)).isGreaterThan(0.2); // a join has two timers each
  }

  /** Of what passes through, with state in memory. */
  private static double share(List<List<Cost>> costs, int plainest) {
    return least(costs.get(plainest + 1), Cost::processorSeconds)
        / least(costs.get(plainest + 2), Cost::processorSeconds);
  }
}
