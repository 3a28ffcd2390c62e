package dev.hindcast.cli;

import dev.hindcast.dataset.ArtefactWriter;
import picocli.CommandLine.Option;

/** The option of every verb that writes an artefact. */
final class Existing {
  @Option(
      names = "--replace",
      description =
          "Replace what an earlier run left at the output; without it, that is a conflict (exit code 6).")
  private boolean replace;

  ArtefactWriter.Existing choice() {
    return replace ? ArtefactWriter.Existing.REPLACE : ArtefactWriter.Existing.REFUSE;
  }
}
