package dev.hindcast.ingestion.spark.source;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Comma-separated files with a header line; types are inferred from all rows. */
final class CsvSource implements Source {
  @Override
  public String name() {
    return "csv";
  }

  @Override
  public String description() {
    return "Comma-separated files with a header line; types are inferred from all rows";
  }

  @Override
  public Dataset<Row> read(SparkSession spark, List<String> files) {
    return spark
        .read()
        .option("header", true)
        .option("inferSchema", true)
        .option("enforceSchema", false) // headers that differ between files are an error
        .csv(files.toArray(String[]::new));
  }
}
