package dev.hindcast.ingestion.spark;

import static org.apache.spark.sql.functions.col;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.artefact.RowAccount;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.Split;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.PartTally;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.ingestion.check.CheckReport;
import dev.hindcast.ingestion.check.Checks;
import dev.hindcast.ingestion.check.EpisodeScreening;
import dev.hindcast.ingestion.mapping.EventMapper;
import dev.hindcast.ingestion.mapping.LogProfile;
import dev.hindcast.ingestion.mapping.ResolvedMapping;
import dev.hindcast.ingestion.mapping.Sessionizer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Turns a raw log into a dataset. */
public final class IngestJob {
  /** About what one task handles; each task writes one file on each side of the split. */
  private static final long ROWS_PER_TASK = 1_000_000;

  private static final int LEAST_TASKS = 2;

  private IngestJob() {}

  /**
   * Compares the mapping with the log's columns; reads no rows.
   *
   * @throws UserError (usage) with every problem; (input missing) when a path is not there
   */
  public static void checkColumns(SparkSession spark, IngestConfig config) {
    SparkTrouble.explained(() -> LogTable.open(spark, config));
  }

  /**
   * Runs the job. On any failure nothing is left behind.
   *
   * @param name what people call the pipeline
   * @param output where the dataset goes
   * @param progress told what happens, one line at a time
   * @return the manifest of the dataset
   * @throws UserError when the config does not fit the log, the log breaks the rules too often, or
   *     something stands at the output
   */
  public static DatasetManifest run(
      SparkSession spark,
      IngestConfig config,
      String name,
      String output,
      ArtefactWriter.Existing existing,
      Consumer<String> progress) {
    return SparkTrouble.explained(
        () -> {
          LogTable log = LogTable.open(spark, config);
          log.checkKeys();
          LogProfile profile = profile(log);
          if (profile.rows() == 0) {
            throw UserError.data(
                "Cannot ingest " + config.source().name() + ": the log has no rows.");
          }
          progress.accept(
              String.format(Locale.ROOT, "%,d rows in %s", profile.rows(), config.source().name()));
          try (ArtefactWriter writer = ArtefactWriter.begin(output, existing)) {
            DatasetManifest manifest = write(config, name, log, profile, writer, progress);
            writer.publish(manifest);
            return manifest;
          }
        });
  }

  private static LogProfile profile(LogTable log) {
    ResolvedMapping mapping = log.mapping();
    LogProfile whole = new LogProfile(mapping);
    log.rows()
        .toJavaRDD()
        .mapPartitions(
            rows -> {
              LogProfile part = new LogProfile(mapping);
              rows.forEachRemaining(row -> part.add(new SparkLogRow(row)));
              return List.of(part).iterator();
            })
        .collect()
        .forEach(whole::merge);
    return whole;
  }

  private static DatasetManifest write(
      IngestConfig config,
      String name,
      LogTable log,
      LogProfile profile,
      ArtefactWriter writer,
      Consumer<String> progress) {
    ResolvedMapping mapping = log.mapping();
    ObservationSpace space = profile.observationSpace();
    Sessionizer sessionizer = Sessionizer.of(mapping);
    EpisodeFiles files =
        new EpisodeFiles(
            writer.resolve(""),
            Storage.settings(),
            mapping,
            space,
            new EventMapper(mapping, space, profile.widths()),
            sessionizer,
            new EpisodeScreening(sessionizer, mapping.actionSpace(), config.checks()),
            config.split());
    int tasks = (int) Math.max(LEAST_TASKS, -Math.floorDiv(-profile.rows(), ROWS_PER_TASK));
    Column[] episode =
        mapping.episodeId().stream().map(column -> col("c" + column)).toArray(Column[]::new);
    Dataset<Row> byEpisode = log.rows().repartition(tasks, episode).sortWithinPartitions(episode);
    List<EpisodeFiles.Outcome> outcomes =
        byEpisode
            .toJavaRDD()
            .mapPartitionsWithIndex(
                (number, rows) -> List.of(files.write(number, rows)).iterator(), true)
            .collect();

    CheckReport checks = new CheckReport();
    Map<Split.Part, PartTally> parts = new EnumMap<>(Split.Part.class);
    for (Split.Part part : Split.Part.values()) {
      parts.put(part, new PartTally(mapping.actionSpace()));
    }
    long read = 0;
    for (EpisodeFiles.Outcome outcome : outcomes) { // in file order: sums come out the same
      read += outcome.rows();
      checks.merge(outcome.checks());
      outcome.parts().forEach((part, tally) -> parts.get(part).add(tally));
    }
    checks.enforce(config.checks(), "ingest " + config.source().name(), read, config.file());
    long kept = parts.values().stream().mapToLong(PartTally::transitions).sum();
    if (kept == 0) {
      throw UserError.data(
          "Cannot ingest "
              + config.source().name()
              + ": no episode is left, all rows were set aside: "
              + checks.quarantined()
              + ".");
    }
    Map<String, DatasetManifest.PartSummary> summaries = new TreeMap<>();
    parts.forEach((part, tally) -> summaries.put(part.key(), tally.summary()));
    DatasetManifest manifest =
        new DatasetManifest(
            DatasetManifest.SPEC_VERSION,
            DatasetManifest.KIND,
            name,
            space,
            mapping.actionSpace(),
            mapping.hasMask(),
            mapping.hasPropensity(),
            config.mapping().propensity().map(p -> p.estimated()).orElse(false),
            mapping.hasDuration(),
            mapping.hasDemonstration(),
            rewardComponents(mapping),
            mapping.labelNames(),
            checks.warnings().getOrDefault(Checks.ACTION_OUTSIDE_MASK, 0L),
            new RowAccount(read, kept, checks.quarantined()),
            checks.warnings(),
            config.split(),
            summaries,
            writer.files(),
            new Provenance(
                log.provenance(), CanonicalJson.tree((Object) config), 0, CodeVersion.current()));
    IngestSummary.lines(manifest, parts).forEach(progress);
    return manifest;
  }

  private static List<DatasetManifest.RewardComponent> rewardComponents(ResolvedMapping mapping) {
    List<DatasetManifest.RewardComponent> components = new ArrayList<>();
    for (int i = 0; i < mapping.rewardComponents().size(); i++) {
      components.add(
          new DatasetManifest.RewardComponent(
              mapping.rewardComponents().get(i), mapping.rewardWeights().get(i)));
    }
    return components;
  }
}
