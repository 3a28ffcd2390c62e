package dev.hindcast.streaming.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import dev.hindcast.evaluation.running.EstimateLine;
import dev.hindcast.offlinerl.algorithm.Iql;
import dev.hindcast.streaming.learning.Shop;
import dev.hindcast.streaming.plan.StreamConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What a stream has learned and estimated outlives builds, as its episodes do. */
class LearnedSavepointIT {
  private static final Path KEPT =
      Path.of("src/test/resources/savepoints/0.1.0-learned").toAbsolutePath();
  private static final int BEFORE = 600;
  private static final int AFTER = 400;
  private static final DriftingRecommender WORLD = DriftingRecommender.DEFAULT;

  @TempDir private Path folder;

  /** Writes visits; gives how many steps they have. It is not to be changed any more. */
  private long send(int first, int visits) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Recommendation one : WORLD.visits(WORLD.nearest(0, 0.5), first, visits, 3)) {
      lines.add(CanonicalJson.line(one.whole()));
    }
    Files.createDirectories(folder.resolve("events"));
    Files.write(folder.resolve("events/" + first + ".jsonl"), lines);
    return lines.size();
  }

  private StreamConfig config(Path begun) {
    return Shop.config(
        begun,
        "{name: iql, hidden: [8, 8], batch-size: 32}",
        400,
        "stream.source={path: " + folder.resolve("events") + ", follow: 100 ms}",
        "stream.output=" + folder.resolve("out"),
        "stream.learn.diet={warm-up: 20, window: 300, rehearsed-steps: 100, updates-per-step: 0.1}",
        "stream.estimate={champion: logged, challengers: [uniform], horizon: 9, window: 1 min, returns: {from: 0, to: 9}}",
        "stream.checkpoint-every=100 ms");
  }

  private static List<String> lines(Path where) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(where)) {
      for (Path file :
          files.filter(path -> path.getFileName().toString().startsWith("part")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  private static String field(String line, String name) {
    return line.replaceAll(".*\"" + name + "\":\"?([^\",}]*).*", "$1");
  }

  private static long number(String event) {
    return Long.parseLong(field(event, "interval"));
  }

  private List<String> events() throws IOException {
    List<String> events = lines(folder.resolve("out/learning"));
    events.sort(Comparator.comparing(LearnedSavepointIT::number));
    return events;
  }

  private static void read(Cluster flink, JobID job, long steps) throws Exception {
    flink.await("all is read", job, () -> flink.counts(job).getOrDefault("read", 0L) == steps);
  }

  /** Writes what is kept; the README beside it says with which version. */
  @Test
  @EnabledIfSystemProperty(named = "savepoint.to", matches = ".+")
  void write() throws Exception {
    Path to = Path.of(System.getProperty("savepoint.to"));
    new Shop(WORLD, to, 60).train("iql", Iql.Config.DEFAULT, Shop.wide(8, 20));
    long steps = send(0, BEFORE);
    try (Cluster flink = new Cluster(1, 1)) {
      JobID job = flink.start(config(to), "hashmap", Optional.empty());
      read(flink, job, steps);
      flink.await(
          "it has learned", job, () -> flink.counts(job).getOrDefault("learning.versions", 0L) > 1);
      long then = flink.checkpoints(job);
      // by then no file is open, and the savepoint names none
      flink.await("sinks are quiet", job, () -> flink.checkpoints(job) > then + 5);
      flink.stop(job, to);
    }
    List<String> events = events();
    Files.writeString(to.resolve("learned.json"), events.get(events.size() - 1));
  }

  @Test
  void learnerAndEstimatesOfTheFirstVersionGoOn() throws Exception {
    String last = Files.readString(KEPT.resolve("learned.json"));
    long steps = send(BEFORE, AFTER);
    try (Cluster flink = new Cluster(1, 1)) {
      JobID job =
          flink.start(
              config(KEPT), "rocksdb", Optional.of(KEPT.resolve("savepoint").toUri().toString()));
      read(flink, job, steps + WORLD.visits(WORLD.nearest(0, 0.5), 0, BEFORE, 3).size());
      flink.drain(job, folder.resolve("end"));
      Map<String, Long> counts = flink.counts(job);
      assertThat(counts).containsEntry("episodes", (long) BEFORE + AFTER);

      List<String> events = events();
      assertThat(number(events.get(0))).isEqualTo(number(last) + 1);
      assertThat(events.get(0)).contains("\"event\":\"published\"");
      assertThat(field(events.get(0), "parent")).isEqualTo(field(last, "bundle"));
      assertThat(counts).containsEntry("learning.intervals", number(last) + events.size());

      List<EstimateLine> estimates = new ArrayList<>();
      for (String line : lines(folder.resolve("out/estimates"))) {
        estimates.add(
            CanonicalJson.read(line.getBytes(StandardCharsets.UTF_8), EstimateLine.class));
      }
      estimates.sort(Comparator.comparing(EstimateLine::from));
      assertThat(estimates.get(estimates.size() - 1).soFar().episodes())
          .isEqualTo(counts.get("episodes") - counts.getOrDefault("beyond-horizon", 0L));
      assertThat(estimates.get(0).soFar().episodes())
          .isGreaterThan(estimates.get(0).window().episodes());
    }
  }
}
