package dev.hindcast.evaluation.spark;

import dev.hindcast.evaluation.estimator.OpenBanditPipeline;
import java.nio.file.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Agreement with Open Bandit Pipeline on the bundled Open Bandit logs, under a target policy and a
 * Q-function that are formulas of item and position, here and in the script.
 */
class OpenBanditPipelineIT {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @ParameterizedTest
  @CsvSource({"random-men, 34", "random-women, 46", "bts-men, 34", "bts-women, 46"})
  void everyEstimateOfBothIsTheSame(String log, int actions) {
    OpenBanditPipeline agreement = new OpenBanditPipeline();
    String path = Path.of("..", "examples", "open-bandit", log + ".parquet").toString();
    for (Row row :
        spark
            .read()
            .parquet(path)
            .select("item", "position", "click", "propensity")
            .collectAsList()) {
      int position = row.getInt(1);
      double sum = 0;
      double v = 0;
      for (int a = 0; a < actions; a++) {
        sum += preference(a, position);
        v += preference(a, position) * q(a, position);
      }
      agreement.add(
          row.getInt(2),
          row.getDouble(3),
          preference(row.getInt(0), position) / sum,
          q(row.getInt(0), position),
          v / sum);
    }
    agreement.agreesOn(log, 18);
  }

  private static double preference(int action, int position) {
    return 1 + (7 * action + 3 * position) % 5;
  }

  private static double q(int action, int position) {
    return 0.002 + 0.001 * ((5 * action + position) % 7);
  }
}
