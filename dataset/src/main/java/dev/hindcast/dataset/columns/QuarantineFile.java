package dev.hindcast.dataset.columns;

import dev.hindcast.dataset.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/** One Parquet file of rows that were set aside. The same rows in any order give the same bytes. */
public final class QuarantineFile {
  private static final MessageType SCHEMA =
      Types.buildMessage()
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("episode_id")
          .optional(PrimitiveTypeName.INT32)
          .named("step")
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("rule")
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("detail")
          .named("quarantined_row");

  private QuarantineFile() {}

  /**
   * A row that was set aside.
   *
   * @param episodeId its episode; empty when it names none
   * @param hasStep whether its step is known
   * @param step its step; 0 when not known
   * @param rule the rule it was set aside under
   * @param detail the offending value in words, never the whole row
   */
  public record Row(String episodeId, boolean hasStep, int step, String rule, String detail)
      implements Serializable, Comparable<Row> {
    private static final Comparator<Row> ORDER =
        Comparator.comparing(Row::episodeId)
            .thenComparing(Row::hasStep)
            .thenComparingInt(Row::step)
            .thenComparing(Row::rule)
            .thenComparing(Row::detail);

    /** A row whose step may be known. */
    public static Row of(String episodeId, OptionalInt step, String rule, String detail) {
      return new Row(episodeId, step.isPresent(), step.orElse(0), rule, detail);
    }

    /** The row in words: "episode 17 step 3 (propensity is 0.0)". */
    public String inWords() {
      return (episodeId.isEmpty() ? "a row without episode" : "episode " + episodeId)
          + (hasStep ? " step " + step : "")
          + (detail.isEmpty() ? "" : " (" + detail + ")");
    }

    @Override
    public int compareTo(Row other) {
      return ORDER.compare(this, other);
    }
  }

  /** Writes rows, sorted, replacing what stands at the path. */
  public static void write(List<Row> rows, String path) {
    StableFooter.write(path, scratch -> writeDirectly(rows, scratch));
  }

  private static void writeDirectly(List<Row> rows, String path) {
    try (ParquetWriter<Row> writer =
        new Writer(Storage.parquetOutput(path))
            .withConf(Storage.configuration())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .build()) {
      for (Row row : rows.stream().sorted().toList()) {
        writer.write(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + path + ".", e);
    }
  }

  private static final class Writer extends ParquetWriter.Builder<Row, Writer> {
    Writer(OutputFile file) {
      super(file);
    }

    @Override
    protected Writer self() {
      return this;
    }

    @Override
    protected WriteSupport<Row> getWriteSupport(Configuration configuration) {
      return new RowSupport();
    }
  }

  private static final class RowSupport extends WriteSupport<Row> {
    private RecordConsumer out;

    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(SCHEMA, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      out = consumer;
    }

    @Override
    public void write(Row row) {
      out.startMessage();
      text(0, row.episodeId());
      if (row.hasStep()) {
        out.startField("step", 1);
        out.addInteger(row.step());
        out.endField("step", 1);
      }
      text(2, row.rule());
      text(3, row.detail());
      out.endMessage();
    }

    private void text(int field, String value) {
      String name = SCHEMA.getFieldName(field);
      out.startField(name, field);
      out.addBinary(Binary.fromString(value));
      out.endField(name, field);
    }
  }
}
