package dev.hindcast.ingestion.spark.source;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;

import dev.hindcast.core.config.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A folder of the Open Bandit Dataset as it is published (Saito, Aihara, Matsutani, Narita, 2021,
 * arXiv:2008.07146), such as {@code random/men}: the log of one campaign under one policy. Rows
 * come in the log's order. The item features beside the log are left out.
 */
final class OpenBanditSource implements Source {
  private static final String AFFINITY = "user-item_affinity_";

  @Override
  public String name() {
    return "open-bandit";
  }

  @Override
  public String description() {
    return "A folder of the Open Bandit Dataset, such as random/men";
  }

  @Override
  public List<String> files(String path) {
    List<String> logs =
        LogFiles.of(path).stream()
            .filter(file -> file.endsWith(".csv") && !file.endsWith("/item_context.csv"))
            .toList();
    if (logs.isEmpty()) {
      throw UserError.missing(
          "Cannot read " + path + ": it holds no campaign's log, such as men.csv.");
    }
    return logs;
  }

  @Override
  public Dataset<Row> read(SparkSession spark, List<String> files) {
    Dataset<Row> table = spark.read().option("header", true).csv(files.toArray(String[]::new));
    List<String> names = Arrays.asList(table.columns());
    for (String needed :
        List.of("timestamp", "item_id", "position", "click", "propensity_score", AFFINITY + "0")) {
      if (!names.contains(needed)) {
        throw UserError.data(
            "Cannot read "
                + String.join(", ", files)
                + " as a log of the Open Bandit Dataset: it has no column "
                + needed
                + ".");
      }
    }
    List<Column> columns = new ArrayList<>();
    columns.add(col(names.get(0)).cast("int").as("row")); // its header cell is empty
    columns.add(col("timestamp").cast("timestamp").as("timestamp"));
    columns.add(col("item_id").cast("int").as("item"));
    columns.add(col("position").cast("int").as("position"));
    columns.add(col("click").cast("int").as("click"));
    columns.add(col("propensity_score").cast("double").as("propensity"));
    names.stream()
        .filter(name -> name.startsWith("user_feature_"))
        .forEach(n -> columns.add(col(n)));
    Column[] affinities =
        names.stream()
            .filter(name -> name.startsWith(AFFINITY))
            .map(name -> col("`" + name + "`").cast("float"))
            .toArray(Column[]::new);
    columns.add(array(affinities).as("user_item_affinity"));
    return table.select(columns.toArray(Column[]::new)).orderBy("row");
  }
}
