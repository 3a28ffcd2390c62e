package dev.hindcast.cli;

import dev.hindcast.cli.spark.SparkStages;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.ingestion.spark.IngestConfig;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hindcast ingest}: a raw log becomes a dataset. */
@Command(
    name = "ingest",
    description = "Turn a raw log into a dataset: map, order, check, set bad rows aside.")
final class IngestCommand extends Verb {
  @Mixin private ConfigOptions options;
  @Mixin private Existing existing;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where the dataset goes.")
  private String output;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  private record Settings(Pipeline pipeline, IngestConfig ingest) {}

  @Override
  public Integer call() {
    Settings settings =
        options.read(
            root -> {
              Pipeline pipeline = Pipeline.from(root);
              return new Settings(pipeline, IngestConfig.from(root.section("ingest"), pipeline));
            });
    try (SparkStages stages = stages()) {
      DatasetManifest manifest =
          stages.ingest(settings.ingest(), settings.pipeline().name(), output, existing.choice());
      terminal()
          .result(
              json
                  ? CanonicalJson.line(
                      Map.of(
                          "output",
                          output,
                          "fingerprint",
                          manifest.fingerprint(),
                          "rows",
                          manifest.rows()))
                  : Inspection.dataset(manifest) + "\nDataset written to " + output);
    }
    return ExitCode.DONE;
  }
}
