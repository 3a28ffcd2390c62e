package dev.hindcast.dataset;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.artefact.RowAccount;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.columns.TransitionFile;
import dev.hindcast.dataset.columns.TransitionLayout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Turns episodes that are in memory and in order into a whole dataset. */
public final class DatasetWriter {
  private DatasetWriter() {}

  /**
   * Writes a dataset of exact propensities that was made by this program, not from a log.
   *
   * @return its manifest
   * @throws dev.hindcast.core.config.UserError (conflict) when something else stands there
   */
  public static DatasetManifest write(
      String uri, String name, Split split, TransitionColumns columns) {
    Provenance provenance =
        new Provenance(List.of(), JsonNodeFactory.instance.objectNode(), 0, CodeVersion.current());
    return write(uri, ArtefactWriter.Existing.REFUSE, name, split, columns, provenance);
  }

  /** Writes a dataset with one data file on each side. */
  public static DatasetManifest write(
      String uri,
      ArtefactWriter.Existing existing,
      String name,
      Split split,
      TransitionColumns columns,
      Provenance provenance) {
    return write(uri, existing, name, split, columns, provenance, 1);
  }

  /** Writes a dataset with so many data files on each side, as far as there are episodes. */
  public static DatasetManifest write(
      String uri,
      ArtefactWriter.Existing existing,
      String name,
      Split split,
      TransitionColumns columns,
      Provenance provenance,
      int files) {
    try (ArtefactWriter writer = ArtefactWriter.begin(uri, existing)) {
      Map<String, DatasetManifest.PartSummary> summaries = new TreeMap<>();
      for (Split.Part part : Split.Part.values()) {
        int[] episodes = episodesOf(columns, split, part);
        int parts = Math.min(files, episodes.length);
        for (int file = 0; file < parts; file++) {
          int from = (int) ((long) episodes.length * file / parts);
          int to = (int) ((long) episodes.length * (file + 1) / parts);
          TransitionFile.write(
              columns,
              Arrays.copyOfRange(episodes, from, to),
              TransitionLayout.of(columns),
              writer.resolve(DatasetLayout.dataFile(part, file)));
        }
        summaries.put(
            part.key(), new PartTally(columns.actionSpace()).add(columns, episodes).summary());
      }
      DatasetManifest manifest =
          new DatasetManifest(
              DatasetManifest.SPEC_VERSION,
              DatasetManifest.KIND,
              name,
              columns.observationSpace(),
              columns.actionSpace(),
              columns.hasMask(),
              columns.hasPropensities(),
              false,
              columns.hasDurations(),
              columns.hasDemonstrations(),
              columns.rewardComponents().stream()
                  .map(component -> new DatasetManifest.RewardComponent(component, 1))
                  .toList(),
              columns.labelNames(),
              loggedOutsideMask(columns),
              new RowAccount(columns.rows(), columns.rows(), Map.of()),
              Map.of(),
              split,
              summaries,
              writer.files(),
              provenance);
      writer.publish(manifest);
      return manifest;
    }
  }

  /** The episodes of one side, sorted by id: the order in which data files hold them. */
  public static int[] episodesOf(TransitionColumns columns, Split split, Split.Part part) {
    return IntStream.range(0, columns.episodes())
        .filter(episode -> split.of(columns.episodeId(episode)) == part)
        .boxed()
        .sorted(Comparator.comparing(columns::episodeId))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static long loggedOutsideMask(TransitionColumns columns) {
    return IntStream.range(0, columns.rows())
        .filter(row -> !columns.isLoggedActionAdmissible(row))
        .count();
  }
}
