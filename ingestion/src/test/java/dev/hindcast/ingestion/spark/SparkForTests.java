package dev.hindcast.ingestion.spark;

import org.apache.spark.sql.SparkSession;

/** One small Spark session for all tests of this module. */
final class SparkForTests {
  private SparkForTests() {}

  static SparkSession session() {
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
