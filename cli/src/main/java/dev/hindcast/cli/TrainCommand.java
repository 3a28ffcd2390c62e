package dev.hindcast.cli;

import dev.hindcast.cli.spark.SparkStages;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.training.spark.TrainConfig;
import dev.hindcast.training.spark.TrainJob;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hindcast train}: a dataset becomes bundles, one for each algorithm and seed. */
@Command(
    name = "train",
    description =
        "Train policies and Q-functions on a dataset's training split, one Spark task each.")
final class TrainCommand extends Verb {
  @Mixin private ConfigOptions options;
  @Mixin private Existing existing;

  @Option(names = "--dataset", required = true, paramLabel = "DIR", description = "The dataset.")
  private String dataset;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where the bundles go, a folder each.")
  private String output;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    TrainConfig config = options.read(root -> TrainConfig.from(root, Wiring.algorithms()));
    Dataset opened = Dataset.open(dataset);
    try (SparkStages stages = stages()) {
      List<TrainJob.Trained> bundles =
          stages.train(config, opened, output, Wiring.bundles(), existing.choice());
      terminal()
          .result(
              json
                  ? CanonicalJson.line(
                      bundles.stream()
                          .map(
                              b ->
                                  Map.of(
                                      "output",
                                      b.folder(),
                                      "name",
                                      b.manifest().name(),
                                      "fingerprint",
                                      b.manifest().fingerprint()))
                          .toList())
                  : Inspection.trained(bundles));
    }
    if (!json && config.plans().stream().anyMatch(TrainConfig.Plan::isSwept)) {
      terminal()
          .step(
              "Rank the points of the sweep on the held-out split: hindcast evaluate --config ... --dataset "
                  + dataset
                  + " --bundle "
                  + output
                  + " --output REPORT");
    }
    return ExitCode.DONE;
  }
}
