package dev.hindcast.dataset.columns;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.dataset.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Named columns of a flat Parquet file, or of a folder of them in the order of their paths, read
 * whole: whole numbers, numbers, flags, texts, and lists of those. For tables that fit in memory.
 */
public final class ParquetTable {
  private final String uri;
  private final Map<String, TableColumn> columns;
  private final int rows;

  private ParquetTable(String uri, Map<String, TableColumn> columns, int rows) {
    this.uri = uri;
    this.columns = columns;
    this.rows = rows;
  }

  /**
   * Reads columns.
   *
   * @throws UserError (input missing) when there is no such file or the folder holds none; (usage)
   *     when a column is not in it or has a type this class does not read; (data) when a file is no
   *     whole Parquet file
   */
  public static ParquetTable read(String uri, Collection<String> names) {
    Map<String, TableColumn> columns = new LinkedHashMap<>();
    int rows = 0;
    for (String file : files(uri)) {
      rows += ParquetTrouble.explained(file, () -> append(uri, file, names, columns));
    }
    return new ParquetTable(uri, columns, rows);
  }

  /** The names of all columns, in the file's order; of the first file for a folder. */
  public static List<String> columns(String uri) {
    String first = files(uri).get(0);
    return ParquetTrouble.explained(
        first,
        () -> {
          try (ParquetFileReader reader = reader(first)) {
            return names(reader.getFileMetaData().getSchema());
          }
        });
  }

  /** The fingerprint of the content: of the file, or of all files of a folder in order. */
  public static Fingerprint fingerprint(String uri) {
    List<String> files = files(uri);
    return files.size() == 1
        ? Storage.fingerprint(files.get(0))
        : Fingerprint.ofJson(files.stream().map(Storage::fingerprint).toList());
  }

  /** The number of rows. */
  public int rows() {
    return rows;
  }

  /** A column of whole numbers. */
  public long[] wholes(String column) {
    return scalar(column).wholes();
  }

  /** A column of whole numbers that fit an int. */
  public int[] ints(String column) {
    long[] wholes = wholes(column);
    int[] ints = new int[wholes.length];
    for (int i = 0; i < ints.length; i++) {
      if (wholes[i] != (int) wholes[i]) {
        throw UserError.data(
            "Cannot read "
                + uri
                + ": column "
                + column
                + " holds "
                + wholes[i]
                + " in row "
                + i
                + ", which is too large here.");
      }
      ints[i] = (int) wholes[i];
    }
    return ints;
  }

  /** A column of numbers; whole numbers and flags (as 0 and 1) are numbers too. */
  public double[] numbers(String column) {
    return scalar(column).numbers();
  }

  /** A column of flags. */
  public boolean[] flags(String column) {
    return scalar(column).flags();
  }

  /** A column as the texts of categories, see {@link CategoricalField#text}. */
  public String[] texts(String column) {
    return scalar(column).texts();
  }

  /** A list column: numbers by row. */
  public double[][] numberLists(String column) {
    return list(column).cut(list(column).numbers());
  }

  /** A list column: whole numbers by row. */
  public long[][] wholeLists(String column) {
    return list(column).cut(list(column).wholes());
  }

  private TableColumn scalar(String column) {
    TableColumn found = columns.get(column);
    if (found.isList()) {
      throw found.wrong("lists", "one value per row");
    }
    return found;
  }

  private TableColumn list(String column) {
    TableColumn found = columns.get(column);
    if (!found.isList()) {
      throw found.wrong("one value per row", "lists");
    }
    return found;
  }

  private static List<String> files(String uri) {
    if (!Storage.exists(uri)) {
      throw UserError.missing("Cannot read " + uri + ": there is no such file or folder.");
    }
    if (!Storage.isFolder(uri)) {
      return List.of(uri);
    }
    List<String> files =
        Storage.filesBelow(uri).stream()
            .filter(entry -> !entry.name().startsWith("_") && !entry.name().startsWith("."))
            .map(entry -> Storage.below(uri, entry.path()))
            .toList();
    if (files.isEmpty()) {
      throw UserError.missing("Cannot read " + uri + ": the folder holds no files.");
    }
    return files;
  }

  private static ParquetFileReader reader(String file) throws IOException {
    return new ParquetFileReader(
        Storage.parquetInput(file), HadoopReadOptions.builder(Storage.configuration()).build());
  }

  private static List<String> names(MessageType schema) {
    return schema.getFields().stream().map(Type::getName).toList();
  }

  private static int append(
      String uri, String file, Collection<String> names, Map<String, TableColumn> columns)
      throws IOException {
    try (ParquetFileReader reader = reader(file)) {
      MessageType schema = reader.getFileMetaData().getSchema();
      List<Type> wanted = new ArrayList<>();
      for (String name : names) {
        if (!schema.containsField(name)) {
          throw UserError.usage(
              "Cannot read "
                  + uri
                  + ": it has no column "
                  + name
                  + "."
                  + DidYouMean.hint(name, names(schema)));
        }
        wanted.add(schema.getType(name));
        columns.computeIfAbsent(name, n -> TableColumn.of(uri, schema.getType(n)));
      }
      MessageType projection = new MessageType(schema.getName(), wanted);
      reader.setRequestedSchema(projection);
      long rows = 0;
      String createdBy = reader.getFileMetaData().getCreatedBy();
      for (PageReadStore pages = reader.readNextRowGroup();
          pages != null;
          pages = reader.readNextRowGroup()) {
        ColumnReadStoreImpl store =
            new ColumnReadStoreImpl(pages, new NoConverter(), projection, createdBy);
        for (ColumnDescriptor column : projection.getColumns()) {
          ColumnReader values = store.getColumnReader(column);
          long count = pages.getPageReader(column).getTotalValueCount();
          columns.get(column.getPath()[0]).append(values, count, column, projection);
        }
        rows += pages.getRowCount();
      }
      return Math.toIntExact(rows);
    }
  }

  /** Values are pulled column by column, so nothing is ever converted. */
  private static final class NoConverter extends GroupConverter {
    @Override
    public Converter getConverter(int index) {
      return this;
    }

    @Override
    public PrimitiveConverter asPrimitiveConverter() {
      return new PrimitiveConverter() {};
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }

  static boolean isNested(Type type) {
    if (type.isPrimitive()) {
      return false;
    }
    GroupType group = type.asGroupType();
    if (group.getFieldCount() != 1 || !group.getType(0).isRepetition(Type.Repetition.REPEATED)) {
      return true;
    }
    Type repeated = group.getType(0);
    return !repeated.isPrimitive()
        && (repeated.asGroupType().getFieldCount() != 1
            || !repeated.asGroupType().getType(0).isPrimitive());
  }
}
