package dev.hindcast.cli;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.ingestion.spark.source.Sources;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hindcast list}: what the catalogues hold. */
@Command(
    name = "list",
    description = "List the algorithms, estimators or sources that configs can name.")
final class ListCommand extends Verb {
  enum Catalogue {
    ALGORITHMS,
    ESTIMATORS,
    SOURCES
  }

  @Parameters(paramLabel = "algorithms|estimators|sources", description = "Which catalogue.")
  private Catalogue catalogue;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "How to print it (default: text).")
  private OutputFormat output = OutputFormat.TEXT;

  @Override
  public Integer call() {
    Map<String, String> entries = new LinkedHashMap<>();
    switch (catalogue) {
      case ALGORITHMS ->
          Wiring.algorithms()
              .all()
              .forEach(entry -> entries.put(entry.name(), entry.description()));
      case ESTIMATORS ->
          Estimators.all()
              .forEach(entry -> entries.put(entry.name(), entry.label() + ": " + entry.summary()));
      case SOURCES ->
          Sources.all().forEach(entry -> entries.put(entry.name(), entry.description()));
    }
    if (output == OutputFormat.JSON) {
      terminal().result(CanonicalJson.line(entries));
      return ExitCode.DONE;
    }
    int width = entries.keySet().stream().mapToInt(String::length).max().orElse(0);
    StringBuilder text = new StringBuilder();
    entries.forEach(
        (name, description) ->
            text.append(String.format(Locale.ROOT, "%-" + width + "s  %s%n", name, description)));
    terminal().result(text.toString());
    return ExitCode.DONE;
  }
}
