package dev.hindcast.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Writes one artefact so that it is there whole or not at all: files first, the manifest last, by a
 * rename.
 *
 * <p>While it is unfinished the folder holds a marker file. A folder left behind by a killed run
 * (marker, no manifest) is cleared and written again; a folder with other people's files is
 * refused; a finished artefact is refused unless replacing was asked for. One that is replaced
 * waits beside the place, under its name with {@code .replaced}, until the new one is published; if
 * that fails it moves back. Files whose names begin with a dot are scratch and never part of an
 * artefact.
 */
public final class ArtefactWriter implements AutoCloseable {
  private static final String MARKER = "_hindcast_incomplete";
  private static final String SCRATCH_MANIFEST = ".manifest.json";

  private final String uri;
  private final boolean createdFolder;
  private final byte[] token =
      UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8); // says whose marker it is
  private boolean published;

  private ArtefactWriter(String uri, boolean createdFolder) {
    this.uri = uri;
    this.createdFolder = createdFolder;
  }

  /** What to do when a finished artefact stands at the place already. */
  public enum Existing {
    /** Refuse. */
    REFUSE,
    /** Replace it, once the new one is finished. */
    REPLACE
  }

  /**
   * Claims the place.
   *
   * @throws UserError (conflict) when something else stands there
   */
  public static ArtefactWriter begin(String uri, Existing existing) {
    String place = Storage.absolute(uri);
    boolean creates = !Storage.exists(place);
    if (!creates) {
      clear(place, existing);
    }
    Storage.createFolder(place);
    ArtefactWriter writer = new ArtefactWriter(place, creates);
    Storage.write(writer.resolve(MARKER), writer.token);
    return writer;
  }

  /** The place of a file inside the artefact, as a URI that engines can write to. */
  public String resolve(String relativePath) {
    return Storage.below(uri, relativePath);
  }

  /** Writes a small file. */
  public void write(String relativePath, byte[] content) {
    Storage.write(resolve(relativePath), content);
  }

  /** Copies every file below a local folder into the artefact. */
  public void copyFrom(Path localFolder) {
    try (Stream<Path> paths = Files.walk(localFolder)) {
      for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
        String relative = localFolder.relativize(path).toString().replace('\\', '/');
        try (var out = Storage.create(resolve(relative))) {
          Files.copy(path, out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy " + localFolder + " to " + uri + ".", e);
    }
  }

  /**
   * All files written so far with their sizes and hashes, sorted by path: what a manifest lists.
   * Scratch files and what engines leave beside their output are deleted.
   */
  public List<ArtefactFile> files() {
    List<ArtefactFile> files = new ArrayList<>();
    for (Storage.Entry entry : Storage.filesBelow(uri)) {
      if (entry.name().startsWith(".") || entry.name().equals("_SUCCESS")) {
        Storage.delete(resolve(entry.path()));
      } else if (!isOwn(entry.path())) {
        files.add(
            new ArtefactFile(
                entry.path(), entry.bytes(), Storage.fingerprint(resolve(entry.path()))));
      }
    }
    return files;
  }

  /**
   * Publishes: writes {@code manifest.json} with the value's canonical JSON by a rename, then
   * removes the marker.
   *
   * @return the fingerprint of the manifest
   * @throws UserError (conflict) when another run has claimed the place since
   */
  public Fingerprint publish(Object manifest) {
    if (!isMine()) {
      throw UserError.conflict(
          "Cannot finish "
              + uri
              + ": another run has taken the folder over. Give each run its own --output.");
    }
    byte[] json = CanonicalJson.bytes(manifest);
    Storage.write(resolve(SCRATCH_MANIFEST), json);
    Storage.rename(resolve(SCRATCH_MANIFEST), resolve(ArtefactFolder.MANIFEST));
    published = true;
    Storage.delete(resolve(MARKER));
    Storage.delete(replaced(uri));
    return Fingerprint.of(json);
  }

  /** Without a publish before it: leaves what stood there before, or nothing. */
  @Override
  public void close() {
    if (published || !isMine()) {
      return;
    }
    if (Storage.exists(replaced(uri))) {
      Storage.delete(uri);
      Storage.rename(replaced(uri), uri);
    } else if (createdFolder) {
      Storage.delete(uri);
    } else {
      empty(uri);
    }
  }

  private static String replaced(String uri) {
    return uri + ".replaced";
  }

  private boolean isMine() {
    String marker = resolve(MARKER);
    return Storage.exists(marker) && java.util.Arrays.equals(Storage.read(marker), token);
  }

  private static boolean isOwn(String path) {
    return path.equals(MARKER) || path.equals(ArtefactFolder.MANIFEST);
  }

  private static void clear(String uri, Existing existing) {
    if (!Storage.isFolder(uri)) {
      throw UserError.conflict("Cannot write to " + uri + ": a file stands there, not a folder.");
    }
    List<String> names = Storage.names(uri);
    if (names.isEmpty()) {
      return;
    }
    if (names.contains(ArtefactFolder.MANIFEST)) {
      clearFinished(uri, existing);
    } else if (names.contains(MARKER)) {
      empty(uri);
    } else {
      throw UserError.conflict(
          "Cannot write to "
              + uri
              + ": the folder holds other files ("
              + String.join(", ", names.stream().limit(3).toList())
              + (names.size() > 3 ? ", ..." : "")
              + "). Name a new or empty folder.");
    }
  }

  private static void clearFinished(String uri, Existing existing) {
    JsonNode manifest = ArtefactFolder.manifest(uri).orElseThrow();
    if (!manifest.has("spec_version")) {
      throw UserError.conflict(
          "Cannot write to "
              + uri
              + ": it holds a manifest.json that is not Hindcast's. Name a new or empty folder.");
    }
    if (existing == Existing.REFUSE) {
      throw UserError.conflict(
          "Cannot write to "
              + uri
              + ": a finished "
              + manifest.path("kind").asText("artefact").replace('_', '-')
              + " stands there. Name another folder, or replace it (--replace).");
    }
    firstForeign(uri, manifest)
        .ifPresent(
            path -> {
              throw UserError.conflict(
                  "Cannot replace "
                      + uri
                      + ": it also holds "
                      + path
                      + ", which is not part of the artefact. Move it away, or name another folder.");
            });
    Storage.delete(replaced(uri));
    Storage.rename(uri, replaced(uri));
  }

  private static Optional<String> firstForeign(String uri, JsonNode manifest) {
    if (!manifest.has("files")) {
      return Optional.empty();
    }
    Set<String> listed = new HashSet<>();
    manifest.path("files").forEach(file -> listed.add(file.path("path").asText()));
    return Storage.filesBelow(uri).stream()
        .filter(entry -> !entry.name().startsWith(".") && !isOwn(entry.path()))
        .map(Storage.Entry::path)
        .filter(path -> !listed.contains(path))
        .findFirst();
  }

  private static void empty(String uri) {
    List<String> names = new ArrayList<>(Storage.names(uri));
    names.remove(MARKER); // last, so that a kill in between leaves a folder that says what it is
    names.forEach(name -> Storage.delete(Storage.below(uri, name)));
    Storage.delete(Storage.below(uri, MARKER));
  }
}
