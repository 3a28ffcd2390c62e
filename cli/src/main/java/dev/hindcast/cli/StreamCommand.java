package dev.hindcast.cli;

import dev.hindcast.core.config.UserError;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code hindcast stream}: the launcher starts it by itself, on a class path with Flink in place of
 * Spark. Here it only stands in the list of verbs.
 */
@Command(
    name = "stream",
    description = "Turn live events into episodes as they end, on Flink: run, check.")
final class StreamCommand extends Verb {
  @Parameters(paramLabel = "VERB", description = "run or check, with their options.")
  private List<String> rest = new ArrayList<>();

  @Override
  public Integer call() {
    throw UserError.usage(
        "Cannot start a stream on Spark's class path. Use the launcher (./hindcast stream "
            + String.join(" ", rest)
            + " ...), or give streaming/target/hindcast-flink.jar to flink run.");
  }
}
