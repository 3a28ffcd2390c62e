package dev.hindcast.ingestion.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.columns.ParquetTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportJobIT {
  private static final String HEADER =
      ",timestamp,item_id,position,click,propensity_score,user_feature_0,user_feature_1,"
          + "user-item_affinity_0,user-item_affinity_1\n";

  @TempDir Path folder;

  @Test
  void openBanditFolderBecomesOnePlainFileInTheLogsOrder() throws Exception {
    Files.writeString(
        folder.resolve("men.csv"),
        HEADER
            + "1,2019-11-24 00:03:36.705207+00:00,10,3,1,0.25,ab,cd,0.0,2.0\n"
            + "0,2019-11-24 00:03:13.442536+00:00,14,1,0,0.125,ab,ef,1.0,0.0\n");
    Files.writeString(folder.resolve("item_context.csv"), ",item_id\n0,0\n");
    String output = folder.resolve("out/men.parquet").toString();
    assertThat(run("open-bandit", folder, output)).isEqualTo(2);
    assertThat(ParquetTable.columns(output))
        .containsExactly(
            "row",
            "timestamp",
            "item",
            "position",
            "click",
            "propensity",
            "user_feature_0",
            "user_feature_1",
            "user_item_affinity");
    ParquetTable table =
        ParquetTable.read(
            output, List.of("row", "item", "click", "propensity", "user_item_affinity"));
    assertThat(table.ints("row")).containsExactly(0, 1);
    assertThat(table.ints("item")).containsExactly(14, 10);
    assertThat(table.ints("click")).containsExactly(0, 1);
    assertThat(table.numbers("propensity")).containsExactly(0.125, 0.25);
    assertThat(table.numberLists("user_item_affinity"))
        .isDeepEqualTo(new double[][] {{1, 0}, {0, 2}});
    try (var left = Files.list(folder.resolve("out"))) {
      assertThat(left).as("no scratch, no side files").hasSize(1);
    }
  }

  @Test
  void sameInputTwiceGivesTheSameBytes() throws Exception {
    Files.writeString(folder.resolve("log.csv"), "a,b\n1,x\n2,y\n");
    run("csv", folder.resolve("log.csv"), folder.resolve("1.parquet").toString());
    run("csv", folder.resolve("log.csv"), folder.resolve("2.parquet").toString());
    assertThat(folder.resolve("1.parquet")).hasSameBinaryContentAs(folder.resolve("2.parquet"));
  }

  @Test
  void jsonLinesAreRead() throws Exception {
    Files.writeString(
        folder.resolve("log.json"), "{\"s\": 1, \"l\": [1.5, 2]}\n{\"s\": 2, \"l\": [3.5, 4]}\n");
    String output = folder.resolve("json.parquet").toString();
    run("json", folder.resolve("log.json"), output);
    ParquetTable table = ParquetTable.read(output, List.of("s", "l"));
    assertThat(table.ints("s")).containsExactly(1, 2);
    assertThat(table.numberLists("l")).isDeepEqualTo(new double[][] {{1.5, 2}, {3.5, 4}});
  }

  @Test
  void mistakesAreSaidInWords() throws Exception {
    String output = folder.resolve("x.parquet").toString();
    assertThatThrownBy(() -> run("cvs", folder, output))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no source cvs. Did you mean csv?");
    assertThatThrownBy(() -> run("csv", folder.resolve("none.csv"), output))
        .hasMessageContaining("there is no file there")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.INPUT_MISSING);
    Files.writeString(folder.resolve("other.csv"), "a,b\n1,x\n");
    assertThatThrownBy(() -> run("open-bandit", folder, output))
        .hasMessageContaining("it has no column timestamp");
    Files.writeString(Path.of(output), "mine");
    assertThatThrownBy(() -> run("csv", folder.resolve("other.csv"), output))
        .hasMessageContaining("something stands there")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.CONFLICT);
  }

  private static long run(String format, Path input, String output) {
    return ImportJob.run(SparkForTests.session(), format, input.toString(), output);
  }
}
