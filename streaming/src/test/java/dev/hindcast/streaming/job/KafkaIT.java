package dev.hindcast.streaming.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.streaming.Broker;
import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that read from a real broker. */
class KafkaIT {
  private static final long START = 1_700_000_000_000L;
  private static final long CENTURY = 100L * 365 * 24 * 3600;
  private static Broker broker;
  private static Cluster flink;

  @TempDir private Path folder;

  @BeforeAll
  static void open() throws Exception {
    broker = Broker.shared();
    flink = new Cluster(1, 2);
  }

  @AfterAll
  static void close() {
    flink.close();
  }

  private static String json(String visit, long step, long seconds) {
    return Step.of(visit, step, START + seconds * 1000).wholeJson();
  }

  private StreamConfig config(String topic, String output, String... more) {
    String[] overrides =
        Arrays.copyOf(
            new String[] {
              "stream.source={format: kafka, servers: '%s', topic: %s, group: %s, from: committed}"
                  .formatted(broker.servers(), topic, topic + "-readers"),
              "stream.time={column: at, unit: milliseconds}",
              "stream.parallelism=2",
              "stream.checkpoint-every=100 ms",
              "stream.idle-after=300 ms",
              "stream.output=" + output
            },
            6 + more.length);
    System.arraycopy(more, 0, overrides, 6, more.length);
    return Shops.config(folder, Shops.WHOLE.replace("at: time}", "at: whole}"), overrides);
  }

  private static long count(JobID job, String name) throws Exception {
    return flink.counts(job).getOrDefault(name, 0L);
  }

  @Test
  void silentPartitionsAreNotWaitedForAndFastClocksNotFollowed() throws Exception {
    broker.topic("pace", 3);
    broker.send(
        "pace", 0, List.of(json("slow", 0, 0), json("slow", 1, 10), json("ahead", 0, CENTURY)));
    broker.send("pace", 1, List.of(json("other", 0, 5), json("faster", 0, 200)));
    StreamConfig config = config("pace", "out");
    JobID job = flink.start(config, "hashmap", Optional.empty());
    // by their pause of a minute: time has come there although partition 2 has said nothing
    flink.await("two visits are over", job, () -> count(job, "episodes") == 2);
    broker.send("pace", 2, List.of(json("late", 0, 20), json("in-time", 0, 197)));
    flink.await("all is read", job, () -> count(job, "read") == 7);
    flink.drain(job, folder.resolve("savepoints"));
    assertThat(Outcome.rows(config))
        .containsExactly(
            "faster-0 1.0", "in-time-0 1.0", "other-0 1.0", "slow-0 1.0", "slow-1 1.0");
    assertThat(Outcome.letters(config))
        .hasSize(2)
        .anyMatch(letter -> letter.contains("\"offset\":0") && letter.contains("too-late"))
        .anyMatch(letter -> letter.contains("\"offset\":2") && letter.contains("clock-ahead"));
  }

  @Test
  void deadLettersSayWhereARecordIs() throws Exception {
    broker.topic("letters", 2);
    broker.send("letters", 0, List.of(json("a", 0, 0), "no JSON"));
    broker.sendBytes(
        "letters",
        1,
        Arrays.asList(null, new byte[] {(byte) 0xff}, "[]".getBytes(StandardCharsets.UTF_8)));
    StreamConfig config = config("letters", "out");
    JobID job = flink.start(config, "hashmap", Optional.empty());
    flink.await("all is read", job, () -> count(job, "read") == 5);
    flink.drain(job, folder.resolve("savepoints"));
    assertThat(Outcome.letters(config))
        .extracting(
            letter ->
                letter.replaceAll(".*\"detail\":\"([^\"]{0,16}).*\"offset\":(\\d+).*", "$1 $2"))
        .containsExactlyInAnyOrder(
            "it is not JSON:  1", "the record is em 0", "it is not JSON:  1", "it is no JSON ob 2");
    assertThat(Outcome.letters(config)).allMatch(l -> l.contains("\"source\":\"letters/"));
  }

  @Test
  void offsetsAreCommittedWithCheckpointsAndGoneOnFrom() throws Exception {
    broker.topic("offsets", 1);
    broker.send("offsets", 0, List.of(json("a", 0, 0), json("a", 1, 1)));
    StreamConfig first = config("offsets", "first");
    JobID job = flink.start(first, "hashmap", Optional.empty());
    flink.await(
        "offsets are committed", job, () -> broker.committed("offsets-readers", "offsets", 0) == 2);
    flink.drain(job, folder.resolve("savepoints"));
    assertThat(Outcome.rows(first)).hasSize(2);
    broker.send("offsets", 0, List.of(json("b", 0, 2)));
    StreamConfig second = config("offsets", "second");
    JobID next = flink.start(second, "hashmap", Optional.empty()); // knows of no savepoint
    flink.await("all is read", next, () -> count(next, "read") == 1);
    flink.drain(next, folder.resolve("savepoints"));
    assertThat(Outcome.rows(second)).containsExactly("b-0 1.0");
    assertThat(Map.copyOf(flink.counts(next))).containsEntry("episodes", 1L);
  }
}
