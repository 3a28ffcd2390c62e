package dev.hindcast.cli;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.dataset.ArtefactFolder;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hindcast compare}: training runs side by side. */
@Command(
    name = "compare",
    description =
        "Show training runs side by side: what differs in settings, data and code, and the figures at the end of training over their seeds.")
final class CompareCommand extends Verb {
  @Parameters(
      arity = "1..*",
      paramLabel = "FOLDER",
      description = "Bundles, or local folders of bundles.")
  private List<String> folders = new ArrayList<>();

  @Option(names = "--json", description = "Print the comparison as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    RunComparison comparison =
        RunComparison.of(
            BundleFolders.expand(folders).stream()
                .distinct()
                .map(
                    folder ->
                        new RunComparison.Bundle(
                            folder, BundleLoader.manifest(ArtefactFolder.local(folder))))
                .toList());
    terminal().result(json ? CanonicalJson.line(comparison) : comparison.inWords());
    return ExitCode.DONE;
  }
}
