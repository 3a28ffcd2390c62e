package dev.hindcast.ingestion.spark.source;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Files with one JSON object on each line; types are inferred from all rows. */
final class JsonSource implements Source {
  @Override
  public String name() {
    return "json";
  }

  @Override
  public String description() {
    return "Files with one JSON object on each line; types are inferred from all rows";
  }

  @Override
  public Dataset<Row> read(SparkSession spark, List<String> files) {
    return spark.read().json(files.toArray(String[]::new));
  }
}
