package dev.hindcast.streaming.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.streaming.Broker;
import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Savepoints outlive builds: those of earlier versions are kept, and go on with this one. */
class SavepointIT {
  private static final long BEFORE = 17;
  private static final long START = 1_700_000_000_000L;

  @TempDir private Path folder;

  private static long at(double seconds) {
    return START + Math.round(seconds * 1000);
  }

  private static Step step(String visit, long step, double seconds) {
    return Step.of(visit, step, at(seconds));
  }

  /** What came before a savepoint is taken; it is not to be changed any more. */
  private static void sendBefore(String topic) throws Exception {
    Broker broker = Broker.shared();
    broker.topic(topic + "-decisions", 2);
    broker.topic(topic + "-rewards", 2);
    broker.send(
        topic + "-decisions",
        0,
        List.of(
            step("over", 0, 0).decisionJson(),
            step("open", 0, 100).decisionJson(),
            step("open", 0, 100).decisionJson(),
            "no JSON",
            step("long", 0, 102).decisionJson(),
            step("long", 1, 102.5).decisionJson(),
            step("long", 2, 103).decisionJson(),
            step("rewarded-later", 0, 130).last().decisionJson()));
    broker.send(
        topic + "-decisions",
        1,
        List.of(
            step("over", 1, 1).last().decisionJson(),
            step("open", 1, 101).decisionJson(),
            step("long", 3, 103.5).decisionJson(),
            step("long", 4, 104).decisionJson(),
            step("waiting", 0, 130).decisionJson()));
    broker.send(
        topic + "-rewards",
        0,
        List.of(
            step("over", 0, 0).rewardJson(at(3)),
            step("decided-later", 0, 129).rewardJson(at(131))));
    broker.send(
        topic + "-rewards",
        1,
        List.of(
            step("open", 0, 100).rewardJson(at(101)), step("waiting", 0, 130).rewardJson(at(131))));
  }

  private static void sendAfter(String topic) throws Exception {
    Broker broker = Broker.shared();
    broker.send(
        topic + "-decisions",
        0,
        List.of(
            step("rewarded-later", 0, 130).last().decisionJson(), // once more
            step("decided-later", 0, 129).last().decisionJson(),
            step("open", 2, 132).last().decisionJson()));
    broker.send(
        topic + "-decisions",
        1,
        List.of(
            step("over", 2, 133).decisionJson(),
            step("long", 5, 134).decisionJson(),
            step("waiting", 1, 135).last().decisionJson()));
    broker.send(topic + "-rewards", 1, List.of(step("rewarded-later", 0, 130).rewardJson(at(135))));
  }

  private StreamConfig config(String topic, int parallelism) throws Exception {
    String kafka = "={format: kafka, servers: '" + Broker.shared().servers() + "', topic: " + topic;
    return Shops.config(
        folder,
        Shops.JOINED.replace("at: time}", "at: whole}"),
        "stream.decisions" + kafka + "-decisions}",
        "stream.rewards" + kafka + "-rewards}",
        "stream.time={column: at, unit: milliseconds}",
        "stream.most-rows=4",
        "stream.parallelism=" + parallelism,
        "stream.checkpoint-every=100 ms");
  }

  /** Writes the savepoint that is kept; its README says with which version. */
  @Test
  @EnabledIfSystemProperty(named = "savepoint.to", matches = ".+")
  void write() throws Exception {
    sendBefore("kept");
    try (Cluster flink = new Cluster(1, 2)) {
      JobID job = flink.start(config("kept", 2), "hashmap", Optional.empty());
      flink.await("all is read", job, () -> read(flink, job) == BEFORE);
      flink.await(
          "time has come far",
          job,
          () -> flink.counts(job).containsKey("dead-letters.episode-too-long"));
      long then = flink.checkpoints(job);
      // by then no file is open, and the savepoint names none
      flink.await("sinks are quiet", job, () -> flink.checkpoints(job) > then + 5);
      flink.stop(job, Path.of(System.getProperty("savepoint.to")));
    }
  }

  private static long read(Cluster flink, JobID job) throws Exception {
    return flink.counts(job).getOrDefault("read", 0L);
  }

  @Test
  void streamOfTheFirstVersionGoesOn() throws Exception {
    sendBefore("kept"); // in the savepoint already
    sendAfter("kept");
    Path savepoint = Path.of("src/test/resources/savepoints/0.1.0").toAbsolutePath();
    StreamConfig config = config("kept", 2);
    try (Cluster flink = new Cluster(1, 2)) {
      JobID job = flink.start(config, "rocksdb", Optional.of(savepoint.toUri().toString()));
      flink.await("all is read", job, () -> read(flink, job) == BEFORE + 7);
      flink.drain(job, folder.resolve("end"));
      Map<String, Long> counts = flink.counts(job);
      assertThat(Outcome.rows(config))
          .containsExactly(
              "decided-later-0 1.0 true",
              "open-0 1.0 true",
              "open-1 0.0 false",
              "open-2 0.0 false",
              "rewarded-later-0 1.0 true",
              "waiting-0 1.0 true",
              "waiting-1 0.0 false");
      assertThat(Outcome.letters(config))
          .extracting(letter -> letter.replaceAll(".*\"reason\":\"([a-z-]+)\".*", "$1"))
          .containsExactlyInAnyOrder("episode-closed", "episode-too-long");
      assertThat(counts).containsEntry("duplicates", 2L).containsEntry("episodes", 5L);
      assertThat(counts).containsEntry("dead-letters.unreadable", 1L);
    }
  }
}
