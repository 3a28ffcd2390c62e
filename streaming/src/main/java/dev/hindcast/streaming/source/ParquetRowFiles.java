package dev.hindcast.streaming.source;

import dev.hindcast.core.config.UserError;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.Kind;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.formats.parquet.ParquetInputFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** Parquet files; columns that a file lacks are empty in its rows. */
final class ParquetRowFiles extends RowFiles {
  private static final long serialVersionUID = 1L;
  private static final long MICROS_A_DAY = TimeUnit.DAYS.toMicros(1);
  private static final long JULIAN_DAY_OF_1970 = 2_440_588;

  private final StreamPlan plan;
  private final TimedRows rows;

  ParquetRowFiles(StreamPlan plan) {
    this.plan = plan;
    this.rows = new TimedRows(plan);
  }

  /** What the columns of a file hold, by name; columns of other types are left out. */
  static Map<String, Kind> columns(Path file) {
    Map<String, Kind> columns = new LinkedHashMap<>();
    try (ParquetFileReader reader = ParquetFileReader.open(input(file))) {
      for (Type field : reader.getFileMetaData().getSchema().getFields()) {
        kind(field).ifPresent(kind -> columns.put(field.getName(), kind));
      }
      return columns;
    } catch (IOException | RuntimeException e) {
      throw new UserError(
          UserError.Kind.DATA, "Cannot read " + file + " as Parquet: " + e.getMessage(), e);
    }
  }

  @Override
  Records open(Path file) throws IOException {
    MessageType wanted;
    try (ParquetFileReader reader = ParquetFileReader.open(input(file))) {
      List<Type> fields = new ArrayList<>();
      for (Type field : reader.getFileMetaData().getSchema().getFields()) {
        if (plan.columns().place(field.getName()) >= 0) {
          fields.add(field);
        }
      }
      wanted = new MessageType("row", fields);
    }
    Configuration configuration = new Configuration(false);
    configuration.set(ReadSupport.PARQUET_READ_SCHEMA, wanted.toString());
    return new Groups(
        new Builder(input(file)).withConf(configuration).build(), wanted, file.toString());
  }

  private static InputFile input(Path file) throws IOException {
    FileSystem system = file.getFileSystem();
    FileStatus status = system.getFileStatus(file);
    return new ParquetInputFile(system.open(file), status.getLen());
  }

  private static final class Builder extends ParquetReader.Builder<Group> {
    Builder(InputFile file) {
      super(file);
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }

  private final class Groups implements Records {
    private final ParquetReader<Group> reader;
    private final MessageType schema;
    private final String file;
    private long number = -1;

    Groups(ParquetReader<Group> reader, MessageType schema, String file) {
      this.reader = reader;
      this.schema = schema;
      this.file = file;
    }

    @Override
    public Optional<Arrival> next() throws IOException {
      Group group = reader.read();
      number++;
      return group == null ? Optional.empty() : Optional.of(rows.at(values(group), file, number));
    }

    @Override
    public boolean skip() throws IOException {
      number++;
      return reader.read() != null;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }

    private Object[] values(Group group) throws IOException {
      Object[] values = new Object[plan.columns().size()];
      for (int field = 0; field < schema.getFieldCount(); field++) {
        Type type = schema.getType(field);
        int place = plan.columns().place(type.getName());
        Kind kind = plan.columns().kinds().get(place);
        Optional<Kind> found = kind(type);
        if (found.isEmpty() || found.get().type() != kind.type()) {
          throw new IOException(
              "Cannot read "
                  + file
                  + ": column "
                  + type.getName()
                  + " holds "
                  + found.map(k -> k.type().inWords()).orElse("values of another type")
                  + ", but "
                  + kind.type().inWords()
                  + " are expected.");
        }
        if (group.getFieldRepetitionCount(field) > 0) {
          values[place] =
              type.isPrimitive()
                  ? value(group, field, 0, type.asPrimitiveType())
                  : list(group.getGroup(field, 0));
        }
      }
      return values;
    }
  }

