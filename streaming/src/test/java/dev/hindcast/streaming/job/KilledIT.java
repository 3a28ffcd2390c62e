package dev.hindcast.streaming.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.streaming.Broker;
import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A stream from a real broker whose task managers are killed, and whose commits fail before they
 * have begun and after they are done: nothing is lost and nothing doubled. And one that goes on
 * with other numbers of tasks.
 */
class KilledIT {
  private static final long START = 1_700_000_000_000L;
  private static final int THIRDS = 3;
  private static final int VISITS = 400;

  /** The events of a third of the time, by partition. */
  private record Sent(List<List<String>> decisions, List<List<String>> rewards) {
    int size() {
      return decisions.stream().mapToInt(List::size).sum()
          + rewards.stream().mapToInt(List::size).sum();
    }
  }

  private static final List<Sent> EVENTS = new ArrayList<>();
  private static Broker broker;

  @TempDir private Path folder;
  private Cluster flink;

  @BeforeAll
  static void makeEvents() throws Exception {
    broker = Broker.shared();
    Random random = new Random(5);
    for (int third = 0; third < THIRDS; third++) {
      Sent sent =
          new Sent(
              List.of(new ArrayList<>(), new ArrayList<>()),
              List.of(new ArrayList<>(), new ArrayList<>()));
      for (int visit = third * VISITS; visit < (third + 1) * VISITS; visit++) {
        int steps = 1 + random.nextInt(5);
        for (int number = 0; number < steps; number++) {
          long at = START + visit * 200L + number * 100L;
          Step step = Step.of("v" + visit, number, at).selling((double) visit);
          step = number == steps - 1 ? step.last() : step;
          step = visit % 50 == 7 ? step.withP(2) : step; // breaks a rule
          List<String> partition = sent.decisions().get(random.nextInt(2));
          partition.add(step.decisionJson());
          if (random.nextInt(10) == 0) {
            partition.add(step.decisionJson());
          }
          if (random.nextInt(3) > 0) {
            sent.rewards().get(random.nextInt(2)).add(step.rewardJson(at + 5_000));
          }
        }
        if (visit % 100 == 3) {
          sent.decisions().get(0).add("no JSON, but visit " + visit);
        }
      }
      EVENTS.add(sent);
    }
  }

  @BeforeEach
  void open() throws Exception {
    FlakyFiles.BEFORE.set(0);
    FlakyFiles.AFTER.set(0);
    flink = new Cluster(2, 2);
  }

  @AfterEach
  void close() {
    flink.close();
  }

  private static void topics(String name) throws Exception {
    broker.topic(name + "-decisions", 2);
    broker.topic(name + "-rewards", 2);
  }

  /** Sends a third; gives how many events there are by then. */
  private static long send(String name, int third) throws Exception {
    for (int partition = 0; partition < 2; partition++) {
      broker.send(name + "-decisions", partition, EVENTS.get(third).decisions().get(partition));
      broker.send(name + "-rewards", partition, EVENTS.get(third).rewards().get(partition));
    }
    return EVENTS.subList(0, third + 1).stream().mapToLong(Sent::size).sum();
  }

  private StreamConfig config(String name, String output, int parallelism) {
    String kafka = "={format: kafka, servers: '" + broker.servers() + "', topic: " + name;
    return Shops.config(
        folder,
        Shops.JOINED.replace("at: time}", "at: whole}"),
        "stream.decisions" + kafka + "-decisions}",
        "stream.rewards" + kafka + "-rewards}",
        "stream.time={column: at, unit: milliseconds}",
        "stream.output=" + output,
        "stream.checkpoints=" + folder.resolve("checkpoints"),
        "stream.parallelism=" + parallelism,
        "stream.checkpoint-every=100 ms");
  }

  private long read(JobID job) throws Exception {
    return flink.counts(job).getOrDefault("read", 0L);
  }

  private JobID calm(StreamConfig config) throws Exception {
    JobID job = flink.start(config, "hashmap", Optional.empty());
    long all = EVENTS.stream().mapToLong(Sent::size).sum();
    flink.await("all is read", job, () -> read(job) == all);
    flink.drain(job, folder.resolve("savepoints"));
    return job;
  }

  @ParameterizedTest
  @ValueSource(strings = {"hashmap", "rocksdb"})
  void killedTaskManagersAndFailedCommitsLoseAndDoubleNothing(String backend) throws Exception {
    String name = "killed-" + backend;
    topics(name);
    StreamConfig killed = config(name, "flaky://" + folder.resolve("killed"), 2);
    JobID job = flink.start(killed, backend, Optional.empty());
    Random random = new Random(11);
    long before = 0;
    for (int third = 0; third < THIRDS; third++) {
      long until = send(name, third);
      long some = before + random.nextInt((int) (until - before));
      flink.await("some is read", job, () -> read(job) >= some);
      FlakyFiles.BEFORE.set(1);
      FlakyFiles.AFTER.set(1);
      flink.kill(random.nextInt(2));
      flink.await(
          "commits have failed", job, () -> FlakyFiles.BEFORE.get() + FlakyFiles.AFTER.get() == 0);
      before = until;
    }
    long all = before;
    flink.await("all is read", job, () -> read(job) == all);
    flink.drain(job, folder.resolve("savepoints"));
    Map<String, Long> counts = flink.counts(job);
    assertThat(flink.restarts(job)).isGreaterThanOrEqualTo(THIRDS);

    StreamConfig calm = config(name, folder.resolve("calm").toString(), 2);
    JobID undisturbed = calm(calm);
    assertThat(Outcome.rows(calm)).hasSizeGreaterThan(3000).doesNotHaveDuplicates();
    assertThat(Outcome.rows(killed)).isEqualTo(Outcome.rows(calm));
    assertThat(Outcome.letters(killed)).isEqualTo(Outcome.letters(calm)).hasSizeGreaterThan(60);
    assertThat(counts).isEqualTo(flink.counts(undisturbed));
  }

  @Test
  void otherNumbersOfTasksMakeTheSame() throws Exception {
    String name = "rescaled";
    topics(name);
    StreamConfig config = config(name, folder.resolve("rescaled").toString(), 2);
    Optional<String> savepoint = Optional.empty();
    JobID last = null;
    int[] tasks = {2, 3, 1};
    for (int third = 0; third < THIRDS; third++) {
      long until = send(name, third);
      JobID job =
          flink.start(
              config(name, folder.resolve("rescaled").toString(), tasks[third]),
              "rocksdb",
              savepoint);
      flink.await("all is read", job, () -> read(job) == until);
      savepoint =
          Optional.of(
              third < THIRDS - 1
                  ? flink.stop(job, folder.resolve("savepoints"))
                  : flink.drain(job, folder.resolve("savepoints")));
      last = job;
    }
    Map<String, Long> counts = flink.counts(last);
    StreamConfig calm = config(name, folder.resolve("calm").toString(), 2);
    JobID undisturbed = calm(calm);
    assertThat(Outcome.rows(config)).isEqualTo(Outcome.rows(calm)).hasSizeGreaterThan(3000);
    assertThat(Outcome.letters(config)).isEqualTo(Outcome.letters(calm));
    assertThat(counts).isEqualTo(flink.counts(undisturbed));
  }
}
