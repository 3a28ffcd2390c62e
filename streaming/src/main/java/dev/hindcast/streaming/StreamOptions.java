package dev.hindcast.streaming;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.streaming.plan.StreamConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of every verb of streams. */
final class StreamOptions {
  /** The sections that streams leave to other verbs. */
  private static final List<String> OTHERS = List.of("train", "evaluate", "serve");

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The pipeline's YAML file.")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides one key, such as stream.parallelism=2.")
  private List<String> overrides = new ArrayList<>();

  /** The config; fails once with every problem of its part of the file. */
  StreamConfig read() {
    ConfigDocument document = ConfigDocument.read(config, overrides);
    StreamConfig read = StreamConfig.from(document.root());
    OTHERS.forEach(section -> document.root().at(section).leaveToOthers());
    document.finish();
    return read;
  }
}
