package dev.hindcast.cli;

import dev.hindcast.cli.spark.SparkStages;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.columns.ParquetTable;
import dev.hindcast.evaluation.plan.EvaluateConfig;
import dev.hindcast.ingestion.spark.IngestConfig;
import dev.hindcast.training.spark.TrainConfig;
import dev.hindcast.training.spark.TrainJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code hindcast quickstart}: the whole walk on bundled data, and the exact answers beside the
 * estimates.
 */
@Command(
    name = "quickstart",
    description = {
      "Log to report on the bundled ICU-Sepsis data: ingest, train, evaluate.",
      "The model of that world is known, so the report shows exact values beside the estimates."
    })
final class QuickstartCommand extends Verb {
  /** The policy of the example's config that wrote its log. */
  private static final String BEHAVIOR = "half-and-half";

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Where everything goes (default: ./quickstart).")
  private Path output = Path.of("quickstart");

  @Override
  public Integer call() {
    Path example = example();
    ConfigDocument document = ConfigDocument.read(example.resolve("pipeline.yaml"), List.of());
    Pipeline pipeline = Pipeline.from(document.root());
    IngestConfig ingest = IngestConfig.from(document.root().section("ingest"), pipeline);
    TrainConfig train = TrainConfig.from(document.root(), Wiring.algorithms());
    EvaluateConfig evaluate = EvaluateConfig.from(document.root());
    document.finish();
    BundleLoader loader = Wiring.bundles();
    String datasetFolder = output.resolve("dataset").toString();
    String bundleFolder = output.resolve("bundles").toString();
    String reportFolder = output.resolve("report").toString();
    long start = System.nanoTime();
    try (SparkStages stages = stages()) {
      terminal()
          .step(
              "1/4 Ingest: " + example.getFileName() + "/log_mixed_20k.parquet becomes a dataset");
      DatasetManifest manifest =
          stages.ingest(ingest, pipeline.name(), datasetFolder, Existing.REPLACE);
      terminal().step(Inspection.dataset(manifest));

      terminal().step("2/4 Train: policies and Q-functions on the training half");
      Dataset dataset = Dataset.open(datasetFolder);
      List<TrainJob.Trained> bundles =
          stages.train(train, dataset, bundleFolder, loader, Existing.REPLACE);
      terminal().step(Inspection.trained(bundles));

      terminal().step("3/4 Exact values: solving the known model for each policy");
      List<String> folders = bundles.stream().map(TrainJob.Trained::folder).toList();
      Map<String, Double> exact = exactValues(example, pipeline, manifest, folders, loader);

      terminal().step("4/4 Evaluate: what the held-out half says about them");
      EvaluationReport report =
          stages.evaluate(
              evaluate.withKnownValues(exact),
              dataset,
              folders,
              loader,
              reportFolder,
              Existing.REPLACE);
      terminal().result(Inspection.report(report));
    }
    terminal()
        .step(
            String.format(
                Locale.ROOT,
                "%nDone in %d s. Open the report: %s%nNext: your own log, see the README.",
                Duration.ofNanos(System.nanoTime() - start).toSeconds(),
                output.resolve("report").resolve("report.html").toAbsolutePath().normalize()));
    return ExitCode.DONE;
  }

  private static Path example() {
    String home = System.getProperty("hindcast.home");
    Path folder = Path.of(home == null ? "." : home).resolve("examples").resolve("icu-sepsis");
    if (!Files.isRegularFile(folder.resolve("pipeline.yaml"))) {
      throw UserError.missing(
          "Cannot run the quickstart: there is no "
              + folder
              + ". It needs a checkout of Hindcast; start it with ./hindcast there.");
    }
    return folder;
  }

  /** By policy name: solved from the published model, not estimated. */
  private static Map<String, Double> exactValues(
      Path example,
      Pipeline pipeline,
      DatasetManifest manifest,
      List<String> bundles,
      BundleLoader loader) {
    SepsisWorld world = SepsisWorld.read(example);
    Map<String, Double> exact = new TreeMap<>();
    for (PolicySpec spec : pipeline.policies()) {
      if (spec instanceof PolicySpec.Table table) {
        exact.put(table.name(), world.mdp().value(tabular(table), pipeline.discount()));
      }
    }
    TabularPolicy uniform = TabularPolicy.uniform(world.mdp());
    exact.put("uniform", world.mdp().value(uniform, pipeline.discount()));
    exact.put("logged", exact.get(BEHAVIOR));
    for (String folder : bundles) {
      Bundle bundle = loader.load(Path.of(folder));
      bundle
          .policy()
          .ifPresent(
              p ->
                  exact.put(
                      bundle.manifest().name(),
                      world.value(p, manifest.observationSpace(), pipeline.discount())));
    }
    return exact;
  }

  /**
   * A table by state, seen by the states' numbers: the log's dictionary lacks states that it never
   * visited.
   */
  private static TabularPolicy tabular(PolicySpec.Table spec) {
    String probability = spec.probability().orElseThrow();
    ParquetTable table = ParquetTable.read(spec.path(), List.of("state", "action", probability));
    int[] state = table.ints("state");
    int[] action = table.ints("action");
    double[] probabilities = table.numbers(probability);
    double[] dense = new double[table.rows()];
    for (int i = 0; i < table.rows(); i++) {
      dense[state[i] * SepsisWorld.ACTIONS + action[i]] = probabilities[i];
    }
    return SepsisWorld.table(dense);
  }
}
