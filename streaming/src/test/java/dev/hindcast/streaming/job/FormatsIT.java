package dev.hindcast.streaming.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.streaming.Avros;
import dev.hindcast.streaming.Broker;
import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same events make the same episodes, in whatever format they come. */
class FormatsIT {
  private static final long START = 1_700_000_000_000L;

  @TempDir private Path folder;
  private final List<Step> steps = new ArrayList<>();

  @BeforeEach
  void makeSteps() {
    for (int visit = 0; visit < 50; visit++) {
      for (int step = 0; step < 3; step++) {
        Step one = Step.of("v" + visit, step, START + visit * 1000L + step * 100L);
        steps.add((step == 2 ? one.last() : one).selling(visit + step / 4.0));
      }
    }
  }

  private StreamConfig config(String output, String source, String... columns) {
    return Shops.config(
        folder,
        Shops.WHOLE
            .replace("source: {path: events}", "source: " + source)
            .replaceFirst(" *columns: .*\n", columns.length == 0 ? "" : "  " + columns[0] + "\n")
            .replace("output: out", "output: " + output));
  }

  private static List<String> outcome(StreamConfig config) throws Exception {
    StreamRun.run(config, true);
    return Outcome.rows(config);
  }

  @Test
  void jsonAvroAndParquetMakeTheSame() throws Exception {
    Files.createDirectories(folder.resolve("json"));
    Files.write(
        folder.resolve("json/1.jsonl"),
        steps.stream()
            .map(
                step ->
                    step.wholeJson()
                        .replaceFirst(
                            "\"at\": \\d+",
                            "\"at\": \"" + java.time.Instant.ofEpochMilli(step.millis()) + "\""))
            .toList());
    Avros.write(folder.resolve("avro/1.avro"), steps.stream().map(Avros::record).toList(), 40);
    StreamConfig json = config("of-json", "{path: json}", "columns: " + Shops.COLUMNS);
    List<String> rows = outcome(json);
    assertThat(rows).hasSize(150).contains("v7-1 7.25");
    assertThat(outcome(config("of-avro", "{format: avro, path: avro}"))).isEqualTo(rows);
    // what a stream writes is what a stream reads
    assertThat(outcome(config("of-parquet", "{format: parquet, path: of-json/rows}")))
        .isEqualTo(rows);
  }

  @Test
  void avroInKafkaIsReadByItsSchema() throws Exception {
    Broker broker = Broker.shared();
    broker.topic("avro", 1);
    List<byte[]> records =
        new ArrayList<>(steps.stream().map(step -> Avros.bytes(Avros.record(step))).toList());
    records.add(10, "no Avro".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    broker.sendBytes("avro", 0, records);
    Files.writeString(folder.resolve("step.avsc"), Avros.STEP.toString());
    StreamConfig config =
        config(
            "of-kafka",
            "{format: kafka, servers: '%s', topic: avro, records: avro, schema: step.avsc}"
                .formatted(broker.servers()));
    try (Cluster flink = new Cluster(1, 1)) {
      JobID job = flink.start(config, "hashmap", Optional.empty());
      flink.await(
          "all is read", job, () -> flink.counts(job).getOrDefault("read", 0L) == records.size());
      flink.drain(job, folder.resolve("savepoints"));
    }
    assertThat(Outcome.rows(config)).hasSize(150).contains("v7-1 7.25");
    assertThat(Outcome.letters(config))
        .singleElement()
        .satisfies(letter -> assertThat(letter).contains("it is not of the schema", "avro/0"));
  }

  @Test
  void schemasThatAreNotThereAreNamed() {
    String kafka = "{format: kafka, servers: 'a:1', topic: avro, records: avro";
    assertThatThrownBy(() -> config("out", kafka + "}"))
        .hasMessageContaining("schema")
        .hasMessageContaining("is missing: Avro records in Kafka do not say how to read them");
    StreamConfig config = config("out", kafka + ", schema: none.avsc}");
    assertThatThrownBy(() -> StreamJob.of(config))
        .hasMessageContaining("Cannot read the schema " + folder.resolve("none.avsc"))
        .hasMessageContaining("stream.source");
  }
}
