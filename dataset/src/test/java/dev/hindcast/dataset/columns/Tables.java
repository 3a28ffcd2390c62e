package dev.hindcast.dataset.columns;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Small Parquet tables written the way other programs write them. */
public final class Tables {
  private Tables() {}

  /**
   * Writes rows; a value is a number, a flag, a text, a list of doubles, or null where the schema
   * allows it.
   */
  public static String write(Path path, String schemaText, List<List<Object>> rows)
      throws IOException {
    MessageType schema = MessageTypeParser.parseMessageType(schemaText);
    SimpleGroupFactory groups = new SimpleGroupFactory(schema);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(
                dev.hindcast.dataset.storage.Storage.parquetOutput(path.toString()))
            .withConf(dev.hindcast.dataset.storage.Storage.configuration())
            .withType(schema)
            .withWriteMode(org.apache.parquet.hadoop.ParquetFileWriter.Mode.OVERWRITE)
            .build()) {
      for (List<Object> row : rows) {
        Group group = groups.newGroup();
        for (int i = 0; i < row.size(); i++) {
          add(group, i, row.get(i));
        }
        writer.write(group);
      }
    }
    return path.toString();
  }

  private static void add(Group group, int field, Object value) {
    if (value instanceof Integer number) {
      group.add(field, number);
    } else if (value instanceof Long number) {
      group.add(field, number);
    } else if (value instanceof Float number) {
      group.add(field, number);
    } else if (value instanceof Double number) {
      group.add(field, number);
    } else if (value instanceof Boolean flag) {
      group.add(field, flag);
    } else if (value instanceof String text) {
      group.add(field, text);
    } else if (value instanceof List<?> list) {
      Group outer = group.addGroup(field);
      for (Object item : list) {
        Group element = outer.addGroup(0);
        if (item != null) {
          element.add(0, (Double) item);
        }
      }
    }
  }
}
