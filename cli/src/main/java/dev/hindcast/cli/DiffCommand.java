package dev.hindcast.cli;

import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.serving.registry.DataWindow;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Version;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hindcast diff}: what differs between two versions of a policy. */
@Command(
    name = "diff",
    description =
        "Show two versions of a policy side by side: settings, data and code that differ, and figures of training.")
final class DiffCommand extends Verb {
  @Mixin private RegistryOptions options;

  @Parameters(
      index = "0",
      paramLabel = "VERSION",
      description = "A number, champion or challenger.")
  private String one;

  @Parameters(index = "1", paramLabel = "VERSION", description = "Another.")
  private String other;

  @Override
  public Integer call() {
    RegisteredPolicy policy = options.policy();
    List<Version> versions =
        Stream.of(one, other).map(wanted -> RegistryOptions.version(policy, wanted)).toList();
    RunComparison comparison =
        RunComparison.of(
            versions.stream()
                .map(
                    version ->
                        new RunComparison.Bundle(
                            version.bundle(),
                            BundleLoader.manifest(ArtefactFolder.local(version.bundle()))))
                .toList());
    String words =
        versions.get(0).fingerprint().equals(versions.get(1).fingerprint())
            ? line(versions.get(0)) + "\nThey are the same version."
            : line(versions.get(0))
                + "\n"
                + line(versions.get(1))
                + (descends(versions.get(1), versions.get(0))
                    ? "\nThe second was made from the first by further learning."
                    : "")
                + "\n\n"
                + comparison.inWords();
    terminal().result(options.shown(Map.of("versions", versions, "comparison", comparison), words));
    return ExitCode.DONE;
  }

  private static boolean descends(Version child, Version parent) {
    return child.parent().filter(parent.fingerprint()::equals).isPresent();
  }

  private static String line(Version version) {
    return version.inWords()
        + ", registered "
        + version.at()
        + " by "
        + version.by()
        + version.window().map(DataWindow::inWords).map(" of data from "::concat).orElse("");
  }
}
