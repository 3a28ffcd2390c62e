package dev.hindcast.cli;

import dev.hindcast.cli.spark.SparkStages;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.evaluation.plan.EvaluateConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hindcast evaluate}: a dataset and bundles become a report. */
@Command(
    name = "evaluate",
    description =
        "Estimate from the held-out split what each policy would have earned, and judge the evidence.")
final class EvaluateCommand extends Verb {
  @Mixin private ConfigOptions options;
  @Mixin private Existing existing;

  @Option(names = "--dataset", required = true, paramLabel = "DIR", description = "The dataset.")
  private String dataset;

  @Option(
      names = "--bundle",
      arity = "1..*",
      paramLabel = "DIR",
      description =
          "Bundles to judge (policies) or to use (Q-functions); a folder of bundles counts as all of them.")
  private List<String> bundles = new ArrayList<>();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where report.json, report.html and report.md go.")
  private String output;

  @Option(
      names = "--gate",
      paramLabel = "POLICY",
      description = "End with exit code 4 unless this policy's verdict is promote.")
  private Optional<String> gate = Optional.empty();

  @Option(names = "--json", description = "Print the whole report as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    EvaluateConfig config = options.read(EvaluateConfig::from);
    Dataset opened = Dataset.open(dataset);
    List<String> folders = BundleFolders.expand(bundles);
    gate.ifPresent(name -> requirePolicy(name, config, folders));
    try (SparkStages stages = stages()) {
      EvaluationReport report =
          stages.evaluate(config, opened, folders, Wiring.bundles(), output, existing.choice());
      terminal()
          .result(
              json
                  ? CanonicalJson.line(report)
                  : Inspection.report(report) + "\nReport written to " + output + "/report.html");
      return gate.map(name -> decide(name, report)).orElse(ExitCode.DONE);
    }
  }

  /** Before the work, not after it: the gate must be on a policy that the report will have. */
  private static void requirePolicy(String name, EvaluateConfig config, List<String> folders) {
    List<String> names = new ArrayList<>(config.policies().stream().map(PolicySpec::name).toList());
    folders.forEach(
        folder -> names.add(BundleLoader.manifest(ArtefactFolder.local(folder)).name()));
    if (!names.contains(name)) {
      throw UserError.usage(
          "Cannot gate on policy "
              + name
              + ": the report will have no such policy."
              + DidYouMean.hint(name, names));
    }
  }

  private int decide(String name, EvaluationReport report) {
    Decision decision =
        report
            .policy(name)
            .map(policy -> policy.verdict().decision())
            .orElse(Decision.NOT_EVALUABLE);
    if (decision == Decision.PROMOTE) {
      return ExitCode.DONE;
    }
    terminal().step("The gate says no: " + name + " is " + decision.key() + ".");
    return ExitCode.GATE;
  }
}
