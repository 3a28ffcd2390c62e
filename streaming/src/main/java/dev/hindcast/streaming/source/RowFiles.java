package dev.hindcast.streaming.source;

import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.OwnType;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.ArrayResultIterator;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.core.fs.Path;

/**
 * Files whose records are read one after another. A file is read by one task, and after a failure
 * from its beginning, passing over what a checkpoint has already seen.
 */
abstract class RowFiles implements BulkFormat<Arrival, FileSourceSplit> {
  private static final long serialVersionUID = 1L;
  private static final int BATCH = 512;

  /** The records of one open file. */
  interface Records extends Closeable {
    /** The next one, or nothing at the end. */
    Optional<Arrival> next() throws IOException;

    /** Passes over a record. */
    boolean skip() throws IOException;
  }

  /** Opens a file at its beginning. */
  abstract Records open(Path file) throws IOException;

  @Override
  public final Reader<Arrival> createReader(Configuration config, FileSourceSplit split)
      throws IOException {
    return reader(split, 0);
  }

  @Override
  public final Reader<Arrival> restoreReader(Configuration config, FileSourceSplit split)
      throws IOException {
    return reader(
        split,
        split.getReaderPosition().map(CheckpointedPosition::getRecordsAfterOffset).orElse(0L));
  }

  @Override
  public final boolean isSplittable() {
    return false;
  }

  @Override
  public final TypeInformation<Arrival> getProducedType() {
    return OwnType.ARRIVAL;
  }

  private Reader<Arrival> reader(FileSourceSplit split, long seen) throws IOException {
    Records records = open(split.path());
    for (long i = 0; i < seen && records.skip(); i++) {}
    return new BatchReader(records, seen);
  }

  private static final class BatchReader implements Reader<Arrival> {
    private final Records records;
    private long read;

    BatchReader(Records records, long read) {
      this.records = records;
      this.read = read;
    }

    @Override
    public RecordIterator<Arrival> readBatch() throws IOException {
      Arrival[] batch = new Arrival[BATCH];
      int size = 0;
      while (size < BATCH) {
        Optional<Arrival> next = records.next();
        if (next.isEmpty()) {
          break;
        }
        batch[size++] = next.get();
      }
      if (size == 0) {
        return null; // the interface's word for the end
      }
      ArrayResultIterator<Arrival> iterator = new ArrayResultIterator<>();
      iterator.set(batch, size, CheckpointedPosition.NO_OFFSET, read);
      read += size;
      return iterator;
    }

    @Override
    public void close() throws IOException {
      records.close();
    }
  }
}
