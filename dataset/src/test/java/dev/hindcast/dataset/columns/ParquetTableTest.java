package dev.hindcast.dataset.columns;

import static java.util.Arrays.asList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTableTest {
  private static final String SCHEMA =
      "message m { optional int32 state; optional int64 big; optional float f; optional double d;"
          + " optional boolean b; optional binary t (UTF8);"
          + " optional group l (LIST) { repeated group list { optional double element; } } }";

  @TempDir Path folder;

  @Test
  void everyTypeIsRead() throws Exception {
    ParquetTable table =
        ParquetTable.read(
            Tables.write(
                folder.resolve("t.parquet"),
                SCHEMA,
                List.of(
                    List.of(1, 10L, 0.5f, 2.0, true, "x", List.of(1.0, 2.0)),
                    List.of(2, 20L, 1f, 2.5, false, "y", List.of()),
                    List.of(3, 30L, 1.5f, 3.0, true, "z", List.of(3.0)))),
            List.of("l", "state", "big", "f", "d", "b", "t"));
    assertThat(table.rows()).isEqualTo(3);
    assertThat(table.ints("state")).containsExactly(1, 2, 3);
    assertThat(table.wholes("big")).containsExactly(10, 20, 30);
    assertThat(table.numbers("f")).containsExactly(0.5, 1, 1.5);
    assertThat(table.numbers("d")).containsExactly(2, 2.5, 3);
    assertThat(table.numbers("b")).containsExactly(1, 0, 1);
    assertThat(table.flags("b")).containsExactly(true, false, true);
    assertThat(table.texts("t")).containsExactly("x", "y", "z");
    assertThat(table.texts("d")).containsExactly("2", "2.5", "3");
    assertThat(table.numberLists("l")).isDeepEqualTo(new double[][] {{1.0, 2.0}, {}, {3.0}});
  }

  @Test
  void folderIsReadInTheOrderOfItsPaths() throws Exception {
    Files.createDirectories(folder.resolve("table/sub"));
    one("table/b.parquet", 2);
    one("table/sub/c.parquet", 3);
    one("table/a.parquet", 1);
    Files.writeString(folder.resolve("table/_SUCCESS"), "");
    String table = folder.resolve("table").toString();
    assertThat(ParquetTable.read(table, List.of("state")).ints("state")).containsExactly(1, 2, 3);
    assertThat(ParquetTable.columns(table)).contains("state", "l").hasSize(7);
  }

  @Test
  void missingColumnIsAUsageErrorWithASuggestion() throws Exception {
    String path = one("t.parquet", 1);
    assertThatThrownBy(() -> ParquetTable.read(path, List.of("stat")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it has no column stat. Did you mean state?");
  }

  @Test
  void emptyValuesAreADataErrorThatSaysWhere() throws Exception {
    String scalar =
        Tables.write(
            folder.resolve("t.parquet"), SCHEMA, List.of(List.of(1), asList((Object) null)));
    assertThatThrownBy(() -> ParquetTable.read(scalar, List.of("state")))
        .hasMessageContaining("column state is empty in row 1");
    String nulls =
        Tables.write(
            folder.resolve("u.parquet"),
            SCHEMA,
            List.of(asList(1, null, null, null, null, null, asList(1.0, null))));
    assertThatThrownBy(() -> ParquetTable.read(nulls, List.of("l")))
        .hasMessageContaining("column l is empty in row 0");
    assertThatThrownBy(() -> ParquetTable.read(scalar, List.of("l")))
        .hasMessageContaining("column l is empty in row 0");
  }

  @Test
  void wrongTypeIsSaidInWords() throws Exception {
    String path =
        Tables.write(
            folder.resolve("t.parquet"),
            SCHEMA,
            List.of(List.of(1, 10L, 0.5f, 2.0, true, "x", List.of(1.0))));
    ParquetTable table = ParquetTable.read(path, List.of("t", "l", "d"));
    assertThatThrownBy(() -> table.wholes("t"))
        .hasMessageContaining("it holds texts, but whole numbers are needed");
    assertThatThrownBy(() -> table.numbers("l"))
        .hasMessageContaining("it holds lists, but one value per row are needed");
    assertThatThrownBy(() -> table.wholeLists("d"))
        .hasMessageContaining("it holds one value per row, but lists are needed");
  }

  private String one(String name, int state) throws IOException {
    return Tables.write(folder.resolve(name), SCHEMA, List.of(List.of(state)));
  }
}
