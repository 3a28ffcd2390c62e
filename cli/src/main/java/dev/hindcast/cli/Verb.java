package dev.hindcast.cli;

import dev.hindcast.cli.spark.SparkStages;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all verbs have: a terminal, help, and a Spark session where they need one. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    optionListHeading = "%nOptions:%n")
abstract class Verb implements Callable<Integer> {
  @Spec private CommandSpec spec;
  private Terminal terminal;

  /** Where words go. */
  final Terminal terminal() {
    if (terminal == null) {
      CommandLine line = spec.commandLine();
      terminal = new Terminal(line.getOut(), line.getErr(), Boolean.getBoolean("hindcast.live"));
    }
    return terminal;
  }

  /** The stages on a session under this verb's name; the caller closes it. */
  final SparkStages stages() {
    return SparkStages.start(spec.name(), terminal()::progress);
  }
}
