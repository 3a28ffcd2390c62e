package dev.hindcast.streaming.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.row.OwnType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever fails, every row and every dead letter is written once. */
class ExactlyOnceIT {
  private static final int VISITS = 1000;
  private static final long START = 1_700_000_000_000L;

  /** Counted by the tasks that read, and that join rewards. */
  private static final Set<String> BEFORE_EPISODES =
      Set.of("read", "dead-letters.unreadable", "without-reward");

  @TempDir private Path folder;
  private int written;

  @BeforeEach
  void write() throws IOException {
    List<String> decisions = new ArrayList<>();
    List<String> rewards = new ArrayList<>();
    Random random = new Random(3);
    for (int visit = 0; visit < VISITS; visit++) {
      int steps = 1 + random.nextInt(5);
      for (int step = 0; step < steps; step++) {
        String id = visit + "-" + step;
        long at = (START + visit * 500L + step * 2000L) * 1000;
        decisions.add(
            "{\"id\": \"%s\", \"visit\": \"%d\", \"step\": %d, \"age\": %d, \"spent\": 1.5, \"offer\": %d, \"p\": %s, \"left\": %b, \"at\": %d}"
                .formatted(
                    id,
                    visit,
                    step,
                    20 + visit % 50,
                    step % 3,
                    visit % 100 == 7 ? "2" : "0.25", // one visit in a hundred breaks a rule
                    step == steps - 1,
                    at));
        if (random.nextInt(3) > 0) {
          rewards.add(
              "{\"id\": \"%s\", \"sold\": %d, \"at\": %d}".formatted(id, step + 1, at + 5_000_000));
        }
      }
    }
    decisions.add("no JSON");
    written = decisions.size();
    save("decisions", decisions);
    save("rewards", rewards);
    FlakyFiles.BEFORE.set(0);
    FlakyFiles.AFTER.set(0);
  }

  private void save(String name, List<String> lines) throws IOException {
    Files.createDirectories(folder.resolve(name));
    for (int file = 0; file < 4; file++) {
      Files.write(
          folder.resolve(name).resolve("part-" + file + ".jsonl"),
          lines.subList(lines.size() * file / 4, lines.size() * (file + 1) / 4));
    }
  }

  private StreamConfig config(String output, int parallelism) {
    return Shops.config(
        folder,
        Shops.JOINED.replace("at: time}", "at: whole}"),
        "stream.time={column: at, unit: microseconds}",
        "stream.output=" + output,
        "stream.checkpoints=" + folder.resolve(Path.of(output).getFileName() + "-checkpoints"),
        "stream.lateness=20 s",
        "stream.parallelism=" + parallelism,
        "stream.checkpoint-every=100 ms");
  }

  /** What a run of the job with failures has counted. */
  private static Map<String, Long> run(StreamConfig config, int failures) throws Exception {
    Configuration settings = StreamRun.settings(config);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
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

  @Test
  void failuresLoseAndDoubleNothing() throws Exception {
    StreamConfig calm = config(folder.resolve("calm").toString(), 2);
    Map<String, Long> counts = run(calm, 0);
    assertThat(Outcome.rows(calm)).hasSize(counts.get("steps").intValue()).doesNotHaveDuplicates();
    assertThat(Outcome.letters(calm))
        .hasSize(
            (int)
                (counts.get("dead-letters.invalid-propensity")
                    + counts.get("dead-letters.unreadable")));
    assertThat(Outcome.rows(calm).size() + Outcome.letters(calm).size()).isEqualTo(written);

    FlakyFiles.BEFORE.set(3);
    FlakyFiles.AFTER.set(3);
    StreamConfig flaky = config("flaky://" + folder.resolve("flaky"), 2);
    Map<String, Long> again = run(flaky, 3);
    assertThat(FlakyFiles.BEFORE.get() + FlakyFiles.AFTER.get()).isZero();
    assertThat(Outcome.rows(flaky)).isEqualTo(Outcome.rows(calm));
    assertThat(Outcome.letters(flaky)).isEqualTo(Outcome.letters(calm));
    requireSame(again, counts);
  }

  /**
   * What is counted where episodes are made and behind that is the same. Flink keeps no state of
   * tasks that have ended: what those before counted may be forgotten by a later failure, and is
   * never counted twice.
   */
  static void requireSame(Map<String, Long> found, Map<String, Long> calm) {
    assertThat(found.keySet()).isSubsetOf(calm.keySet());
    for (Map.Entry<String, Long> count : calm.entrySet()) {
      long again = found.getOrDefault(count.getKey(), 0L);
      if (BEFORE_EPISODES.contains(count.getKey())) {
        assertThat(again).as(count.getKey()).isLessThanOrEqualTo(count.getValue());
      } else {
        assertThat(again).as(count.getKey()).isEqualTo(count.getValue());
      }
    }
  }

  @Test
  void runThatHasEndedIsNotWrittenTwice() throws Exception {
    StreamConfig config = config(folder.resolve("out").toString(), 1);
    Map<String, Long> counts = StreamRun.run(config, true);
    assertThat(Outcome.rows(config)).hasSize(counts.get("steps").intValue());
    assertThatThrownBy(() -> StreamRun.run(config, true))
        .hasMessageContaining("Cannot write rows to " + folder.resolve("out/rows"))
        .hasMessageContaining("Choose another stream.output");
  }

  /** Fails at the first episode after a checkpoint, so often as is left. */
  static final class Failing extends RichMapFunction<EpisodeRows, EpisodeRows>
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
