package dev.hindcast.cli;

import dev.hindcast.cli.spark.SparkStages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hindcast import}: a log in another format becomes a plain Parquet log. */
@Command(
    name = "import",
    description =
        "Turn a log in another format into one plain Parquet file (see: hindcast list sources).")
final class ImportCommand extends Verb {
  @Option(
      names = "--format",
      required = true,
      paramLabel = "NAME",
      description = "The source's format.")
  private String format;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description = "The file or folder to read.")
  private String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The Parquet file to write.")
  private String output;

  @Override
  public Integer call() {
    try (SparkStages stages = stages()) {
      long rows = stages.importLog(format, input, output);
      terminal()
          .result(String.format(java.util.Locale.ROOT, "%,d rows written to %s", rows, output));
    }
    return ExitCode.DONE;
  }
}
