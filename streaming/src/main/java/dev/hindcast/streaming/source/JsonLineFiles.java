package dev.hindcast.streaming.source;

import dev.hindcast.streaming.row.Arrival;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.flink.core.fs.Path;

/** Files with one JSON object on each line; empty lines are passed over. */
final class JsonLineFiles extends RowFiles {
  private static final long serialVersionUID = 1L;

  private final JsonRows rows;

  JsonLineFiles(JsonRows rows) {
    this.rows = rows;
  }

  @Override
  Records open(Path file) throws IOException {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(file.getFileSystem().open(file), StandardCharsets.UTF_8));
    return new Lines(reader, file.toString());
  }

  private final class Lines implements Records {
    private final BufferedReader reader;
    private final String file;
    private long number;

    Lines(BufferedReader reader, String file) {
      this.reader = reader;
      this.file = file;
    }

    @Override
    public Optional<Arrival> next() throws IOException {
      String line = line();
      return line == null
          ? Optional.empty()
          : Optional.of(rows.read(line.getBytes(StandardCharsets.UTF_8), file, number));
    }

    @Override
    public boolean skip() throws IOException {
      return line() != null;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }

    private String line() throws IOException {
      String line;
      do {
        line = reader.readLine();
        number++;
      } while (line != null && line.isBlank());
      return line;
    }
  }
}
