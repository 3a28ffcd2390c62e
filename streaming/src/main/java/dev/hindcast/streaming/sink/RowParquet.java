package dev.hindcast.streaming.sink;

import dev.hindcast.ingestion.mapping.LogSchema;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.Kind;
import dev.hindcast.streaming.row.RowColumns;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.formats.parquet.ParquetWriterFactory;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/**
 * Writes the rows of episodes to Parquet, one episode after another, in the columns of the log;
 * where only a share of the episodes is kept, with how large it was.
 */
final class RowParquet implements BulkWriter.Factory<EpisodeRows> {
  private static final long serialVersionUID = 1L;

  private final ParquetWriterFactory<EventRow> rows;

  RowParquet(RowColumns columns, boolean isSampled) {
    rows = new ParquetWriterFactory<>(file -> writer(file, columns, isSampled));
  }

  @Override
  public BulkWriter<EpisodeRows> create(FSDataOutputStream out) throws IOException {
    BulkWriter<EventRow> writer = rows.create(out);
    return new BulkWriter<>() {
      @Override
      public void addElement(EpisodeRows episode) throws IOException {
        for (EventRow row : episode.rows()) {
          writer.addElement(row);
        }
      }

      @Override
      public void flush() throws IOException {
        writer.flush();
      }

      @Override
      public void finish() throws IOException {
        writer.finish();
      }
    };
  }

  private static ParquetWriter<EventRow> writer(
      OutputFile file, RowColumns columns, boolean isSampled) throws IOException {
    return new Builder(file, columns, isSampled)
        .withConf(new Configuration(false))
        .withCompressionCodec(CompressionCodecName.ZSTD)
        .build();
  }

  private static MessageType schema(RowColumns columns, boolean isSampled) {
    Types.MessageTypeBuilder message = Types.buildMessage();
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.names().get(i);
      Kind kind = columns.kinds().get(i);
      PrimitiveTypeName type = type(kind.element());
      if (kind.type().isList()) {
        message.optionalList().element(type, Repetition.OPTIONAL).named(name);
      } else if (kind == Kind.TEXT) {
        message.optional(type).as(LogicalTypeAnnotation.stringType()).named(name);
      } else if (kind == Kind.TIME) {
        message
            .optional(type)
            .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS))
            .named(name);
      } else {
        message.optional(type).named(name);
      }
    }
    if (isSampled) {
      message.optional(PrimitiveTypeName.DOUBLE).named(LogSchema.SAMPLING_PROBABILITY);
    }
    return message.named("row");
  }

  private static PrimitiveTypeName type(Kind kind) {
    return switch (kind) {
      case NUMBER -> PrimitiveTypeName.DOUBLE;
      case SINGLE -> PrimitiveTypeName.FLOAT;
      case FLAG -> PrimitiveTypeName.BOOLEAN;
      case TEXT -> PrimitiveTypeName.BINARY;
      default -> PrimitiveTypeName.INT64;
    };
  }

  private static final class Builder extends ParquetWriter.Builder<EventRow, Builder> {
    private final RowColumns columns;
    private final boolean isSampled;

    Builder(OutputFile file, RowColumns columns, boolean isSampled) {
      super(file);
      this.columns = columns;
      this.isSampled = isSampled;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<EventRow> getWriteSupport(Configuration configuration) {
      return new RowSupport(columns, isSampled);
    }
  }

  private static final class RowSupport extends WriteSupport<EventRow> {
    private final RowColumns columns;
    private final boolean isSampled;
    private RecordConsumer out;

    RowSupport(RowColumns columns, boolean isSampled) {
      this.columns = columns;
      this.isSampled = isSampled;
    }

    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(schema(columns, isSampled), Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      out = consumer;
    }

    @Override
    public void write(EventRow row) {
      out.startMessage();
      for (int i = 0; i < columns.size(); i++) {
        Object value = row.value(i);
        if (value != null) {
          out.startField(columns.names().get(i), i);
          if (value instanceof List<?> list) {
            list(list);
          } else {
            one(value);
          }
          out.endField(columns.names().get(i), i);
        }
      }
      if (isSampled) {
        out.startField(LogSchema.SAMPLING_PROBABILITY, columns.size());
        out.addDouble(row.samplingProbability());
        out.endField(LogSchema.SAMPLING_PROBABILITY, columns.size());
      }
      out.endMessage();
    }

    private void list(List<?> list) {
      out.startGroup();
      if (!list.isEmpty()) {
        out.startField("list", 0);
        for (Object element : list) {
          out.startGroup();
          if (element != null) {
            out.startField("element", 0);
            one(element);
            out.endField("element", 0);
          }
          out.endGroup();
        }
        out.endField("list", 0);
      }
      out.endGroup();
    }

    private void one(Object value) {
      if (value instanceof Long whole) {
        out.addLong(whole);
      } else if (value instanceof Double number) {
        out.addDouble(number);
      } else if (value instanceof Float number) {
        out.addFloat(number);
      } else if (value instanceof Boolean flag) {
        out.addBoolean(flag);
      } else {
        out.addBinary(Binary.fromString((String) value));
      }
    }
  }
}
