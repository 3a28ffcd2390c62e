package dev.hindcast.cli;

import dev.hindcast.cli.spark.SparkStages;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.evaluation.plan.EvaluateConfig;
import dev.hindcast.ingestion.spark.IngestConfig;
import dev.hindcast.serving.http.ServeConfig;
import dev.hindcast.training.spark.TrainConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hindcast validate}: every mistake of a config at once, without running anything. */
@Command(
    name = "validate",
    description =
        "Check a whole config, and with --data also that the log has the columns it names. Runs nothing.")
final class ValidateCommand extends Verb {
  @Mixin private ConfigOptions options;

  @Option(
      names = "--data",
      description = "Also open the log and compare its columns with the mapping (reads no rows).")
  private boolean data;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "How to print the result (default: text).")
  private OutputFormat output = OutputFormat.TEXT;

  @Override
  public Integer call() {
    ConfigDocument document = options.document();
    ConfigNode root = document.root();
    List<String> sections = new ArrayList<>();
    Pipeline pipeline = Pipeline.from(root);
    IngestConfig ingest = null;
    if (root.at("ingest").isPresent()) {
      ingest = IngestConfig.from(root.section("ingest"), pipeline);
      sections.add("ingest");
    }
    if (root.at("train").isPresent()) {
      TrainConfig.from(root, Wiring.algorithms());
      sections.add("train");
    }
    if (root.at("evaluate").isPresent()) {
      EvaluateConfig.from(root);
      sections.add("evaluate");
    }
    if (root.at("serve").isPresent()) {
      ServeConfig.from(root);
      sections.add("serve");
    }
    root.at("stream").leaveToOthers(); // hindcast stream check reads it
    document.finish();
    if (data && ingest != null) {
      try (SparkStages stages = stages()) {
        stages.checkColumns(ingest);
      }
    }
    terminal()
        .result(
            output == OutputFormat.JSON
                ? CanonicalJson.line(Map.of("valid", true, "sections", sections))
                : document.file()
                    + " is valid: "
                    + (sections.isEmpty() ? "no sections yet" : String.join(", ", sections))
                    + ".");
    return ExitCode.DONE;
  }
}
