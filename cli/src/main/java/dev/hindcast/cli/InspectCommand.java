package dev.hindcast.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.ArtefactFolder;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hindcast inspect}: what an artefact is and what made it. */
@Command(
    name = "inspect",
    description = "Say what a dataset, bundle or report is, what is in it, and what made it.")
final class InspectCommand extends Verb {
  @Parameters(paramLabel = "PATH", description = "The artefact's folder.")
  private String path;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "How to print it (default: text).")
  private OutputFormat output = OutputFormat.TEXT;

  @Override
  public Integer call() {
    JsonNode manifest =
        ArtefactFolder.manifest(path)
            .orElseThrow(
                () ->
                    UserError.missing(
                        "Cannot inspect "
                            + path
                            + ": there is no manifest.json, so it is no artefact of Hindcast, or one that was"
                            + " never finished."));
    if (output == OutputFormat.JSON) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("path", path);
      result.put("kind", manifest.path("kind").asText());
      result.put("fingerprint", Fingerprint.ofJson(manifest));
      result.put("manifest", manifest);
      Inspection.drivers(path).ifPresent(drivers -> result.put("drivers", drivers));
      terminal().result(CanonicalJson.line(result));
    } else {
      terminal().result(Inspection.of(path, manifest));
    }
    return ExitCode.DONE;
  }
}
