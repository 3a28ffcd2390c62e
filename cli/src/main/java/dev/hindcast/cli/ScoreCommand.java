package dev.hindcast.cli;

import dev.hindcast.cli.spark.SparkStages;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.evaluation.scoring.Acting;
import dev.hindcast.evaluation.scoring.DecisionsManifest;
import dev.hindcast.evaluation.scoring.ScoringPlan;
import dev.hindcast.ingestion.spark.IngestConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hindcast score}: a policy decides in every row of a log. */
@Command(
    name = "score",
    description =
        "Let a policy choose an action in every row of a log, with the probability it was chosen with.")
final class ScoreCommand extends Verb {
  @Mixin private ConfigOptions options;
  @Mixin private Existing existing;

  @Option(
      names = "--bundle",
      required = true,
      arity = "1..*",
      paramLabel = "DIR",
      description =
          "The policy's bundle, and Q-functions of it; a folder of bundles counts as all of them.")
  private List<String> bundles = new ArrayList<>();

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "Which policy decides, where the bundles hold several.")
  private Optional<String> policy = Optional.empty();

  @Option(
      names = "--mode",
      paramLabel = "sample|greedy",
      description =
          "Draw actions (sample, the default), or take the most probable one for certain (greedy).")
  private Acting mode = Acting.SAMPLE;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      description = "Of what is drawn, together with each decision's id (default: 0).")
  private long seed;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where the decisions go.")
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
    ScoringPlan plan =
        ScoringPlan.of(BundleFolders.expand(bundles), policy, Wiring.bundles(), mode, seed);
    try (SparkStages stages = stages()) {
      DecisionsManifest manifest =
          stages.score(
              settings.ingest(), settings.pipeline().name(), plan, output, existing.choice());
      terminal()
          .result(
              json
                  ? CanonicalJson.line(
                      Map.of(
                          "output", output, "rows", manifest.rows(), "scored", manifest.scored()))
                  : Inspection.decisions(manifest)
                      + "\nDecisions written to "
                      + output
                      + "/decisions");
    }
    return ExitCode.DONE;
  }
}
