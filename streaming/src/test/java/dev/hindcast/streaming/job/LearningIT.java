package dev.hindcast.streaming.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import dev.hindcast.gbrl.algorithm.Imitation;
import dev.hindcast.offlinerl.algorithm.Iql;
import dev.hindcast.streaming.Broker;
import dev.hindcast.streaming.learning.Shop;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.row.OwnType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever fails, the same is learned, and every version is published once. */
class LearningIT {
  private static final int VISITS = 12_000;

  @TempDir private Path folder;

  private Shop shop() throws IOException {
    Shop shop = new Shop(DriftingRecommender.DEFAULT, folder, 300);
    List<String> lines = new ArrayList<>();
    for (Recommendation one : shop.world().visits(shop.world().nearest(0, 0.5), 0, VISITS, 3)) {
      lines.add(CanonicalJson.line(one.whole()));
    }
    Files.createDirectories(folder.resolve("events"));
    for (int file = 0; file < 6; file++) {
      Files.write(
          folder.resolve("events/part-" + file + ".jsonl"),
          lines.subList(lines.size() * file / 6, lines.size() * (file + 1) / 6));
    }
    return shop;
  }

  private StreamConfig config(Shop shop, String algorithm, String name, String scheme, int tasks) {
    Path output = folder.resolve(name);
    return shop.config(
        algorithm,
        3000,
        "stream.output=" + output,
        "stream.learn.publish=" + scheme + output.resolve("bundles"),
        "stream.learn.diet={warm-up: 20, window: 900, rehearsed-steps: 300, updates-per-step: 0.01}",
        "stream.lateness=20 s",
        "stream.parallelism=" + tasks,
        "stream.checkpoint-every=100 ms");
  }

