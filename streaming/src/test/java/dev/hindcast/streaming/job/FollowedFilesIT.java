package dev.hindcast.streaming.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.dataset.columns.ParquetTable;
import dev.hindcast.ingestion.mapping.LogSchema;
import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that come one after another while the stream runs. */
class FollowedFilesIT {
  private static final long START = 1_700_000_000_000L;

  @TempDir private Path folder;

  private static Step step(String visit, long seconds) {
    return Step.of(visit, 0, START + seconds * 1000);
  }

  private void write(String name, Step... steps) throws IOException {
    Path hidden = folder.resolve(".next");
    Files.write(hidden, List.of(steps).stream().map(Step::wholeJson).toList());
    Files.createDirectories(folder.resolve("events"));
    Files.move(hidden, folder.resolve("events").resolve(name));
  }

  private StreamConfig config(String... more) {
    return Shops.config(
        folder,
        Shops.WHOLE
            .replace("source: {path: events}", "source: {path: events, follow: 20 ms}")
            .replace("at: time}", "at: whole}")
            .replace("time: at", "time: {column: at, unit: milliseconds}")
            .replace("output: out", "output: out\n  checkpoint-every: 100 ms"),
        more);
  }

  @Test
  void timeComesAsFarAsFilesThatAreReadInAMoment() throws Exception {
    write("1", step("a", 0), step("b", 1));
    StreamConfig config = config();
    try (Cluster flink = new Cluster(1, 1)) {
      JobID job = flink.start(config, "hashmap", Optional.empty());
      for (int file = 2; file < 5; file++) {
        write(Integer.toString(file), step("file-" + file, file * 100L));
        long closed = file;
        flink.await(
            "the visits before are over",
            job,
            () -> flink.counts(job).getOrDefault("episodes", 0L) >= closed);
      }
      flink.drain(job, folder.resolve("savepoints"));
      assertThat(Outcome.rows(config)).hasSize(5);
    }
  }

  @Test
  void sampledRowsSayTheirProbability() throws Exception {
    Step[] steps = new Step[200];
    for (int visit = 0; visit < steps.length; visit++) {
      steps[visit] = step("v" + visit, visit);
    }
    write("1", steps);
    StreamConfig config = config("stream.sampling=50%", "stream.source.follow=0 s");
    var counts = StreamRun.run(config, true);
    ParquetTable table =
        ParquetTable.read(config.output().rows(), List.of(LogSchema.SAMPLING_PROBABILITY));
    assertThat((long) table.rows()).isEqualTo(counts.get("steps")).isBetween(70L, 130L);
    assertThat(table.numbers(LogSchema.SAMPLING_PROBABILITY)).containsOnly(0.5);
    assertThat(counts.get("sampled-out") + counts.get("steps")).isEqualTo(200);
  }
}
