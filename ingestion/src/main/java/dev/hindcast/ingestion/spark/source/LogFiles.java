package dev.hindcast.ingestion.spark.source;

import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.storage.Storage;
import java.util.List;

/** The files that a path stands for. */
final class LogFiles {
  private LogFiles() {}

  /** Hidden files, and those that engines leave beside their output, are not part of a log. */
  static List<String> of(String path) {
    List<String> files =
        Storage.matching(path).stream()
            .flatMap(
                found ->
                    Storage.isFolder(found)
                        ? Storage.filesBelow(found).stream()
                            .filter(entry -> isPartOfLog(entry.path()))
                            .map(entry -> Storage.below(found, entry.path()))
                        : java.util.stream.Stream.of(found))
            .toList();
    if (files.isEmpty()) {
      throw UserError.missing(
          "Cannot read "
              + path
              + ": "
              + (path.contains("*") ? "no file matches it." : "there is no file there."));
    }
    return files;
  }

  private static boolean isPartOfLog(String path) {
    for (String part : path.split("/", -1)) {
      if (part.startsWith("_") || part.startsWith(".")) {
        return false;
      }
    }
    return true;
  }
}
