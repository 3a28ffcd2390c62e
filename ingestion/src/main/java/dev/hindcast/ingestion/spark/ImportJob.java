package dev.hindcast.ingestion.spark;

import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.columns.StableFooter;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.ingestion.spark.source.Source;
import dev.hindcast.ingestion.spark.source.Sources;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Turns a log of any known format into one plain Parquet file. */
public final class ImportJob {
  private ImportJob() {}

  /**
   * Runs the job.
   *
   * @return how many rows were written
   * @throws UserError (usage) when there is no such format; (input missing) when nothing is at the
   *     input; (conflict) when something stands at the output; (data) when the input is damaged
   */
  public static long run(SparkSession spark, String format, String input, String outputFile) {
    Source source =
        Sources.find(format)
            .orElseThrow(
                () ->
                    UserError.usage(
                        "Cannot import "
                            + input
                            + ": there is no source "
                            + format
                            + "."
                            + DidYouMean.hint(format, Sources.names())));
    String output = Storage.absolute(outputFile);
    if (Storage.exists(output)) {
      throw UserError.conflict(
          "Cannot import to "
              + outputFile
              + ": something stands there. Name another file, or delete it first.");
    }
    SparkSession session = spark.newSession();
    session.conf().set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    session.conf().set("spark.sql.session.timeZone", "UTC");
    return SparkTrouble.explained(
        () -> {
          Dataset<Row> table = source.read(session, source.files(input));
          return writeOneFile(table, output);
        });
  }

  private static long writeOneFile(Dataset<Row> table, String output) {
    String scratch =
        output.substring(0, output.lastIndexOf('/') + 1)
            + "."
            + Storage.name(output)
            + ".importing";
    try {
      table.coalesce(1).write().mode("overwrite").option("compression", "zstd").parquet(scratch);
      String part =
          Storage.names(scratch).stream()
              .filter(name -> name.startsWith("part-"))
              .findFirst()
              .orElseThrow(() -> UserError.data("Cannot import: the log has no rows."));
      long rows = table.sparkSession().read().parquet(Storage.below(scratch, part)).count();
      String settled = Storage.below(scratch, "settled.parquet");
      StableFooter.copy(Storage.below(scratch, part), settled);
      Storage.rename(settled, output);
      return rows;
    } finally {
      Storage.delete(scratch);
    }
  }
}