  private static Map<String, Long> run(StreamConfig config, int failures) throws Exception {
    Configuration settings = StreamRun.settings(config);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
    // what learns holds back what reads, so that checkpoints fall between intervals
    settings.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(1));
    settings.set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, MemorySize.ofMebiBytes(1).divide(256));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(settings);
    environment.setParallelism(config.running().parallelism());
    StreamJob job = StreamJob.of(config);
    StreamJob.Flow flow = job.build(environment);
    ExactlyOnceIT.Failing.left.set(failures);
    job.write(
        new StreamJob.Flow(
            flow.episodes()
                .map(new ExactlyOnceIT.Failing())
                .returns(OwnType.EPISODE)
                .uid("failing"),
            flow.deadLetters()));
    return StreamRun.counts(environment.execute());
  }

  /** The bundles that were published, by their folders, each with the fingerprint of what it is. */
  private static Map<String, String> bundles(Path output) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> folders = Files.list(output.resolve("bundles"))) {
      for (Path bundle :
          folders.filter(path -> !path.getFileName().toString().startsWith(".")).toList()) {
        BundleManifest manifest =
            CanonicalJson.read(
                Files.readAllBytes(bundle.resolve("manifest.json")), BundleManifest.class);
        found.put(bundle.getFileName().toString(), manifest.fingerprint().value());
      }
    }
    return found;
  }

  private static List<String> events(Path output) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(output.resolve("learning"))) {
      for (Path file :
          files
              .filter(path -> path.getFileName().toString().startsWith("part"))
              .sorted()
              .toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines.stream().sorted().toList();
  }

  private void failuresChangeNothing(Shop shop, String algorithm) throws Exception {
    Map<String, Long> counts = run(config(shop, algorithm, "calm", "", 1), 0);
    Map<String, String> calm = bundles(folder.resolve("calm"));
    assertThat(calm).hasSize(counts.get("learning.versions").intValue());
    assertThat(calm.size()).isGreaterThan(4);
    calm.forEach((place, content) -> assertThat(place).isEqualTo(content.replace(':', '-')));

    FlakyFiles.BEFORE.set(2);
    FlakyFiles.AFTER.set(2);
    Map<String, Long> again = run(config(shop, algorithm, "flaky", "flaky://", 2), 3);
    assertThat(FlakyFiles.BEFORE.get() + FlakyFiles.AFTER.get()).isZero();
    assertThat(ExactlyOnceIT.Failing.left.get()).isZero();
    assertThat(bundles(folder.resolve("flaky"))).isEqualTo(calm);
    assertThat(events(folder.resolve("flaky"))).isEqualTo(events(folder.resolve("calm")));
    ExactlyOnceIT.requireSame(again, counts);
    try (Stream<Path> staged = Files.list(folder.resolve("flaky/bundles/.staged"))) {
      assertThat(staged).isEmpty();
    }
  }

  /** Restarts are allowed without end; there is nothing to gain from any. */
  @Test
  void whatCannotBeginEndsAtOnceAndInWords() throws Exception {
    Shop shop = shop().train("iql", Iql.Config.DEFAULT, Shop.small(100));
    StreamConfig config = config(shop, "iql", "gone", "", 1);
    Path bundle = Path.of(config.learn().orElseThrow().from());
    try (Stream<Path> files = Files.walk(bundle)) {
      for (Path weights : files.filter(file -> file.toString().endsWith(".safetensors")).toList()) {
        Files.write(weights, new byte[] {1, 2, 3});
      }
    }
    assertThatThrownBy(() -> run(config, 0))
        .satisfies(
            failure ->
                assertThat(Stream.iterate(failure, Objects::nonNull, Throwable::getCause))
                    .hasAtLeastOneElementOfType(UserError.class)
                    .anySatisfy(
                        cause -> assertThat(cause).hasMessageContaining(bundle.toString())));
  }

  @Test
  void networksLearnTheSameWhateverFails() throws Exception {
    Shop shop = shop().train("iql", Iql.Config.DEFAULT, Shop.small(100));
    failuresChangeNothing(shop, "{name: iql, hidden: [32, 32], batch-size: 32}");
  }

  private StreamConfig fromTheBroker(Shop shop, String name, String scheme) throws Exception {
    Path output = folder.resolve(name);
    return shop.config(
        "{name: iql, hidden: [32, 32], batch-size: 32}",
        500,
        "stream.source={format: kafka, servers: '"
            + Broker.shared().servers()
            + "', topic: learned}",
        "stream.output=" + scheme + output,
        "stream.checkpoints=" + folder.resolve(name + "-checkpoints"),
        "stream.learn.diet={warm-up: 20, window: 900, rehearsed-steps: 300, updates-per-step: 0.05}",
        "stream.lateness=20 s",
        "stream.parallelism=2",
        "stream.checkpoint-every=100 ms");
  }

  /** A real broker, task managers that are killed, and commits that fail on both sides. */
  @Test
  void killedTaskManagersLearnTheSame() throws Exception {
    Shop shop =
        new Shop(DriftingRecommender.DEFAULT, folder, 300)
            .train("iql", Iql.Config.DEFAULT, Shop.small(100));
    Broker broker = Broker.shared();
    broker.topic("learned", 2);
    StreamConfig killed = fromTheBroker(shop, "killed", "flaky://");
    Random random = new Random(7);
    long all = 0;
    try (Cluster flink = new Cluster(2, 2)) {
      JobID job = flink.start(killed, "hashmap", Optional.empty());
      for (int third = 0; third < 3; third++) {
        long before = all;
        List<List<String>> sent = List.of(new ArrayList<>(), new ArrayList<>());
        for (Recommendation one :
            shop.world().visits(shop.world().nearest(0, 0.5), third * 500L, 500, 3)) {
          sent.get(Math.floorMod(one.visit().hashCode(), 2)).add(CanonicalJson.line(one.whole()));
          all++;
        }
        for (int partition = 0; partition < 2; partition++) {
          broker.send("learned", partition, sent.get(partition));
        }
        long some = before + random.nextInt((int) (all - before));
        flink.await("some is read", job, () -> read(flink, job) >= some);
        FlakyFiles.BEFORE.set(2);
        FlakyFiles.AFTER.set(2);
        flink.kill(random.nextInt(2));
        flink.await(
            "commits have failed",
            job,
            () -> FlakyFiles.BEFORE.get() + FlakyFiles.AFTER.get() == 0);
      }
      long events = all;
      flink.await("all is read", job, () -> read(flink, job) == events);
      flink.drain(job, folder.resolve("savepoints"));
      assertThat(flink.restarts(job)).isGreaterThanOrEqualTo(3);

      JobID calm = flink.start(fromTheBroker(shop, "calm", ""), "hashmap", Optional.empty());
      flink.await("all is read", calm, () -> read(flink, calm) == events);
      flink.drain(calm, folder.resolve("savepoints"));
      assertThat(flink.counts(job)).isEqualTo(flink.counts(calm));
      assertThat(flink.counts(calm).get("learning.versions")).isGreaterThan(4L);
    }
    assertThat(bundles(folder.resolve("killed"))).isEqualTo(bundles(folder.resolve("calm")));
    assertThat(events(folder.resolve("killed"))).isEqualTo(events(folder.resolve("calm")));
  }

  private static long read(Cluster flink, JobID job) throws Exception {
    return flink.counts(job).getOrDefault("read", 0L);
  }

  @Test
  void treesLearnTheSameWhateverFails() throws Exception {
    Shop shop = shop().train("behavior-cloning-trees", Imitation.DEFAULT, Shop.small(1));
    failuresChangeNothing(
        shop,
        "{name: gradient-boosted-ppo, epochs: 2, parts: 2, most-rounds: 400, distilled-rounds: 50}");
  }
}
