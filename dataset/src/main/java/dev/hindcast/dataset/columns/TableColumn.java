package dev.hindcast.dataset.columns;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import java.util.Arrays;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** One column of a table while and after it is read: values one after another, lists by offsets. */
final class TableColumn {
  private enum Kind {
    WHOLE("whole numbers"),
    FLOAT("numbers"),
    DOUBLE("numbers"),
    FLAG("true or false"),
    TEXT("texts");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private final String uri;
  private final String name;
  private final Kind kind;
  private final boolean isList;
  private long[] wholes = new long[0];
  private double[] numbers = new double[0];
  private String[] texts = new String[0];
  private int[] starts = new int[64];
  private int size;
  private int rows;

  private TableColumn(String uri, String name, Kind kind, boolean isList) {
    this.uri = uri;
    this.name = name;
    this.kind = kind;
    this.isList = isList;
  }

  static TableColumn of(String uri, Type type) {
    if (ParquetTable.isNested(type)) {
      throw unreadable(uri, type);
    }
    Type leaf = type;
    while (!leaf.isPrimitive()) {
      leaf = leaf.asGroupType().getType(0);
    }
    PrimitiveType primitive = leaf.asPrimitiveType();
    boolean plain =
        primitive.getLogicalTypeAnnotation() == null
            || primitive.getLogicalTypeAnnotation()
                instanceof org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
    Kind kind =
        switch (primitive.getPrimitiveTypeName()) {
          case INT32, INT64 -> plain ? Kind.WHOLE : null;
          case FLOAT -> Kind.FLOAT;
          case DOUBLE -> Kind.DOUBLE;
          case BOOLEAN -> Kind.FLAG;
          case BINARY ->
              primitive.getLogicalTypeAnnotation()
                      instanceof
                      org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation
                  ? null
                  : Kind.TEXT;
          default -> null;
        };
    if (kind == null) {
      throw unreadable(uri, type);
    }
    return new TableColumn(
        uri,
        type.getName(),
        kind,
        !type.isPrimitive() || type.isRepetition(Type.Repetition.REPEATED));
  }

  private static UserError unreadable(String uri, Type type) {
    return UserError.usage(
        "Cannot read column "
            + type.getName()
            + " of "
            + uri
            + ": its type is "
            + type.toString().replaceAll("\\s+", " ")
            + "; whole numbers, numbers, true or false, texts and lists of those can be read.");
  }

  boolean isList() {
    return isList;
  }

  /** Adds the {@code count} values of one row group, empty ones included. */
  void append(ColumnReader values, long count, ColumnDescriptor column, MessageType schema) {
    int whole = column.getMaxDefinitionLevel();
    int inList = isList ? elementLevel(column.getPath(), schema) : 0;
    for (long i = 0; i < count; i++) {
      if (values.getCurrentRepetitionLevel() == 0) {
        startRow();
      }
      int defined = values.getCurrentDefinitionLevel();
      if (defined == whole) {
        add(values);
      } else if (!isList || defined >= inList || defined < inList - 1) {
        throw UserError.data(
            "Cannot read "
                + uri
                + ": column "
                + name
                + " is empty in row "
                + (rows - 1)
                + ", but every row needs a value.");
      } // otherwise a list without elements
      values.consume();
    }
  }

  long[] wholes() {
    return switch (kind) {
      case WHOLE -> Arrays.copyOf(wholes, size);
      default -> throw wrong(kind.words, "whole numbers");
    };
  }

  double[] numbers() {
    return switch (kind) {
      case WHOLE, FLAG -> Arrays.stream(wholes, 0, size).asDoubleStream().toArray();
      case FLOAT, DOUBLE -> Arrays.copyOf(numbers, size);
      case TEXT -> throw wrong(kind.words, "numbers");
    };
  }

  boolean[] flags() {
    if (kind != Kind.FLAG) {
      throw wrong(kind.words, "true or false");
    }
    boolean[] flags = new boolean[size];
    for (int i = 0; i < size; i++) {
      flags[i] = wholes[i] != 0;
    }
    return flags;
  }

  String[] texts() {
    String[] out = new String[size];
    for (int i = 0; i < size; i++) {
      out[i] =
          switch (kind) {
            case WHOLE -> CategoricalField.text(wholes[i]);
            case FLAG -> CategoricalField.text(wholes[i] != 0);
            case FLOAT -> CategoricalField.text((float) numbers[i]);
            case DOUBLE -> CategoricalField.text(numbers[i]);
            case TEXT -> texts[i];
          };
    }
    return out;
  }

  double[][] cut(double[] flat) {
    double[][] lists = new double[rows][];
    for (int row = 0; row < rows; row++) {
      lists[row] = Arrays.copyOfRange(flat, starts[row], end(row));
    }
    return lists;
  }

  long[][] cut(long[] flat) {
    long[][] lists = new long[rows][];
    for (int row = 0; row < rows; row++) {
      lists[row] = Arrays.copyOfRange(flat, starts[row], end(row));
    }
    return lists;
  }

  UserError wrong(String found, String needed) {
    return UserError.usage(
        "Cannot use column "
            + name
            + " of "
            + uri
            + ": it holds "
            + found
            + ", but "
            + needed
            + " are needed.");
  }

  private int end(int row) {
    return row + 1 < rows ? starts[row + 1] : size;
  }

  /** The definition level at which a list has an element, null or not. */
  private static int elementLevel(String[] path, MessageType schema) {
    for (int depth = 1; depth <= path.length; depth++) {
      String[] prefix = Arrays.copyOf(path, depth);
      if (schema.getMaxRepetitionLevel(prefix) == 1) {
        return schema.getMaxDefinitionLevel(prefix);
      }
    }
    throw new IllegalStateException("A list column has a repeated part.");
  }

  private void startRow() {
    if (rows == starts.length) {
      starts = Arrays.copyOf(starts, rows * 2);
    }
    starts[rows] = size;
    rows++;
  }

  private void add(ColumnReader values) {
    int room = Math.max(64, size * 2);
    switch (kind) {
      case WHOLE, FLAG -> {
        wholes = size < wholes.length ? wholes : Arrays.copyOf(wholes, room);
        wholes[size] =
            kind == Kind.FLAG
                ? (values.getBoolean() ? 1 : 0)
                : values.getDescriptor().getPrimitiveType().getPrimitiveTypeName()
                        == PrimitiveType.PrimitiveTypeName.INT32
                    ? values.getInteger()
                    : values.getLong();
      }
      case FLOAT, DOUBLE -> {
        numbers = size < numbers.length ? numbers : Arrays.copyOf(numbers, room);
        numbers[size] = kind == Kind.FLOAT ? values.getFloat() : values.getDouble();
      }
      case TEXT -> {
        texts = size < texts.length ? texts : Arrays.copyOf(texts, room);
        texts[size] = values.getBinary().toStringUsingUTF8();
      }
    }
    size++;
  }
}
