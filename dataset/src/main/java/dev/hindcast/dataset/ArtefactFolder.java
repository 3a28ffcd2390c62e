package dev.hindcast.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Looking at artefacts wherever they lie. */
public final class ArtefactFolder {
  /** The file that makes a folder an artefact. */
  static final String MANIFEST = "manifest.json";

  private ArtefactFolder() {}

  /**
   * The manifest of the artefact at a place as a tree, or empty when no finished artefact is there.
   *
   * @throws UserError (data) when there is a manifest that is not JSON
   */
  public static Optional<JsonNode> manifest(String uri) {
    String path = Storage.below(uri, MANIFEST);
    if (!Storage.isFolder(uri) || !Storage.exists(path)) {
      return Optional.empty();
    }
    try {
      return Optional.of(CanonicalJson.tree(Storage.read(path)));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          UserError.Kind.DATA,
          "Cannot read " + path + ": it is no JSON (" + e.getMessage() + ").",
          e);
    }
  }

  /**
   * The artefact as a local folder: itself when it is local, otherwise a copy in a temporary folder
   * that goes when this process ends.
   */
  public static Path local(String uri) {
    return Storage.local(uri).orElseGet(() -> copy(uri));
  }

  private static Path copy(String uri) {
    try {
      Path folder = Files.createTempDirectory("hindcast-artefact");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      for (Storage.Entry entry : Storage.filesBelow(uri)) {
        Path target = folder.resolve(entry.path());
        Files.createDirectories(target.getParent());
        try (var stream = Storage.open(Storage.below(uri, entry.path()))) {
          Files.copy(stream, target);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy " + uri + " to this machine.", e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete the temporary folder " + folder + ".", e);
    }
  }
}
