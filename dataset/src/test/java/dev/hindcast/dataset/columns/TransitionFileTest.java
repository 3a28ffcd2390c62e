package dev.hindcast.dataset.columns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.Episodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransitionFileTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadBackBitForBit() {
    TransitionColumns written = Episodes.discrete(200, 1);
    assertSame(written, roundTrip(written));
  }

  @Test
  void boxActionsAndMissingColumnsAreReadBack() {
    TransitionColumns written = Episodes.box(50, 2);
    TransitionColumns read = roundTrip(written);
    assertSame(written, read);
    assertThat(read.hasMask()).isFalse();
    assertThat(read.hasPropensities()).isFalse();
  }

  @Test
  void durationsDemonstrationsRewardComponentsAndLabelsAreReadBack() {
    TransitionColumns written = Episodes.withEverything(60, 2);
    assertThat(written.hasDemonstrations()).isTrue();
    assertThat(written.duration(0)).isNotEqualTo(written.duration(1));
    assertThat(written.label(0, 0)).isEmpty();
    assertThat(written.label(2, 0)).isEqualTo("2026-11-03");
    assertThat(written.label(2, 1)).isEqualTo("Österreich");
    assertSame(written, roundTrip(written));
  }

  @Test
  void fileOfADatasetHasItsColumnsEvenWhereNoRowNeedsThem() {
    TransitionColumns written = Episodes.discrete(20, 2);
    TransitionLayout plain = TransitionLayout.of(written);
    TransitionLayout layout =
        new TransitionLayout(
            plain.observationSpace(),
            plain.actionSpace(),
            true,
            true,
            true,
            true,
            List.of(),
            List.of());
    String path = folder.resolve("t.parquet").toString();
    TransitionFile.write(written, IntStream.range(0, 20).toArray(), layout, path);
    TransitionColumns read = TransitionFile.read(path, layout);
    assertThat(read.hasDurations()).isTrue();
    assertThat(read.duration(3)).isEqualTo(1);
    assertThat(read.hasDemonstrations()).isFalse();
    assertSame(written, TransitionFile.read(path, plain)); // as an older build would read it
  }

  @Test
  void sameEpisodesGiveSameBytesAndNoSideFiles() throws Exception {
    TransitionFile.write(Episodes.discrete(50, 3), folder.resolve("a.parquet").toString());
    TransitionFile.write(Episodes.discrete(50, 3), folder.resolve("b.parquet").toString());
    assertThat(folder.resolve("a.parquet")).hasSameBinaryContentAs(folder.resolve("b.parquet"));
    try (var files = Files.list(folder)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("a.parquet", "b.parquet");
    }
  }

  @Test
  void fileCutOffIsADataErrorThatNamesIt() throws Exception {
    Path file = folder.resolve("cut.parquet");
    TransitionColumns written = Episodes.discrete(50, 4);
    TransitionFile.write(written, file.toString());
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {0, 3, bytes.length / 2, bytes.length - 1}) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> read(file.toString(), written))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("cut.parquet: it is not a whole Parquet file")
          .extracting(e -> ((UserError) e).kind())
          .isEqualTo(UserError.Kind.DATA);
    }
  }

  @Test
  void fileThatIsNotThereIsMissing() {
    assertThatThrownBy(
            () -> read(folder.resolve("none.parquet").toString(), Episodes.discrete(1, 1)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no such file")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.INPUT_MISSING);
  }

  private TransitionColumns roundTrip(TransitionColumns columns) {
    String path = folder.resolve("t.parquet").toString();
    TransitionFile.write(columns, path);
    return read(path, columns);
  }

  private static TransitionColumns read(String path, TransitionColumns like) {
    return TransitionFile.read(path, TransitionLayout.of(like));
  }

  private static void assertSame(TransitionColumns a, TransitionColumns b) {
    assertThat(b.rows()).isEqualTo(a.rows());
    assertThat(b.episodes()).isEqualTo(a.episodes());
    assertThat(b.numeric()).containsExactly(a.numeric());
    assertThat(b.categories()).containsExactly(a.categories());
    assertThat(b.mask()).containsExactly(a.mask());
    assertThat(b.actionVectors()).containsExactly(a.actionVectors());
    for (int e = 0; e < a.episodes(); e++) {
      assertThat(b.episodeId(e)).isEqualTo(a.episodeId(e));
      assertThat(b.end(e)).isEqualTo(a.end(e));
      for (int k = 0; k < a.labelNames().size(); k++) {
        assertThat(b.label(e, k)).isEqualTo(a.label(e, k));
      }
    }
    assertThat(b.labelNames()).isEqualTo(a.labelNames());
    assertThat(b.hasDurations()).isEqualTo(a.hasDurations());
    assertThat(b.hasDemonstrations()).isEqualTo(a.hasDemonstrations());
    assertThat(b.rewardComponents()).isEqualTo(a.rewardComponents());
    for (int row = 0; row < a.rows(); row++) {
      assertThat(b.duration(row)).isEqualTo(a.duration(row));
      assertThat(b.isDemonstration(row)).isEqualTo(a.isDemonstration(row));
      for (int i = 0; i < a.rewardComponents().size(); i++) {
        assertThat(b.rewardComponent(row, i)).isEqualTo(a.rewardComponent(row, i));
      }
      assertThat(b.reward(row)).isEqualTo(a.reward(row));
      assertThat(b.terminated(row)).isEqualTo(a.terminated(row));
      assertThat(b.truncated(row)).isEqualTo(a.truncated(row));
      assertThat(b.next(row)).isEqualTo(a.next(row));
      if (a.hasPropensities()) {
        assertThat(b.action(row)).isEqualTo(a.action(row));
        assertThat(b.propensity(row)).isEqualTo(a.propensity(row));
      }
    }
  }
}
