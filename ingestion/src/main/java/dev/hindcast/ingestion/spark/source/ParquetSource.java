package dev.hindcast.ingestion.spark.source;

import dev.hindcast.dataset.columns.ParquetTable;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Parquet files; columns that a file lacks are empty in its rows. */
final class ParquetSource implements Source {
  @Override
  public String name() {
    return "parquet";
  }

  @Override
  public String description() {
    return "Parquet files";
  }

  @Override
  public Dataset<Row> read(SparkSession spark, List<String> files) {
    files.forEach(ParquetTable::columns); // reads each footer: names a file that was cut off
    return spark
        .read()
        .option("mergeSchema", files.size() > 1)
        .parquet(files.toArray(String[]::new));
  }
}
