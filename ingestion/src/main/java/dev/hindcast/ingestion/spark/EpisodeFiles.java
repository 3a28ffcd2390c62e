package dev.hindcast.ingestion.spark;

import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.DatasetLayout;
import dev.hindcast.dataset.DatasetWriter;
import dev.hindcast.dataset.PartTally;
import dev.hindcast.dataset.columns.QuarantineFile;
import dev.hindcast.dataset.columns.TransitionFile;
import dev.hindcast.dataset.columns.TransitionLayout;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.ingestion.check.CheckReport;
import dev.hindcast.ingestion.check.EpisodeScreening;
import dev.hindcast.ingestion.mapping.EventMapper;
import dev.hindcast.ingestion.mapping.MappedRow;
import dev.hindcast.ingestion.mapping.ResolvedMapping;
import dev.hindcast.ingestion.mapping.Sessionizer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;

/**
 * What one task does: the rows of its episodes, which come one episode after another, become the
 * data files and the quarantine file of its number.
 *
 * @param folder where the dataset is being written
 * @param storage how it is reached from wherever the task runs
 */
record EpisodeFiles(
    String folder,
    Storage.Settings storage,
    ResolvedMapping mapping,
    ObservationSpace space,
    EventMapper mapper,
    Sessionizer sessionizer,
    EpisodeScreening screening,
    Split split)
    implements Serializable {

  /** What came of it. */
  record Outcome(Map<Split.Part, PartTally> parts, CheckReport checks, long rows)
      implements Serializable {}

  Outcome write(int number, Iterator<Row> rows) {
    TransitionLayout layout =
        new TransitionLayout(
            space,
            mapping.actionSpace(),
            mapping.hasMask(),
            mapping.hasPropensity(),
            mapping.hasDuration(),
            mapping.hasDemonstration(),
            mapping.rewardComponents(),
            mapping.labelNames());
    TransitionColumns.Builder kept = layout.builder();
    List<QuarantineFile.Row> aside = new ArrayList<>();
    CheckReport checks = new CheckReport();
    List<MappedRow> episode = new ArrayList<>();
    long count = 0;
    while (rows.hasNext()) {
      MappedRow row = mapper.map(new SparkLogRow(rows.next()));
      count++;
      if (!episode.isEmpty() && !episode.get(0).episodeId().equals(row.episodeId())) {
        finish(episode, kept, aside, checks);
        episode.clear();
      }
      episode.add(row);
    }
    if (!episode.isEmpty()) {
      finish(episode, kept, aside, checks);
    }
    Map<Split.Part, PartTally> parts = new EnumMap<>(Split.Part.class);
    TransitionColumns columns = kept.build();
    for (Split.Part part : Split.Part.values()) {
      int[] episodes = DatasetWriter.episodesOf(columns, split, part);
      parts.put(part, new PartTally(mapping.actionSpace()).add(columns, episodes));
      if (episodes.length > 0) {
        atomically(
            DatasetLayout.dataFile(part, number),
            path -> TransitionFile.write(columns, episodes, layout, path));
      }
    }
    if (!aside.isEmpty()) {
      atomically(DatasetLayout.quarantineFile(number), path -> QuarantineFile.write(aside, path));
    }
    return new Outcome(parts, checks, count);
  }

  private void finish(
      List<MappedRow> episode,
      TransitionColumns.Builder kept,
      List<QuarantineFile.Row> aside,
      CheckReport checks) {
    for (Sessionizer.Piece piece : sessionizer.episodes(episode)) {
      EpisodeScreening.Decision decision = screening.screen(piece.of(episode));
      checks.add(decision);
      aside.addAll(decision.quarantined());
      if (!decision.kept().isEmpty()) {
        sessionizer.append(decision.kept(), kept);
      }
    }
  }

  private interface Writing {
    void to(String path);
  }

  /** Two attempts at one task may run at once: each writes to a file of its own and renames it. */
  private void atomically(String file, Writing writing) {
    String target = Storage.below(folder, file);
    String scratch =
        target.substring(0, target.lastIndexOf('/') + 1)
            + "."
            + Storage.name(target)
            + "."
            + TaskContext.get().taskAttemptId();
    writing.to(scratch);
    Storage.rename(scratch, target);
  }
}
