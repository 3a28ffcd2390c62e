package dev.hindcast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.ingestion.spark.IngestConfig;
import dev.hindcast.ingestion.spark.IngestJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written as a raw log comes back as the same steps, and nothing is set aside. */
class WorldLogIT {
  @TempDir Path folder;

  static Stream<String> worlds() {
    return SimulatedWorld.all().stream().map(SimulatedWorld::name);
  }

  @ParameterizedTest
  @MethodSource("worlds")
  void logsComeBackWhole(String name) throws IOException {
    TransitionColumns log = WorldLogMain.log(SimulatedWorld.named(name), 120, 1);
    Path file = folder.resolve("log.parquet");
    RawLog.write(log, file);
    ConfigDocument document =
        ConfigDocument.read(Path.of(name, "log.yaml"), List.of("ingest.source.path=" + file));
    Pipeline pipeline = Pipeline.from(document.root());
    IngestConfig config = IngestConfig.from(document.root().section("ingest"), pipeline);
    document.finish();
    String output = folder.resolve("dataset").toString();
    try (SparkSession spark = session()) {
      DatasetManifest manifest =
          IngestJob.run(spark, config, name, output, Existing.REFUSE, line -> {});
      assertThat(manifest.rows().read()).isEqualTo(log.rows());
      assertThat(manifest.rows().kept()).isEqualTo(log.rows());
      assertThat(manifest.rows().quarantined()).isEmpty();
    }
    int rows = 0;
    for (Split.Part part : Split.Part.values()) {
      TransitionColumns read = Dataset.open(output).read(part);
      rows += read.rows();
      for (int e = 0; e < read.episodes(); e++) {
        assertSameEpisode(log, read, e);
      }
    }
    assertThat(rows).isEqualTo(log.rows());
  }

  private static void assertSameEpisode(TransitionColumns log, TransitionColumns read, int e) {
    int original = Integer.parseInt(read.episodeId(e));
    int length = read.end(e) - read.start(e);
    assertThat(length).isEqualTo(log.end(original) - log.start(original));
    for (int i = 0; i < length; i++) {
      int row = read.start(e) + i;
      int from = log.start(original) + i;
      assertThat(read.action(row)).isEqualTo(log.action(from));
      assertThat(read.reward(row)).isEqualTo(log.reward(from));
      assertThat(read.propensity(row)).isEqualTo(log.propensity(from));
      assertThat(read.terminated(row)).isEqualTo(log.terminated(from));
      assertThat(read.truncated(row)).isEqualTo(log.truncated(from));
      assertThat(seen(read, row)).isEqualTo(seen(log, from));
      boolean known = log.next(from) != TransitionColumns.UNKNOWN;
      assertThat(read.next(row) != TransitionColumns.UNKNOWN).isEqualTo(known);
      if (known) {
        assertThat(seen(read, read.next(row))).isEqualTo(seen(log, log.next(from)));
      }
    }
  }

  /** Numbers, and categories by value: the dictionaries of the dataset are its own. */
  private static List<String> seen(TransitionColumns columns, int row) {
    ObservationSpace space = columns.observationSpace();
    int d = space.numeric().size();
    int c = space.categorical().size();
    List<String> seen = new ArrayList<>();
    for (int j = 0; j < d; j++) {
      seen.add(space.numeric().get(j) + " " + columns.numeric()[row * d + j]);
    }
    for (int j = 0; j < c; j++) {
      List<String> values = space.categorical().get(j).values();
      seen.add(values.get(columns.categories()[row * c + j] - 1));
    }
    return seen;
  }

  private static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .appName("tests")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "localhost")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate();
  }
}
