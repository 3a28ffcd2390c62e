package dev.hindcast.ingestion.spark;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A log of made-up episodes that can be spoilt, written and ingested. */
final class SmallLog {
  static final String CONFIG =
      """
      source: {format: parquet, path: log.parquet}
      episode: {id: user, step: step}
      observation: {numeric: ["x*", history], categorical: [ward]}
      action: {discrete: action, size: 4, mask: allowed}
      reward: reward
      terminated: died
      truncated: timeout
      propensity: {probability: p}
      """;

  private static final StructType SCHEMA =
      new StructType()
          .add("user", DataTypes.StringType)
          .add("step", DataTypes.IntegerType)
          .add("x1", DataTypes.DoubleType)
          .add("x2", DataTypes.FloatType)
          .add("history", DataTypes.createArrayType(DataTypes.DoubleType))
          .add("ward", DataTypes.StringType)
          .add("action", DataTypes.LongType)
          .add("allowed", DataTypes.createArrayType(DataTypes.IntegerType))
          .add("reward", DataTypes.DoubleType)
          .add("died", DataTypes.BooleanType)
          .add("timeout", DataTypes.BooleanType)
          .add("p", DataTypes.DoubleType);

  /** Rows by column name; a test changes them as it likes. */
  final List<Map<String, Object>> rows = new ArrayList<>();

  static SmallLog of(int episodes, long seed) {
    SmallLog log = new SmallLog();
    SplittableRandom random = new SplittableRandom(seed);
    for (int e = 0; e < episodes; e++) {
      int length = 1 + random.nextInt(5);
      for (int step = 0; step < length; step++) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("user", "u" + e);
        row.put("step", step);
        row.put("x1", random.nextDouble());
        row.put("x2", (float) random.nextDouble());
        row.put("history", new Double[] {random.nextDouble(), (double) step});
        row.put("ward", "w" + random.nextInt(3));
        row.put("action", random.nextLong(4));
        row.put("allowed", new Integer[] {0, 1, 2, 3});
        row.put("reward", random.nextDouble());
        row.put("died", step == length - 1 && e % 2 == 0);
        row.put("timeout", step == length - 1 && e % 2 == 1);
        row.put("p", 0.25);
        log.rows.add(row);
      }
    }
    return log;
  }

  Map<String, Object> first(String user) {
    return rows.stream().filter(row -> user.equals(row.get("user"))).findFirst().orElseThrow();
  }

  SmallLog shuffled(long seed) {
    Collections.shuffle(rows, new Random(seed));
    return this;
  }

  /** Writes the log as a folder of two Parquet files named log.parquet. */
  void write(Path folder) {
    write(folder, "log.parquet");
  }

  void write(Path folder, String name) {
    List<Row> table =
        rows.stream()
            .map(
                row ->
                    RowFactory.create(Arrays.stream(SCHEMA.fieldNames()).map(row::get).toArray()))
            .toList();
    SparkForTests.session()
        .createDataFrame(table, SCHEMA)
        .repartition(2)
        .write()
        .mode("overwrite")
        .parquet(folder.resolve(name).toString());
  }

  static DatasetManifest ingest(Path folder, String output, String... overrides) {
    return ingestAs(folder, CONFIG, output, overrides);
  }

  static DatasetManifest ingestAs(Path folder, String yaml, String output, String... overrides) {
    IngestConfig config = config(folder, yaml, overrides);
    return IngestJob.run(
        SparkForTests.session(),
        config,
        "small",
        folder.resolve(output).toString(),
        Existing.REFUSE,
        line -> {});
  }

  static IngestConfig config(Path folder, String yaml, String... overrides) {
    ConfigDocument document =
        ConfigDocument.parse("pipeline.yaml", folder, yaml, Arrays.asList(overrides));
    IngestConfig config = IngestConfig.from(document.root(), Pipeline.from(document.root()));
    document.finish();
    return config;
  }
}