  private static List<Object> list(Group outer) {
    List<Object> list = new ArrayList<>();
    Type repeated = outer.getType().getType(0);
    for (int i = 0; i < outer.getFieldRepetitionCount(0); i++) {
      if (repeated.isPrimitive()) {
        list.add(value(outer, 0, i, repeated.asPrimitiveType()));
        continue;
      }
      Group inner = outer.getGroup(0, i);
      list.add(
          inner.getFieldRepetitionCount(0) == 0
              ? null
              : value(inner, 0, 0, repeated.asGroupType().getType(0).asPrimitiveType()));
    }
    return list;
  }

  private static Object value(Group group, int field, int index, PrimitiveType type) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    return switch (type.getPrimitiveTypeName()) {
      case INT32 ->
          logical instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation
              ? (Object) (group.getInteger(field, index) * MICROS_A_DAY)
              : (Object) (long) group.getInteger(field, index);
      case INT64 ->
          logical instanceof TimestampLogicalTypeAnnotation time
              ? (Object) micros(group.getLong(field, index), time)
              : (Object) group.getLong(field, index);
      case INT96 -> micros(group.getInt96(field, index).toByteBuffer());
      case FLOAT -> group.getFloat(field, index);
      case DOUBLE -> group.getDouble(field, index);
      case BOOLEAN -> group.getBoolean(field, index);
      default -> group.getString(field, index);
    };
  }

  private static long micros(long value, TimestampLogicalTypeAnnotation time) {
    return switch (time.getUnit()) {
      case MILLIS -> value * 1000;
      case MICROS -> value;
      case NANOS -> Math.floorDiv(value, 1000L);
    };
  }

  /** The old form of times: nanoseconds of the day, then the Julian day. */
  private static long micros(java.nio.ByteBuffer buffer) {
    java.nio.ByteBuffer bytes = buffer.order(ByteOrder.LITTLE_ENDIAN);
    long nanos = bytes.getLong();
    return (bytes.getInt() - JULIAN_DAY_OF_1970) * MICROS_A_DAY + Math.floorDiv(nanos, 1000L);
  }

  private static Optional<Kind> kind(Type type) {
    if (type.isPrimitive()) {
      return type.isRepetition(Type.Repetition.REPEATED)
          ? Optional.empty()
          : scalar(type.asPrimitiveType());
    }
    if (!(type.getLogicalTypeAnnotation()
        instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation)) {
      return Optional.empty();
    }
    Type repeated = type.asGroupType().getType(0);
    GroupType group = repeated.isPrimitive() ? null : repeated.asGroupType();
    if (group != null && (group.getFieldCount() != 1 || !group.getType(0).isPrimitive())) {
      return Optional.empty();
    }
    return scalar((group == null ? repeated : group.getType(0)).asPrimitiveType())
        .flatMap(
            element ->
                switch (element) {
                  case WHOLE -> Optional.of(Kind.WHOLES);
                  case NUMBER -> Optional.of(Kind.NUMBERS);
                  case SINGLE -> Optional.of(Kind.SINGLES);
                  case FLAG -> Optional.of(Kind.FLAGS);
                  default -> Optional.empty();
                });
  }

  private static Optional<Kind> scalar(PrimitiveType type) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    boolean isPlain =
        logical == null || logical instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation;
    return switch (type.getPrimitiveTypeName()) {
      case INT32 ->
          logical instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation
              ? Optional.of(Kind.TIME)
              : isPlain ? Optional.of(Kind.WHOLE) : Optional.empty();
      case INT64 ->
          logical instanceof TimestampLogicalTypeAnnotation
              ? Optional.of(Kind.TIME)
              : isPlain ? Optional.of(Kind.WHOLE) : Optional.empty();
      case INT96 -> Optional.of(Kind.TIME);
      case FLOAT -> Optional.of(Kind.SINGLE);
      case DOUBLE -> Optional.of(Kind.NUMBER);
      case BOOLEAN -> Optional.of(Kind.FLAG);
      case BINARY ->
          logical instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
              ? Optional.of(Kind.TEXT)
              : Optional.empty();
      default -> Optional.empty();
    };
  }
}
