package dev.hindcast.core.artefact;

import java.io.Serializable;

/**
 * One file of an artefact, as its manifest lists it.
 *
 * @param path where it lies, relative to the artefact, with forward slashes
 * @param bytes its size
 * @param sha256 the fingerprint of its content
 */
public record ArtefactFile(String path, long bytes, Fingerprint sha256) implements Serializable {
  /** Refuses paths that would lead out of the artefact. */
  public ArtefactFile {
    if (path.isEmpty()
        || path.startsWith("/")
        || path.contains("..")
        || path.contains("\\")
        || path.contains(":")) {
      throw new IllegalArgumentException("'" + path + "' is not a path inside an artefact.");
    }
  }
}
