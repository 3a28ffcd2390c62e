package dev.hindcast.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Returns;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
  @TempDir Path root;

  @Test
  void everyEpisodeIsOnItsSideInTheOrderOfIds() {
    TransitionColumns columns = Episodes.discrete(100, 5);
    Dataset dataset = write("ds", columns);
    int episodes = 0;
    for (Split.Part part : Split.Part.values()) {
      TransitionColumns side = dataset.read(part);
      episodes += side.episodes();
      for (int e = 0; e < side.episodes(); e++) {
        assertThat(Split.DEFAULT.of(side.episodeId(e))).isEqualTo(part);
        if (e > 0) {
          assertThat(side.episodeId(e)).isGreaterThan(side.episodeId(e - 1));
        }
      }
    }
    assertThat(episodes).isEqualTo(100);
  }

  @Test
  void manifestCountsWhatIsThere() {
    TransitionColumns columns = Episodes.discrete(100, 6);
    Dataset dataset = write("ds", columns);
    DatasetManifest manifest = dataset.manifest();
    var training = manifest.part(Split.Part.TRAINING);
    TransitionColumns read = dataset.read(Split.Part.TRAINING);
    double mean = 0;
    for (int e = 0; e < read.episodes(); e++) {
      mean += Returns.of(read, e, 1) / read.episodes();
    }
    assertThat(training.episodes()).isEqualTo(read.episodes());
    assertThat(training.transitions()).isEqualTo(read.rows());
    assertThat(training.meanReturn()).isCloseTo(mean, within(1e-12));
    assertThat(training.terminated() + training.truncated()).isEqualTo(training.episodes());
    assertThat(training.actionCounts().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(read.rows());
    assertThat(manifest.rows().kept()).isEqualTo(columns.rows());
    assertThat(manifest.loggedActionsOutsideMask()).isPositive();
  }

  @Test
  void sameEpisodesGiveTheSameFingerprintWhereverTheyLie() {
    assertThat(write("a", Episodes.discrete(30, 7)).fingerprint())
        .isEqualTo(write("deep/b", Episodes.discrete(30, 7)).fingerprint());
  }

  @Test
  void openedDatasetTravelsToExecutors() throws Exception {
    Dataset dataset = write("ds", Episodes.discrete(30, 8));
    var bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(dataset);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Dataset arrived = (Dataset) in.readObject();
      assertThat(arrived.fingerprint()).isEqualTo(dataset.fingerprint());
      assertThat(arrived.read(arrived.files(Split.Part.HELD_OUT).get(0)).rows()).isPositive();
    }
  }

  @Test
  void alteredFileIsRefused() throws Exception {
    Dataset dataset = write("ds", Episodes.discrete(30, 9));
    String file = dataset.files(Split.Part.TRAINING).get(0);
    Path path = root.resolve("ds").resolve(file);
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length / 2] ^= 1;
    Files.write(path, bytes);
    assertThatThrownBy(() -> dataset.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file + " is not the file that was published");
    Files.delete(path);
    assertThatThrownBy(() -> dataset.read(file)).hasMessageContaining(file + " is missing");
  }

  @Test
  void whatIsNoDatasetIsSaidInWords() throws Exception {
    assertThatThrownBy(() -> Dataset.open(root.resolve("none").toString()))
        .hasMessageContaining("there is no such folder. Run ingest first.")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.INPUT_MISSING);
    Path ds = root.resolve("ds");
    write("ds", Episodes.discrete(3, 1));
    String manifest = Files.readString(ds.resolve("manifest.json"));
    Files.writeString(ds.resolve("manifest.json"), manifest.replace("\"dataset\"", "\"policy\""));
    assertThatThrownBy(() -> Dataset.open(ds.toString()))
        .hasMessageContaining("it is a policy")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.USAGE);
    Files.writeString(
        ds.resolve("manifest.json"),
        manifest.replace("\"spec_version\" : 1", "\"spec_version\" : 9"));
    assertThatThrownBy(() -> Dataset.open(ds.toString()))
        .hasMessageContaining("spec version 9, and this build reads 1")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.DATA);
    Files.delete(ds.resolve("manifest.json"));
    assertThatThrownBy(() -> Dataset.open(ds.toString())).hasMessageContaining("never finished");
  }

  @Test
  void rewardsAreWeighedWhenReadAndStoredAsIngested() {
    Dataset dataset = write("ds", Episodes.withEverything(30, 11));
    assertThat(dataset.rewardWeights()).isEqualTo(Map.of("watch", 1.0, "click", 1.0));
    TransitionColumns stored = dataset.read(Split.Part.TRAINING);
    Dataset weighed = dataset.withRewardWeights(Map.of("click", 2.0, "watch", -0.5));
    assertThat(weighed.fingerprint()).isEqualTo(dataset.fingerprint());
    TransitionColumns read = weighed.read(Split.Part.TRAINING);
    TransitionColumns clicks =
        dataset.withRewardWeights(Map.of("click", 1.0)).read(Split.Part.TRAINING);
    for (int row = 0; row < read.rows(); row++) {
      double watch = stored.rewardComponent(row, 0);
      double click = stored.rewardComponent(row, 1);
      assertThat(stored.reward(row)).isEqualTo(watch + click);
      assertThat(read.reward(row)).isEqualTo(-0.5 * watch + 2 * click);
      assertThat(clicks.reward(row)).isEqualTo(click);
    }
    assertThat(weighed.withRewardWeights(Map.of()).read(Split.Part.TRAINING).reward(0))
        .isEqualTo(stored.reward(0));
  }

  @Test
  void weightOfAComponentThatIsNotThereIsRefused() {
    Dataset parts = write("parts", Episodes.withEverything(5, 11));
    assertThatThrownBy(() -> parts.withRewardWeights(Map.of("clik", 1.0)))
        .hasMessageContaining("by reward-weights.clik: its reward has no such component.")
        .hasMessageContaining("Did you mean click?")
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.USAGE);
    Dataset whole = write("whole", Episodes.discrete(5, 11));
    assertThatThrownBy(() -> whole.withRewardWeights(Map.of("click", 1.0)))
        .hasMessageContaining("its reward is one column, without components.")
        .hasMessageContaining("take reward-weights out");
  }

  @Test
  void manifestSaysWhatStepsHoldAndKeepsSilentOtherwise() throws Exception {
    DatasetManifest manifest = write("more", Episodes.withEverything(9, 3)).manifest();
    assertThat(manifest.hasDuration()).isTrue();
    assertThat(manifest.hasDemonstration()).isTrue();
    assertThat(manifest.rewardWeights()).containsExactly(entry("watch", 1.0), entry("click", 1.0));
    assertThat(manifest.labels()).containsExactly("day", "market");
    write("plain", Episodes.discrete(9, 3));
    assertThat(Files.readString(root.resolve("plain/manifest.json")))
        .doesNotContain("duration", "demonstration", "reward_components", "labels");
  }

  /** Made by this class's own means with release 0.1.0; must stay readable for good. */
  @Test
  void datasetOfRelease010StillLoads() {
    Dataset old = Dataset.open("src/test/resources/artefacts/0.1.0/dataset");
    // bundles name their dataset by this: fields that came later must not change it
    assertThat(old.fingerprint())
        .isEqualTo(Storage.fingerprint("src/test/resources/artefacts/0.1.0/dataset/manifest.json"));
    assertThat(old.rewardWeights()).isEmpty();
    TransitionColumns now = Episodes.discrete(12, 1);
    int rows = 0;
    for (Split.Part part : Split.Part.values()) {
      TransitionColumns side = old.read(part);
      rows += side.rows();
      for (int e = 0; e < side.episodes(); e++) {
        int same = 12 - Integer.parseInt(side.episodeId(e).substring("episode-".length()));
        assertThat(now.episodeId(same)).isEqualTo(side.episodeId(e));
        assertThat(Returns.of(side, e, 0.9)).isEqualTo(Returns.of(now, same, 0.9));
      }
    }
    assertThat(rows).isEqualTo(now.rows());
  }

  /** Made as the other, with the fields that version 1 of the spec gained before that release. */
  @Test
  void datasetOfRelease010WithDurationsAndRewardComponentsStillLoads() {
    Dataset old = Dataset.open("src/test/resources/artefacts/0.1.0/dataset-with-everything");
    TransitionColumns now = Episodes.withEverything(12, 1);
    assertThat(old.rewardWeights()).containsExactly(entry("watch", 1.0), entry("click", 1.0));
    int rows = 0;
    for (Split.Part part : Split.Part.values()) {
      TransitionColumns side = old.read(part);
      for (int e = 0; e < side.episodes(); e++) {
        int same = 12 - Integer.parseInt(side.episodeId(e).substring("episode-".length()));
        int shift = now.start(same) - side.start(e);
        for (int row = side.start(e); row < side.end(e); row++, rows++) {
          assertThat(side.duration(row)).isEqualTo(now.duration(row + shift));
          assertThat(side.isDemonstration(row)).isEqualTo(now.isDemonstration(row + shift));
          assertThat(side.rewardComponent(row, 1)).isEqualTo(now.rewardComponent(row + shift, 1));
        }
      }
    }
    assertThat(rows).isEqualTo(now.rows());
  }

  private Dataset write(String name, TransitionColumns columns) {
    String uri = root.resolve(name).toString();
    DatasetManifest manifest = DatasetWriter.write(uri, "test", Split.DEFAULT, columns);
    Dataset dataset = Dataset.open(uri);
    assertThat(dataset.fingerprint()).isEqualTo(manifest.fingerprint());
    return dataset;
  }
}
