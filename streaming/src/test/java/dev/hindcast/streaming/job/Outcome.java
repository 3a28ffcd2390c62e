package dev.hindcast.streaming.job;

import dev.hindcast.dataset.columns.ParquetTable;
import dev.hindcast.ingestion.mapping.LogSchema;
import dev.hindcast.streaming.plan.StreamConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** What a stream of the shop has made final, in an order of its own. */
final class Outcome {
  private Outcome() {}

  /** The rows of episodes. */
  static List<String> rows(StreamConfig config) {
    String folder = plain(config.output().rows());
    boolean isJoined = config.rewards().isPresent();
    List<String> columns = new ArrayList<>(List.of("visit", "step", "sold"));
    if (isJoined) {
      columns.add(LogSchema.REWARD_OBSERVED);
    }
    ParquetTable table = ParquetTable.read(folder, columns);
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < table.rows(); row++) {
      rows.add(
          table.texts("visit")[row]
              + "-"
              + table.wholes("step")[row]
              + " "
              + table.numbers("sold")[row]
              + (isJoined ? " " + table.flags(LogSchema.REWARD_OBSERVED)[row] : ""));
    }
    Collections.sort(rows);
    return rows;
  }

  /** The lines of dead letters. */
  static List<String> letters(StreamConfig config) throws IOException {
    List<String> lines = new ArrayList<>();
    Path folder = Path.of(plain(config.output().deadLetters()));
    if (!Files.exists(folder)) {
      return lines;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file :
          files.filter(path -> path.getFileName().toString().startsWith("part")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    Collections.sort(lines);
    return lines;
  }

  private static String plain(String path) {
    return path.replace("flaky:", "");
  }
}
