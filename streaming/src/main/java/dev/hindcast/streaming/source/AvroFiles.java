package dev.hindcast.streaming.source;

import dev.hindcast.core.config.UserError;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.Kind;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;

/**
 * Avro files, which say themselves with which schema they were written; columns that a file lacks
 * are empty in its rows. Where a file is damaged, what can be read of it behind the damage is.
 */
final class AvroFiles extends RowFiles {
  private static final long serialVersionUID = 1L;

  private final StreamPlan plan;
  private final TimedRows rows;
  private final String schema;

  /**
   * Files of events.
   *
   * @param schema that their records are read as, in JSON; empty for each file's own
   * @throws UserError (data) when a column holds something else by that schema
   */
  AvroFiles(StreamPlan plan, String schema) {
    this.plan = plan;
    this.rows = new TimedRows(plan);
    this.schema = schema;
    if (!schema.isEmpty()) {
      new AvroRows.Layout(new Schema.Parser().parse(schema), plan);
    }
  }

  /** What the columns of a file hold, by name. */
  static Map<String, Kind> columns(Path file) {
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(new Input(file), new GenericDatumReader<>())) {
      return AvroRows.columns(reader.getSchema());
    } catch (IOException | AvroRuntimeException e) {
      throw new UserError(
          UserError.Kind.DATA, "Cannot read " + file + " as Avro: " + AvroRows.inWords(e) + ".", e);
    }
  }

  @Override
  Records open(Path file) throws IOException {
    Input input = new Input(file);
    try {
      GenericDatumReader<GenericRecord> datums = new GenericDatumReader<>();
      if (!schema.isEmpty()) {
        datums.setExpected(new Schema.Parser().parse(schema));
      }
      DataFileReader<GenericRecord> reader = new DataFileReader<>(input, datums);
      Schema read = schema.isEmpty() ? reader.getSchema() : datums.getExpected();
      return new Datums(reader, input, new AvroRows.Layout(read, plan), file.toString());
    } catch (IOException | RuntimeException e) {
      input.close();
      throw new IOException("Cannot read " + file + ": " + AvroRows.inWords(e), e);
    }
  }

  private final class Datums implements Records {
    private final DataFileReader<GenericRecord> reader;
    private final Input input;
    private final AvroRows.Layout layout;
    private final String file;
    private long number = -1;

    Datums(DataFileReader<GenericRecord> reader, Input input, AvroRows.Layout layout, String file) {
      this.reader = reader;
      this.input = input;
      this.layout = layout;
      this.file = file;
    }

    @Override
    public Optional<Arrival> next() throws IOException {
      number++;
      try {
        return reader.hasNext()
            ? Optional.of(rows.at(layout.values(reader.next()), file, number))
            : Optional.empty();
      } catch (RuntimeException e) { // whatever other bytes than Avro's may lead to
        if (input.hasFailed()) { // the disk or the network, and not what the file holds
          throw new IOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
        reader.sync(reader.previousSync());
        return Optional.of(
            DeadLetter.of(
                TimedRows.UNREADABLE,
                "from here to the next block the file is damaged: " + AvroRows.inWords(e),
                file,
                number,
                DeadLetter.NO_TIME,
                "",
                0));
      }
    }

    @Override
    public boolean skip() throws IOException {
      return next().isPresent();
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  /** A file of Flink as Avro reads it. */
  private static final class Input implements SeekableInput {
    private final FSDataInputStream in;
    private final long length;
    private boolean hasFailed;

    Input(Path file) throws IOException {
      length = file.getFileSystem().getFileStatus(file).getLen();
      in = file.getFileSystem().open(file);
    }

    boolean hasFailed() {
      return hasFailed;
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public long tell() throws IOException {
      return in.getPos();
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      try {
        return in.read(bytes, offset, count);
      } catch (IOException e) {
        hasFailed = true;
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
