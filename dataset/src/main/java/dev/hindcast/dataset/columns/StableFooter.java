package dev.hindcast.dataset.columns;

import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.function.Consumer;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * Parquet files whose bytes depend on their content alone. Parquet's writer lists each column's
 * encodings in the order of a hash set of enum constants, which changes from one process to the
 * next; here they are put in order before the file is published.
 */
public final class StableFooter {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private StableFooter() {}

  /** Lets a writer fill a local scratch file, settles its footer, and puts it at the target. */
  static void write(String target, Consumer<String> writer) {
    try {
      Path scratch = Files.createTempFile("hindcast", ".parquet");
      try {
        writer.accept(scratch.toString());
        settle(scratch);
        try (OutputStream out = Storage.create(target)) {
          Files.copy(scratch, out);
        }
      } finally {
        Files.deleteIfExists(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + target + ".", e);
    }
  }

  /** Copies a Parquet file that something else wrote, with its footer settled. */
  public static void copy(String source, String target) {
    write(
        target,
        scratch -> {
          try (InputStream in = Storage.open(source)) {
            Files.copy(in, Path.of(scratch), StandardCopyOption.REPLACE_EXISTING);
          } catch (IOException e) {
            throw new UncheckedIOException("Cannot copy " + source + ".", e);
          }
        });
  }

  /** The layout of the tail: footer, its length in four bytes, magic. */
  private static void settle(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long end = channel.size() - Integer.BYTES - MAGIC.length;
      int length = read(channel, end, Integer.BYTES).getInt();
      long start = end - length;
      if (start < MAGIC.length) {
        throw UserError.data("Cannot settle the footer of " + file + ": it is no Parquet file.");
      }
      FileMetaData footer =
          Util.readFileMetaData(new ByteArrayInputStream(read(channel, start, length).array()));
      for (RowGroup group : footer.getRow_groups()) {
        for (ColumnChunk column : group.getColumns()) {
          Collections.sort(column.getMeta_data().getEncodings());
        }
      }
      ByteArrayOutputStream settled = new ByteArrayOutputStream(length);
      Util.writeFileMetaData(footer, settled);
      ByteBuffer tail =
          ByteBuffer.allocate(settled.size() + Integer.BYTES + MAGIC.length)
              .order(ByteOrder.LITTLE_ENDIAN);
      tail.put(settled.toByteArray()).putInt(settled.size()).put(MAGIC).flip();
      channel.truncate(start).position(start);
      while (tail.hasRemaining()) {
        channel.write(tail);
      }
    }
  }

  private static ByteBuffer read(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("The file ends too early.");
      }
    }
    return buffer.flip();
  }
}
