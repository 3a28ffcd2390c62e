package dev.hindcast.benchmarks.spark;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.evaluation.Evaluation;
import dev.hindcast.evaluation.plan.EvaluateConfig;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import dev.hindcast.evaluation.spark.EvaluateJob;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/**
 * Our side of {@code bandit_speed.py} and {@code sequence_speed.py}: a dataset, and a folder with
 * {@code target.json} and {@code q.json}, tables (categories, actions) of a policy and a
 * Q-function. The whole evaluation job on two cores, from files to report; prints a line {@code
 * after SECONDS STAGE} when a stage begins, {@code seconds SECONDS}, {@code processor SECONDS} and
 * a line {@code ESTIMATOR VALUE LOWER UPPER} for each estimate. Logs that fit into memory are then
 * evaluated there as well, on one thread, for a line {@code alone SECONDS} of processor time each
 * time.
 */
public final class EvaluationSpeedMain {
  private static final String YAML =
      """
      name: speed
      discount: %s
      evaluate:
        split: all
        policies: [logged]
        estimators: [%s]
        replicates: 1000
      """;

  private static final long MOST_IN_MEMORY = 10_000_000;
  private static final int ROUNDS = 3;

  private EvaluationSpeedMain() {}

  /**
   * Four arguments: the dataset, the folder of tables, where the report goes as well, the discount,
   * and names of estimators with commas between them.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 4) {
      throw UserError.usage(
          "Cannot measure: name a dataset, a folder of tables, a discount and estimators.");
    }
    Dataset dataset = Dataset.open(arguments[0]);
    Path folder = Path.of(arguments[1]);
    double discount = Double.parseDouble(arguments[2]);
    String policy = bundle(dataset, folder, "target", BundleManifest.POLICY, discount);
    String q = bundle(dataset, folder, "q", BundleManifest.Q_FUNCTION, discount);
    ConfigDocument document =
        ConfigDocument.parse(
            "speed.yaml", folder, YAML.formatted(arguments[2], arguments[3]), List.of());
    EvaluateConfig config = EvaluateConfig.from(document.root());
    document.finish();
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.maxResultSize", "0")
            .getOrCreate();
    long began = System.nanoTime();
    EvaluationReport report =
        EvaluateJob.run(
            spark,
            config,
            dataset,
            List.of(policy, q),
            new BundleLoader(List.of(new TableBundles())),
            folder.resolve("report").toString(),
            Existing.REPLACE,
            stage -> System.out.printf(Locale.ROOT, "after %.3f %s%n", since(began), stage));
    System.out.printf(Locale.ROOT, "seconds %.3f%n", since(began));
    System.out.printf(Locale.ROOT, "processor %.3f%n", processor());
    spark.stop();
    for (Estimate estimate : report.policy("target").orElseThrow().estimates()) {
      System.out.printf(
          Locale.ROOT,
          "%s %.12g %.6g %.6g%n",
          estimate.estimator(),
          estimate.value().orElseThrow(),
          estimate.lower().orElseThrow(),
          estimate.upper().orElseThrow());
    }
    EvaluationPlan plan =
        EvaluationPlan.of(
            config,
            dataset.manifest(),
            List.of(policy, q),
            new BundleLoader(List.of(new TableBundles())));
    evaluateInMemory(plan, dataset);
  }

  private static void evaluateInMemory(EvaluationPlan plan, Dataset dataset) {
    long steps = 0;
    for (Split.Part part : Split.Part.values()) {
      steps += dataset.manifest().part(part).transitions();
    }
    if (steps > MOST_IN_MEMORY) {
      return;
    }
    List<TransitionColumns> files = new ArrayList<>();
    for (Split.Part part : Split.Part.values()) {
      dataset.files(part).forEach(file -> files.add(dataset.read(file)));
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (int round = 0; round < ROUNDS; round++) {
      long before = threads.getCurrentThreadCpuTime();
      Evaluation.of(plan, files, List.of());
      double seconds = (threads.getCurrentThreadCpuTime() - before) / 1e9;
      System.out.printf(Locale.ROOT, "alone %.3f%n", seconds);
    }
  }

  /** Seconds of processor time that this process has taken so far. */
  private static double processor() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }

  private static double since(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private static String bundle(
      Dataset dataset, Path folder, String name, String kind, double discount) throws IOException {
    byte[] table =
        Files.readString(folder.resolve(name + ".json")).getBytes(StandardCharsets.UTF_8);
    Path bundle = folder.resolve(name);
    TableBundles.write(bundle, kind, dataset.manifest(), dataset.fingerprint(), discount, table);
    return bundle.toString();
  }
}
