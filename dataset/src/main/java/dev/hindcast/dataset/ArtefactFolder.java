package dev.hindcast.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Optional;

/** Looking at artefacts wherever they lie. */
public final class ArtefactFolder {
  private ArtefactFolder() {}

  /**
   * The manifest of the artefact at a place as a tree, or empty when no finished artefact is there.
   */
  public static Optional<JsonNode> manifest(String uri) {
    return Pending.now();
  }

  /**
   * The artefact as a local folder: itself when it is local, otherwise a copy in a temporary folder
   * of this process.
   */
  public static Path local(String uri) {
    return Pending.now();
  }
}
