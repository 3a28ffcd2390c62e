package dev.hindcast.ingestion.spark.source;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A format that logs come in. */
public interface Source {
  /** Its name in configs. */
  String name();

  /** What it reads, in one line. */
  String description();

  /**
   * The files that a path, folder or pattern stands for and that this format would read, sorted.
   */
  default List<String> files(String path) {
    return LogFiles.of(path);
  }

  /**
   * A table of the files' rows. The same files give the same columns and types every time.
   *
   * @param files as {@link #files} gave them, at least one
   */
  Dataset<Row> read(SparkSession spark, List<String> files);
}
