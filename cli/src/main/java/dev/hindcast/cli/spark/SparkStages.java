package dev.hindcast.cli.spark;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.evaluation.plan.EvaluateConfig;
import dev.hindcast.evaluation.scoring.DecisionsManifest;
import dev.hindcast.evaluation.scoring.ScoringPlan;
import dev.hindcast.evaluation.spark.EvaluateJob;
import dev.hindcast.evaluation.spark.PolicyScoring;
import dev.hindcast.ingestion.spark.DecisionLog;
import dev.hindcast.ingestion.spark.ImportJob;
import dev.hindcast.ingestion.spark.IngestConfig;
import dev.hindcast.ingestion.spark.IngestJob;
import dev.hindcast.training.spark.TrainConfig;
import dev.hindcast.training.spark.TrainJob;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;

/**
 * The stages on one Spark session: that of the running {@code spark-submit}, or one inside this
 * process on all its cores.
 */
public final class SparkStages implements AutoCloseable {
  private final SparkSession spark;
  private final Consumer<String> progress;

  private SparkStages(SparkSession spark, Consumer<String> progress) {
    this.spark = spark;
    this.progress = progress;
  }

  /** Starts or joins a session under a verb's name. */
  public static SparkStages start(String verb, Consumer<String> progress) {
    SparkSession.Builder session =
        SparkSession.builder()
            .appName("hindcast " + verb)
            .config("spark.sql.session.timeZone", "UTC");
    if (System.getProperty("spark.master") == null) {
      session
          .master("local[*]")
          .config("spark.driver.host", "localhost")
          .config("spark.driver.bindAddress", "127.0.0.1")
          .config("spark.ui.enabled", "false")
          .config("spark.sql.shuffle.partitions", "4")
          .config("spark.executor.heartbeatInterval", "2s")
          // what a stage computes is a pure function of its inputs: in one process a second try
          // would end like the first
          .config("spark.task.maxFailures", "1");
    }
    return new SparkStages(session.getOrCreate(), progress);
  }

  /** Raw log to dataset. */
  public DatasetManifest ingest(
      IngestConfig config, String name, String output, Existing existing) {
    return IngestJob.run(spark, config, name, output, existing, progress);
  }

  /** Compares a mapping with the log's columns without reading rows. */
  public void checkColumns(IngestConfig config) {
    IngestJob.checkColumns(spark, config);
  }

  /** A log in another format to one Parquet file; gives the number of rows. */
  public long importLog(String format, String input, String output) {
    return ImportJob.run(spark, format, input, output);
  }

  /** Dataset to bundles. */
  public List<TrainJob.Trained> train(
      TrainConfig config, Dataset dataset, String output, BundleLoader bundles, Existing existing) {
    return TrainJob.run(spark, config, dataset, output, bundles, existing, progress);
  }

  /** Dataset and bundles to a report. */
  public EvaluationReport evaluate(
      EvaluateConfig config,
      Dataset dataset,
      List<String> bundleFolders,
      BundleLoader bundles,
      String output,
      Existing existing) {
    return EvaluateJob.run(
        spark, config, dataset, bundleFolders, bundles, output, existing, progress);
  }

  /** A log and a policy to decisions. */
  public DecisionsManifest score(
      IngestConfig config, String name, ScoringPlan plan, String output, Existing existing) {
    BundleManifest policy = plan.about();
    DecisionLog log =
        DecisionLog.open(spark, config, policy.observationSpace(), policy.actionSpace());
    if (policy.usesMask() && !log.hasMask()) {
      throw UserError.usage(
          "Cannot score "
              + config.source().name()
              + ": policy "
              + policy.name()
              + " was trained to respect masks, but ingest.action in "
              + config.file()
              + " names no mask. Say in which column the admissible actions stand.");
    }
    return PolicyScoring.run(
        spark,
        plan,
        new PolicyScoring.Log(name, log.rows(), log.reader()::read, log.provenance()),
        output,
        existing,
        progress);
  }

  /** Runs a trivial job and says where it ran. */
  public String inWords() {
    long four = spark.range(4).count();
    return "Spark "
        + spark.version()
        + " on "
        + spark.sparkContext().master()
        + ", "
        + four
        + " of 4 rows counted";
  }

  @Override
  public void close() {
    spark.stop();
  }
}
