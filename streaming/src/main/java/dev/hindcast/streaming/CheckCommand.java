package dev.hindcast.streaming;

import dev.hindcast.streaming.job.StreamJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code hindcast stream check}: every mistake of a config at once, without reading events. */
@Command(
    name = "check",
    description = "Check the stream's part of a config against the columns of its events.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Mixin private StreamOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    StreamJob job = StreamJob.of(options.read());
    spec.commandLine()
        .getOut()
        .println("The stream keeps " + String.join(", ", job.plan().columns().names()) + ".");
    return 0;
  }
}
