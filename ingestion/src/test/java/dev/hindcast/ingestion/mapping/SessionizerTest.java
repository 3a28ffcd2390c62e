package dev.hindcast.ingestion.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.ingestion.mapping.FieldMapping.Ending;
import dev.hindcast.ingestion.mapping.Sessionizer.Ordering;
import dev.hindcast.ingestion.mapping.Sessionizer.Piece;
import dev.hindcast.ingestion.mapping.UnmappedRow.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SessionizerTest {
  private final Sessionizer byPause = new Sessionizer(Ordering.COLUMN, 10, Ending.TRUNCATED, false);

  private static List<MappedRow> at(long... moments) {
    List<MappedRow> rows = new ArrayList<>();
    for (long moment : moments) {
      rows.add(row(OptionalLong.of(moment)));
    }
    return rows;
  }

  private static MappedRow row(OptionalLong order) {
    return new UnmappedRow("u", order, Trouble.MISSING_VALUE, "");
  }

  @Test
  void pauseLongerThanTheGapBeginsAnotherEpisode() {
    List<MappedRow> rows = at(41, 5, 30, 15, 25);
    List<Piece> pieces = byPause.episodes(rows);
    assertThat(pieces)
        .containsExactly(new Piece("u/5", List.of(1, 3, 4, 2)), new Piece("u/41", List.of(0)));
    assertThat(pieces.get(0).of(rows)).extracting(MappedRow::episodeId).containsOnly("u/5");
  }

  @Test
  void pauseAsLongAsTheGapDoesNot() {
    assertThat(byPause.episodes(at(0, 10, 20))).hasSize(1);
    assertThat(byPause.episodes(at(0, 10, 21))).hasSize(2);
  }

  @Test
  void withoutAGapAllRowsOfAnIdAreOneEpisode() {
    Sessionizer whole = new Sessionizer(Ordering.COLUMN, 0, Ending.TRUNCATED, false);
    assertThat(whole.episodes(at(0, 1_000_000))).containsExactly(new Piece("u", List.of(0, 1)));
  }

  @Test
  void rowsWithoutOrderStandApart() {
    List<MappedRow> rows = at(3);
    rows.add(row(OptionalLong.empty()));
    assertThat(byPause.episodes(rows))
        .containsExactly(new Piece("u", List.of(1)), new Piece("u/3", List.of(0)));
    assertThat(byPause.episodes(rows.subList(1, 2))).containsExactly(new Piece("u", List.of(0)));
  }
}
