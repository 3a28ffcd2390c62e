package dev.hindcast.dataset.columns;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.OutputFile;

/** One Parquet file of whole episodes. The same episodes in the same order give the same bytes. */
public final class TransitionFile {
  private TransitionFile() {}

  /** Writes all episodes in their order, replacing what stands at the path. */
  public static void write(TransitionColumns columns, String path) {
    write(
        columns,
        IntStream.range(0, columns.episodes()).toArray(),
        TransitionLayout.of(columns),
        path);
  }

  /**
   * Writes some episodes in the order given, replacing what stands at the path.
   *
   * @param layout the columns that the file gets, whether or not these episodes need them all
   */
  public static void write(
      TransitionColumns columns, int[] episodes, TransitionLayout layout, String path) {
    StableFooter.write(path, scratch -> writeDirectly(columns, episodes, layout, scratch));
  }

  private static void writeDirectly(
      TransitionColumns columns, int[] episodes, TransitionLayout layout, String path) {
    TransitionWriteSupport support = new TransitionWriteSupport(columns, layout);
    try (ParquetWriter<Integer> writer =
        new Writer(Storage.parquetOutput(path), support)
            .withConf(Storage.configuration())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withWriteMode(org.apache.parquet.hadoop.ParquetFileWriter.Mode.OVERWRITE)
            .build()) {
      for (int episode : episodes) {
        support.beginEpisode(episode);
        for (int row = columns.start(episode); row < columns.end(episode); row++) {
          writer.write(row);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + path + ".", e);
    }
  }

  /**
   * Reads all episodes of a file.
   *
   * @throws UserError (data) when the file is no whole Parquet file or lacks a column; (input
   *     missing) when it is not there
   */
  public static TransitionColumns read(String path, TransitionLayout layout) {
    TransitionColumns.Builder builder = layout.builder();
    append(path, layout, new double[0], builder);
    return builder.build();
  }

  /**
   * Adds all episodes of a file to a builder of the same layout.
   *
   * @param rewardWeights what to multiply the reward's components by, in their order; empty for the
   *     reward as it is stored
   * @throws UserError as {@link #read} does
   */
  public static void append(
      String path,
      TransitionLayout layout,
      double[] rewardWeights,
      TransitionColumns.Builder builder) {
    TransitionReadSupport support = new TransitionReadSupport(layout, rewardWeights, builder);
    ParquetTrouble.explained(
        path,
        () -> {
          try (ParquetReader<Boolean> reader =
              new Reader(Storage.parquetInput(path), support).build()) {
            Boolean more = reader.read();
            while (more != null) {
              more = reader.read();
            }
          }
          support.finish();
          return true;
        });
  }

  private static final class Writer extends ParquetWriter.Builder<Integer, Writer> {
    private final TransitionWriteSupport support;

    Writer(OutputFile file, TransitionWriteSupport support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Writer self() {
      return this;
    }

    @Override
    protected WriteSupport<Integer> getWriteSupport(Configuration configuration) {
      return support;
    }
  }

  private static final class Reader extends ParquetReader.Builder<Boolean> {
    private final TransitionReadSupport support;

    Reader(InputFile file, TransitionReadSupport support) {
      super(file);
      this.support = support;
    }

    @Override
    protected ReadSupport<Boolean> getReadSupport() {
      return support;
    }
  }
}
