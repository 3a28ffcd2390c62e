package dev.hindcast.cli;

import dev.hindcast.core.config.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Bundle folders as given on the command line: each a bundle, or a local folder that holds bundles.
 */
final class BundleFolders {
  private BundleFolders() {}

  static List<String> expand(List<String> given) {
    List<String> folders = new ArrayList<>();
    for (String place : given) {
      Path path = place.contains("://") ? null : Path.of(place);
      if (path == null || Files.exists(path.resolve("manifest.json")) || !Files.isDirectory(path)) {
        folders.add(place);
        continue;
      }
      try (Stream<Path> inside = Files.list(path)) {
        List<String> found =
            inside
                .filter(folder -> Files.exists(folder.resolve("manifest.json")))
                .sorted()
                .map(Path::toString)
                .toList();
        if (found.isEmpty()) {
          throw UserError.missing(
              "Cannot use " + place + ": neither it nor a folder in it holds a finished bundle.");
        }
        folders.addAll(found);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot list " + place + ".", e);
      }
    }
    return folders;
  }
}
