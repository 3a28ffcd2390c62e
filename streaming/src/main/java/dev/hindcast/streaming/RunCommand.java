package dev.hindcast.streaming;

import dev.hindcast.streaming.job.StreamRun;
import dev.hindcast.streaming.plan.StreamConfig;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code hindcast stream run}: events are read until they end, or until somebody stops it. */
@Command(
    name = "run",
    description = {
      "Read events, join rewards, put episodes together, write them as a log that ingest reads.",
      "In this process, unless flink run started it. Started again it goes on from its last checkpoint."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Mixin private StreamOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    StreamConfig config = options.read();
    StringBuilder lines = new StringBuilder();
    Map<String, Long> counts = StreamRun.run(config, System.getProperty("hindcast.home") != null);
    counts.forEach(
        (name, count) -> lines.append(String.format(Locale.ROOT, "%-40s %,12d%n", name, count)));
    lines.append(counts.isEmpty() ? "Started. Rows go to " : "Rows written to ");
    lines.append(config.output().rows()).append(System.lineSeparator());
    if (config.estimate().isPresent()) {
      lines.append("Estimates: ").append(config.output().page()).append(System.lineSeparator());
    }
    spec.commandLine().getOut().print(lines);
    spec.commandLine().getOut().flush();
    return 0;
  }
}
