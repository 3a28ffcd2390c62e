package dev.hindcast.ingestion.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.columns.ParquetTable;
import dev.hindcast.ingestion.check.Check;
import dev.hindcast.ingestion.check.Checks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestJobIT {
  @TempDir Path folder;

  @Test
  void episodesArriveWhole() {
    SmallLog log = SmallLog.of(40, 1);
    log.write(folder);
    DatasetManifest manifest = SmallLog.ingest(folder, "ds");
    assertThat(manifest.rows().kept()).isEqualTo(log.rows.size());
    assertThat(manifest.observationSpace().numeric())
        .containsExactly("x1", "x2", "history.0", "history.1");
    assertThat(manifest.observationSpace().categorical().get(0).values())
        .containsExactly("w0", "w1", "w2");
    Dataset dataset = Dataset.open(folder.resolve("ds").toString());
    int episodes = 0;
    for (Split.Part part : Split.Part.values()) {
      TransitionColumns columns = dataset.read(part);
      episodes += columns.episodes();
      for (int e = 0; e < columns.episodes(); e++) {
        for (int row = columns.start(e); row < columns.end(e); row++) {
          assertRow(log, columns, e, row);
        }
      }
    }
    assertThat(episodes).isEqualTo(40);
  }

  @Test
  void orderOfTheInputChangesNothing() throws Exception {
    SmallLog log = SmallLog.of(40, 2);
    log.first("u3").put("reward", null);
    log.rows.add(new LinkedHashMap<>(log.first("u5")));
    log.rows.get(log.rows.size() - 1).put("x1", Double.NaN);
    log.rows.add(new LinkedHashMap<>(log.first("u6")));
    String anything = anythingGoes();
    log.write(folder);
    DatasetManifest before = SmallLog.ingestAs(folder, SmallLog.CONFIG + anything, "a");
    assertThat(before.rows().quarantined()).containsKeys("reward-missing", "duplicate-step");
    for (int seed = 0; seed < 2; seed++) {
      log.shuffled(seed).write(folder);
      DatasetManifest after = SmallLog.ingestAs(folder, SmallLog.CONFIG + anything, "b" + seed);
      assertThat(after.files()).isEqualTo(before.files());
      assertThat(after.rows()).isEqualTo(before.rows());
      assertThat(after.parts()).isEqualTo(before.parts());
    }
  }

  @Test
  void sameLogAndConfigGiveTheSameManifestAndOnlyTheManifestsFiles() throws Exception {
    SmallLog.of(10, 3).write(folder);
    SmallLog.ingest(folder, "a");
    SmallLog.ingest(folder, "deep/b");
    assertThat(folder.resolve("a/manifest.json"))
        .hasSameBinaryContentAs(folder.resolve("deep/b/manifest.json"));
    assertThat(Files.readString(folder.resolve("a/manifest.json")))
        .doesNotContain(folder.toString())
        .contains("\"at_most\"", "\"name\" : \"log.parquet\"");
    try (var files = Files.walk(folder.resolve("a"))) {
      List<String> names =
          files
              .filter(Files::isRegularFile)
              .map(path -> folder.resolve("a").relativize(path).toString())
              .sorted()
              .toList();
      List<String> listed =
          new ArrayList<>(
              Dataset.open(folder.resolve("a").toString()).manifest().files().stream()
                  .map(file -> file.path())
                  .toList());
      listed.add("manifest.json");
      assertThat(names).containsExactlyInAnyOrderElementsOf(listed);
    }
  }

  /** Whatever is spoilt, every row is under one heading, and the untouched episodes are kept. */
  @Test
  void rowsAddUpUnderRandomCorruption() {
    for (int seed = 0; seed < 4; seed++) {
      SmallLog log = SmallLog.of(60, seed);
      Set<String> spoilt = spoil(log, seed);
      log.write(folder);
      String output = "ds" + seed;
      DatasetManifest manifest =
          SmallLog.ingestAs(folder, SmallLog.CONFIG + anythingGoes(), output);
      assertThat(manifest.rows().read()).isEqualTo(log.rows.size());
      Map<String, Long> inFiles = new TreeMap<>();
      ParquetTable aside =
          ParquetTable.read(
              folder.resolve(output).resolve("quarantine").toString(),
              List.of("episode_id", "rule", "detail"));
      for (String rule : aside.texts("rule")) {
        inFiles.merge(rule, 1L, Long::sum);
      }
      assertThat(inFiles).isEqualTo(manifest.rows().quarantined());
      Set<String> kept = new HashSet<>();
      Dataset dataset = Dataset.open(folder.resolve(output).toString());
      for (Split.Part part : Split.Part.values()) {
        TransitionColumns columns = dataset.read(part);
        for (int e = 0; e < columns.episodes(); e++) {
          kept.add(columns.episodeId(e));
        }
      }
      assertThat(aside.texts("episode_id")).doesNotContainAnyElementsOf(kept);
      Set<String> untouched = new HashSet<>();
      for (int e = 0; e < 60; e++) {
        if (!spoilt.contains("u" + e)) {
          untouched.add("u" + e);
        }
      }
      assertThat(kept).isEqualTo(untouched);
    }
  }

  @Test
  void everyKindOfBadValueIsCountedUnderItsRule() {
    Map<String, Consumer<Map<String, Object>>> faults = new LinkedHashMap<>();
    faults.put("missing-number", row -> row.put("x1", Double.NaN));
    faults.put("non-finite-value", row -> row.put("x1", Double.POSITIVE_INFINITY));
    faults.put("invalid-propensity", row -> row.put("p", 0.0));
    faults.put("action-out-of-range", row -> row.put("action", 4L));
    faults.put("action-outside-mask", row -> row.put("allowed", new Integer[] {nextTo(row)}));
    faults.put("empty-mask", row -> row.put("allowed", new Integer[0]));
    faults.put("invalid-mask", row -> row.put("allowed", new Integer[] {0, 7}));
    faults.put("wrong-list-length", row -> row.put("history", new Double[] {1.0}));
    faults.put("missing-value", row -> row.put("ward", null));
    faults.put("reward-missing", row -> row.put("reward", null));
    faults.put("missing-episode-id", row -> row.put("user", null));
    faults.put("gap-in-steps", row -> row.put("step", 9));
    SmallLog log = SmallLog.of(60, 5);
    int user = 0;
    for (Consumer<Map<String, Object>> fault : faults.values()) {
      fault.accept(log.first("u" + user));
      user++;
    }
    log.rows.add(new LinkedHashMap<>(log.first("u20")));
    Map<String, Object> late = new LinkedHashMap<>(log.first("u21"));
    late.put("step", (int) log.rows.stream().filter(r -> "u21".equals(r.get("user"))).count());
    log.rows.add(late);
    log.first("u22").putAll(Map.of("died", true, "timeout", true));
    log.write(folder);
    DatasetManifest manifest = SmallLog.ingestAs(folder, SmallLog.CONFIG + anythingGoes(), "ds");
    for (String rule : faults.keySet()) {
      assertThat(manifest.rows().quarantined()).as(rule).containsKey(rule);
    }
    assertThat(manifest.rows().quarantined())
        .containsEntry("duplicate-step", 2L)
        .containsEntry("rows-after-end", 1L)
        .containsEntry("both-terminated-and-truncated", 1L);
    // With a mask that may be overstepped, the row stays and is counted.
    DatasetManifest keeping =
        SmallLog.ingestAs(
            folder,
            SmallLog.CONFIG + anythingGoes(),
            "keep",
            "checks.action-outside-mask.treat=keep");
    assertThat(keeping.loggedActionsOutsideMask()).isEqualTo(1);
    assertThat(keeping.warnings()).containsEntry("action-outside-mask", 1L);
    assertThat(keeping.rows().kept()).isGreaterThan(manifest.rows().kept());
  }

  @Test
  void ruleBrokenTooOftenStopsTheRunAndLeavesNothingAndTheNextRunWorks() {
    SmallLog log = SmallLog.of(20, 6);
    Map<String, Object> row = log.first("u4");
    row.put("p", 1.5);
    log.write(folder);
    assertThatThrownBy(() -> SmallLog.ingest(folder, "ds"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("invalid-propensity: 1 of " + log.rows.size() + " rows")
        .hasMessageContaining("allowed 1%. First: episode u4 step 0 (propensity is 1.5).")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.DATA);
    assertThat(folder.resolve("ds")).doesNotExist();
    row.put("p", 0.5);
    log.write(folder);
    assertThat(SmallLog.ingest(folder, "ds").rows().kept()).isEqualTo(log.rows.size());
  }

  @Test
  void everyColumnProblemIsToldAtOnceBeforeAnyRowIsRead() {
    SmallLog.of(5, 7).write(folder);
    assertThatThrownBy(
            () ->
                SmallLog.ingest(
                    folder,
                    "ds",
                    "reward=rewrad",
                    "terminated=ward",
                    "observation.categorical=[wards]",
                    "join=[{path: log.parquet, key: usr, columns: [x1, z]}]"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot ingest log.parquet, 7 problems:")
        .hasMessageContaining("reward in --set reward=rewrad")
        .hasMessageContaining("the log has no column rewrad. Did you mean reward?")
        .hasMessageContaining("column ward holds texts, but true or false, or 0 and 1 are needed")
        .hasMessageContaining("Did you mean ward?")
        .hasMessageContaining("no column usr. Did you mean user?")
        .hasMessageContaining("the log has a column x1 already")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.USAGE);
    assertThat(folder.resolve("ds")).doesNotExist();
  }

  @Test
  void missingLogIsMissing() {
    assertThatThrownBy(() -> SmallLog.ingest(folder, "ds"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("log.parquet: there is no file there.")
        .hasMessageContaining("It is named by source.path in pipeline.yaml line 1.")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.INPUT_MISSING);
    assertThatThrownBy(() -> SmallLog.ingest(folder, "ds", "source.path=logs/*.parquet"))
        .hasMessageContaining("no file matches it");
  }

  @Test
  void emptyLogIsADataError() {
    SmallLog log = SmallLog.of(5, 8);
    log.rows.clear();
    log.write(folder);
    assertThatThrownBy(() -> SmallLog.ingest(folder, "ds"))
        .hasMessageContaining("the log has no rows")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.DATA);
  }

  @Test
  void logWithoutAnyRewardIsADataError() {
    SmallLog log = SmallLog.of(5, 9);
    log.rows.forEach(row -> row.put("reward", null));
    log.write(folder);
    assertThatThrownBy(() -> SmallLog.ingest(folder, "ds"))
        .hasMessageContaining("reward-missing: " + log.rows.size() + " of " + log.rows.size());
    assertThatThrownBy(() -> SmallLog.ingestAs(folder, SmallLog.CONFIG + anythingGoes(), "ds"))
        .hasMessageContaining("no episode is left")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.DATA);
  }

  @Test
  void damagedParquetIsADataErrorThatNamesTheFile() throws Exception {
    SmallLog.of(50, 10).write(folder);
    Path file;
    try (var files = Files.list(folder.resolve("log.parquet"))) {
      file =
          files.filter(p -> p.toString().endsWith(".parquet")).sorted().findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> SmallLog.ingest(folder, "ds"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.getFileName().toString())
        .hasMessageContaining("it is not a whole Parquet file")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.DATA);
    for (int i = 4; i < bytes.length / 2; i++) {
      bytes[i] = (byte) ~bytes[i];
    }
    Files.write(file, bytes);
    assertThatThrownBy(() -> SmallLog.ingest(folder, "ds"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.getFileName().toString())
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.DATA);
    assertThat(folder.resolve("ds")).doesNotExist();
  }

  @Test
  void whatAKilledRunLeftIsNoDatasetAndTheNextRunClearsIt() {
    SmallLog.of(10, 11).write(folder);
    Path place = folder.resolve("ds");
    ArtefactWriter.begin(place.toString(), Existing.REFUSE) // and never closed: a killed run
        .write("data/training/part-00007.parquet", new byte[] {1});
    assertThat(ArtefactFolder.manifest(place.toString())).isEmpty();
    assertThatThrownBy(() -> Dataset.open(place.toString())).hasMessageContaining("never finished");
    SmallLog.ingest(folder, "ds");
    assertThat(place.resolve("data/training/part-00007.parquet")).doesNotExist();
    assertThat(Dataset.open(place.toString()).read(Split.Part.TRAINING).rows()).isPositive();
  }

  @Test
  void otherPeoplesFolderIsAConflict() throws Exception {
    SmallLog.of(5, 12).write(folder);
    Files.createDirectories(folder.resolve("ds"));
    Files.writeString(folder.resolve("ds/notes.txt"), "mine");
    assertThatThrownBy(() -> SmallLog.ingest(folder, "ds"))
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.CONFLICT);
    assertThat(folder.resolve("ds/notes.txt")).hasContent("mine");
  }

  @Test
  void joinedKeyWithoutAPartnerIsAMissingNumberAndOneTwiceStopsTheRun() {
    SmallLog log = SmallLog.of(60, 13);
    log.write(folder);
    Path wards = folder.resolve("wards.parquet");
    var spark = SparkForTests.session();
    spark
        .sql("select 'w0' as ward, 1.5 as beds union all select 'w1', 2.5")
        .write()
        .parquet(wards.toString());
    String join = "join=[{path: wards.parquet, key: ward, columns: [beds]}]";
    String numeric = "observation.numeric=[beds]";
    long orphans = log.rows.stream().filter(row -> "w2".equals(row.get("ward"))).count();
    DatasetManifest manifest =
        SmallLog.ingestAs(folder, SmallLog.CONFIG + anythingGoes(), "ds", join, numeric);
    assertThat(manifest.rows().quarantined()).containsEntry("missing-number", orphans);
    assertThat(manifest.provenance().inputs())
        .extracting(input -> input.role() + " " + input.name())
        .containsExactly("log log.parquet", "join-table wards.parquet");
    spark
        .sql("select 'w0' as ward, 1.5 as beds union all select 'w0', 2.5")
        .write()
        .mode("overwrite")
        .parquet(wards.toString());
    assertThatThrownBy(() -> SmallLog.ingest(folder, "ds2", join, numeric))
        .hasMessageContaining("its ward w0 stands in 2 rows, but each key may stand only once");
  }

  @Test
  void rowsAreOrderedByTimeWhereStepsAreNotNumbered() throws Exception {
    Files.writeString(
        folder.resolve("log.csv"),
        """
        user,when,x,action,reward
        a,2024-01-02 00:00:00,2,0,0.5
        a,2024-01-01 00:00:00,1,1,0.25
        b,2024-01-01 12:00:00,3,1,1
        """);
    String yaml =
        """
        source: {format: csv, path: log.csv}
        episode: {id: user, order-by: when, ends: truncated}
        observation: {numeric: [x]}
        action: {discrete: action, size: 2}
        reward: reward
        split: {held-out: 0}
        """;
    DatasetManifest manifest = SmallLog.ingestAs(folder, yaml, "ds");
    assertThat(manifest.hasPropensity()).isFalse();
    assertThat(manifest.part(Split.Part.HELD_OUT).episodes()).isZero();
    assertThat(manifest.part(Split.Part.TRAINING).withoutNextObservation()).isEqualTo(2);
    TransitionColumns columns =
        Dataset.open(folder.resolve("ds").toString()).read(Split.Part.TRAINING);
    Map<String, List<Float>> seen = new HashMap<>();
    for (int e = 0; e < columns.episodes(); e++) {
      List<Float> numbers = new ArrayList<>();
      for (int row = columns.start(e); row < columns.end(e); row++) {
        numbers.add(columns.numeric()[row]);
      }
      seen.put(columns.episodeId(e), numbers);
    }
    assertThat(seen).isEqualTo(Map.of("a", List.of(1f, 2f), "b", List.of(3f)));
  }

  @Test
  void boxActionsAndWhatIsSeenAfterTheLastStepAreKept() throws Exception {
    Files.writeString(
        folder.resolve("log.json"),
        """
        {"e": 1, "t": 0, "o": [0.5, 1.5], "a": [0.25, -1.0], "r": 1.0, "stop": false, "cut": false, "o2": [1.0, 2.0], "d": -0.5}
        {"e": 1, "t": 1, "o": [1.0, 2.0], "a": [0.0, 1.0], "r": 2.0, "stop": false, "cut": true, "o2": [7.0, 8.0], "d": 0.5}
        """);
    String yaml =
        """
        source: {format: json, path: log.json}
        episode: {id: e, step: t}
        observation: {numeric: [o]}
        next-observation: {numeric: [o2]}
        action: {box: [a], low: [-1, -1], high: [1, 1]}
        reward: r
        terminated: stop
        truncated: cut
        propensity: {log-density: d}
        split: {held-out: 1}
        """;
    SmallLog.ingestAs(folder, yaml, "ds");
    TransitionColumns columns =
        Dataset.open(folder.resolve("ds").toString()).read(Split.Part.HELD_OUT);
    assertThat(columns.actionVectors()).containsExactly(0.25f, -1, 0, 1);
    assertThat(columns.numeric()).containsExactly(0.5f, 1.5f, 1, 2, 7, 8);
    assertThat(columns.next(1)).isEqualTo(2);
    assertThat(columns.propensity(1)).as("a density may be above 1").isEqualTo(Math.exp(0.5));
    assertThatThrownBy(() -> SmallLog.ingestAs(folder, yaml, "ds2", "action.high=[0.1, 1]"))
        .hasMessageContaining("action coordinate 0 is 0.25, but must lie in [-1.0, 0.1]");
  }

  @Test
  void actionsThatRoundingPutOutOfTheirBoxAreCutAndCounted() throws Exception {
    Files.writeString(
        folder.resolve("log.json"),
        """
        {"e": 1, "o": 0.5, "a": 2.0001, "r": 1.0}
        {"e": 2, "o": 0.5, "a": -2.0003, "r": 1.0}
        {"e": 3, "o": 0.5, "a": 2.0005, "r": 1.0}
        {"e": 4, "o": 0.5, "a": 1.5, "r": 1.0}
        """);
    String yaml =
        """
        source: {format: json, path: log.json}
        episode: {id: e, ends: terminated}
        observation: {numeric: o}
        action: {box: a, low: [-2], high: [2]}
        reward: r
        checks: {action-out-of-range: {at-most: 100%}}
        split: {held-out: 0}
        """;
    DatasetManifest manifest = SmallLog.ingestAs(folder, yaml, "ds");
    assertThat(manifest.warnings()).containsExactly(Map.entry("action-rounded-out-of-box", 2L));
    assertThat(manifest.rows().quarantined()).containsExactly(Map.entry("action-out-of-range", 1L));
    TransitionColumns columns = training("ds");
    Map<String, Float> kept = new HashMap<>();
    for (int row = 0; row < columns.rows(); row++) {
      kept.put(columns.episodeId(row), columns.actionVectors()[row]);
    }
    assertThat(kept).isEqualTo(Map.of("1", 2f, "2", -2f, "4", 1.5f));
    assertThatThrownBy(
            () ->
                SmallLog.ingestAs(
                    folder, yaml, "ds2", "checks.action-rounded-out-of-box.treat=stop"))
        .hasMessageContaining("action-rounded-out-of-box: 2 of 4 rows (50%), allowed 0%.");
  }

  @Test
  void piecesOfALogKeepTheirEpisodesApart() throws Exception {
    Files.writeString(
        folder.resolve("medium.csv"), "id,t,x,a,r,end\n1,0,1,0,0.5,0\n1,1,2,1,0.5,1\n");
    Files.writeString(
        folder.resolve("expert.csv"), "id,t,x,a,r,end,dt\n1,0,3,0,1,0,2\n1,1,4,1,1,1,0.5\n");
    String yaml =
        """
        source: {format: csv, path: [medium.csv, {path: expert.csv, label: shown}]}
        episode: {id: [_source, id], step: t}
        observation: {numeric: "x*"}
        action: {discrete: a, size: 2}
        reward: r
        terminated: end
        demonstration: {column: _source, equals: shown}
        split: {held-out: 0}
        """;
    DatasetManifest manifest = SmallLog.ingestAs(folder, yaml, "ds");
    assertThat(manifest.hasDemonstration()).isTrue();
    assertThat(manifest.hasDuration()).isFalse();
    assertThat(manifest.provenance().inputs())
        .extracting(input -> input.role() + " " + input.name())
        .containsExactly("log medium.csv", "log expert.csv");
    TransitionColumns columns = training("ds");
    assertThat(columns.episodes()).isEqualTo(2);
    for (int e = 0; e < 2; e++) {
      boolean isExpert = columns.numeric()[columns.start(e)] == 3;
      assertThat(columns.episodeId(e)).isEqualTo(isExpert ? "shown/1" : "medium.csv/1");
      for (int row = columns.start(e); row < columns.end(e); row++) {
        assertThat(columns.isDemonstration(row)).isEqualTo(isExpert);
      }
    }
    assertThatThrownBy(() -> SmallLog.ingestAs(folder, yaml, "ds2", "episode.id=id"))
        .hasMessageContaining("duplicate-step: 4 of 4 rows");
    assertThatThrownBy(
            () -> SmallLog.ingestAs(folder, yaml, "ds3", "source.path=[medium.csv, medium.csv]"))
        .hasMessageContaining("is called medium.csv as another piece is");
    // only one piece says how long steps took
    assertThatThrownBy(() -> SmallLog.ingestAs(folder, yaml, "ds4", "duration=dt"))
        .hasMessageContaining("missing-value: 2 of 4 rows");
  }

  @Test
  void piecesWhoseColumnsDifferInKindAreRefused() throws Exception {
    Files.writeString(folder.resolve("a.csv"), "id,x,a,r\n1,1,0,0.5\n");
    Files.writeString(folder.resolve("b.csv"), "id,x,a,r\n1,much,0,1\n");
    String yaml =
        """
        source: {format: csv, path: [a.csv, b.csv]}
        episode: {id: id, ends: terminated}
        observation: {numeric: x}
        action: {discrete: a, size: 2}
        reward: r
        """;
    assertThatThrownBy(() -> SmallLog.ingestAs(folder, yaml, "ds"))
        .hasMessageContaining("column x holds texts in b.csv, but whole numbers in the pieces");
  }

  @Test
  void durationsAndWeighedRewardComponentsReachLearners() throws Exception {
    Files.writeString(
        folder.resolve("log.csv"),
        """
        id,t,x,a,clicked,seconds,hours,expert
        1,0,1,0,1,30,2,0
        1,1,2,1,0,10,0.5,1
        """);
    String yaml =
        """
        source: {format: csv, path: log.csv}
        episode: {id: id, step: t, ends: terminated}
        observation: {numeric: x}
        action: {discrete: a, size: 2}
        reward: {components: {watch: seconds, click: clicked}}
        reward-weights: {click: 1, watch: 0.01}
        duration: hours
        demonstration: expert
        split: {held-out: 0}
        """;
    DatasetManifest manifest = SmallLog.ingestAs(folder, yaml, "ds");
    assertThat(manifest.rewardWeights())
        .containsExactly(Map.entry("watch", 0.01), Map.entry("click", 1.0));
    TransitionColumns columns = training("ds");
    assertThat(columns.reward(0)).isEqualTo(0.01 * 30 + 1);
    assertThat(columns.rewardComponents()).containsExactly("watch", "click");
    assertThat(columns.rewardComponent(0, 0)).isEqualTo(30);
    assertThat(columns.duration(0)).isEqualTo(2);
    assertThat(columns.duration(1)).isEqualTo(0.5);
    assertThat(columns.isDemonstration(0)).isFalse();
    assertThat(columns.isDemonstration(1)).isTrue();
    assertThat(
            Dataset.open(folder.resolve("ds").toString())
                .withRewardWeights(Map.of("click", 3.0))
                .read(Split.Part.TRAINING)
                .reward(0))
        .isEqualTo(3);
    assertThatThrownBy(() -> SmallLog.ingestAs(folder, yaml, "ds2", "duration=x", "reward=clicked"))
        .hasMessageContaining("is one column, but reward-weights are given");
    Files.writeString(
        folder.resolve("log.csv"), "id,t,x,a,clicked,seconds,hours,expert\n1,0,1,0,1,30,-2,0\n");
    assertThatThrownBy(() -> SmallLog.ingestAs(folder, yaml, "ds3"))
        .hasMessageContaining("invalid-duration: 1 of 1 rows")
        .hasMessageContaining("duration is -2.0");
  }

  @Test
  void labelsAreThoseOfTheFirstRowAndNoObservation() throws Exception {
    Files.writeString(
        folder.resolve("log.csv"),
        """
        id,t,x,a,r,market,at
        1,1,1,0,1,de,2026-11-02T00:10:00Z
        1,0,1,0,1,at,2026-11-01T23:50:00Z
        2,0,1,0,1,,2026-11-03T12:00:00+14:00
        """);
    String yaml =
        """
        source: {format: csv, path: log.csv}
        episode: {id: id, step: t, ends: terminated}
        observation: {numeric: x}
        action: {discrete: a, size: 2}
        reward: r
        labels: [market, at]
        split: {held-out: 0}
        """;
    DatasetManifest manifest = SmallLog.ingestAs(folder, yaml, "ds");
    assertThat(manifest.labels()).containsExactly("market", "at");
    assertThat(manifest.observationSpace().numeric()).containsExactly("x");
    assertThat(manifest.observationSpace().categorical()).isEmpty();
    TransitionColumns columns = training("ds");
    int first = columns.episodeId(0).equals("1") ? 0 : 1; // files are divided by hashes
    assertThat(columns.label(first, 0)).isEqualTo("at");
    assertThat(columns.label(first, 1)).isEqualTo("2026-11-01");
    assertThat(columns.label(1 - first, 0)).isEmpty();
    assertThat(columns.label(1 - first, 1)).isEqualTo("2026-11-02");
    assertThatThrownBy(() -> SmallLog.ingestAs(folder, yaml, "ds2", "labels=[markt]"))
        .hasMessageContaining("the log has no column markt. Did you mean market?");
  }

  @Test
  void checkColumnsReadsNoRowsAndWritesNothing() {
    SmallLog log = SmallLog.of(5, 14);
    log.rows.forEach(row -> row.put("p", 9.0));
    log.write(folder);
    IngestJob.checkColumns(SparkForTests.session(), SmallLog.config(folder, SmallLog.CONFIG));
    assertThatThrownBy(
            () ->
                IngestJob.checkColumns(
                    SparkForTests.session(),
                    SmallLog.config(folder, SmallLog.CONFIG, "reward=rewards")))
        .hasMessageContaining("Did you mean reward?");
  }

  private TransitionColumns training(String name) {
    return Dataset.open(folder.resolve(name).toString()).read(Split.Part.TRAINING);
  }

  /** Every rule may be broken by every row. */
  private static String anythingGoes() {
    StringBuilder yaml = new StringBuilder("checks:\n");
    for (Check check : Checks.all()) {
      yaml.append("  ").append(check.name()).append(": {at-most: 100%}\n");
    }
    return yaml.toString();
  }

  /** Spoils random rows; gives the users that were touched. */
  private static Set<String> spoil(SmallLog log, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 31 + 1);
    Set<String> touched = new HashSet<>();
    int rows = log.rows.size();
    for (int i = 0; i < 15; i++) {
      Map<String, Object> row = log.rows.get(random.nextInt(rows));
      if (row.get("user") == null) {
        continue;
      }
      touched.add((String) row.get("user"));
      switch (random.nextInt(9)) {
        case 0 -> row.put("x2", Float.POSITIVE_INFINITY);
        case 1 -> row.put("p", -0.1);
        case 2 -> row.put("action", -1L);
        case 3 -> row.put("allowed", null);
        case 4 -> log.rows.add(new LinkedHashMap<>(row));
        case 5 -> row.put("step", 77);
        case 6 -> row.put("reward", Double.NaN);
        case 7 -> row.put("history", new Double[] {1.0, 2.0, 3.0});
        default -> row.put("died", null);
      }
    }
    return touched;
  }

  private static int nextTo(Map<String, Object> row) {
    return (int) (((Long) row.get("action") + 1) % 4);
  }

  private static void assertRow(SmallLog log, TransitionColumns columns, int e, int row) {
    int step = row - columns.start(e);
    Map<String, Object> logged =
        log.rows.stream()
            .filter(r -> r.get("user").equals(columns.episodeId(e)) && r.get("step").equals(step))
            .findFirst()
            .orElseThrow();
    assertThat(columns.numeric()[row * 4]).isEqualTo(((Double) logged.get("x1")).floatValue());
    assertThat(columns.numeric()[row * 4 + 3]).isEqualTo(step);
    assertThat(columns.action(row)).isEqualTo(((Long) logged.get("action")).intValue());
    assertThat(columns.reward(row)).isEqualTo(logged.get("reward"));
    assertThat(columns.terminated(row)).isEqualTo(logged.get("died"));
    assertThat(columns.truncated(row)).isEqualTo(logged.get("timeout"));
  }
}
