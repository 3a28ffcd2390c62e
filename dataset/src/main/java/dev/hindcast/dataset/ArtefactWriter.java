package dev.hindcast.dataset;

import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.Fingerprint;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes one artefact so that it is there whole or not at all: files first, the manifest last, by a
 * rename.
 *
 * <p>While it is unfinished the folder holds a marker file. A folder left behind by a killed run
 * (marker, no manifest) is cleared and written again; a folder with other people's files is
 * refused; a finished artefact is refused unless replacing was asked for.
 */
public final class ArtefactWriter implements AutoCloseable {
  private ArtefactWriter() {}

  /** What to do when a finished artefact stands at the place already. */
  public enum Existing {
    /** Refuse. */
    REFUSE,
    /** Delete it first. */
    REPLACE
  }

  /**
   * Claims the place.
   *
   * @throws dev.hindcast.core.config.UserError (conflict) when something else stands there
   */
  public static ArtefactWriter begin(String uri, Existing existing) {
    return Pending.now();
  }

  /** The place of a file inside the artefact, as a URI that engines can write to. */
  public String resolve(String relativePath) {
    return Pending.now();
  }

  /** Writes a small file. */
  public void write(String relativePath, byte[] content) {
    Pending.now();
  }

  /** Copies every file below a local folder into the artefact. */
  public void copyFrom(Path localFolder) {
    Pending.now();
  }

  /**
   * All files written so far with their sizes and hashes, sorted by path: what a manifest lists.
   */
  public List<ArtefactFile> files() {
    return Pending.now();
  }

  /**
   * Publishes: writes {@code manifest.json} with the value's canonical JSON by a rename, then
   * removes the marker.
   */
  public Fingerprint publish(Object manifest) {
    return Pending.now();
  }

  /** Without a publish before it: leaves nothing behind. */
  @Override
  public void close() {
    Pending.now();
  }
}
