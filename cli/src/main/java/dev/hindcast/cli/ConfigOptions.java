package dev.hindcast.cli;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.ConfigNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** The options of every verb that reads a config. */
final class ConfigOptions {
  /** The top-level keys: each verb reads its own section and leaves the others to theirs. */
  private static final List<String> SECTIONS =
      List.of("ingest", "train", "evaluate", "stream", "serve");

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The pipeline's YAML file.")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Overrides one key, such as train.seeds=5; list items by number: train.algorithms.0.expectile=0.9.")
  private List<String> overrides = new ArrayList<>();

  /** Reads what one verb needs; fails once with every problem of its part of the file. */
  <T> T read(Function<ConfigNode, T> reader) {
    return read(ConfigDocument.read(config, overrides), reader);
  }

  /** The document itself, for verbs that read several sections. */
  ConfigDocument document() {
    return ConfigDocument.read(config, overrides);
  }

  static <T> T read(ConfigDocument document, Function<ConfigNode, T> reader) {
    T value = reader.apply(document.root());
    SECTIONS.forEach(
        section -> {
          ConfigNode node = document.root().at(section);
          if (!node.wasRead()) {
            node.leaveToOthers();
          }
        });
    document.finish();
    return value;
  }
}
