package dev.hindcast.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Returns;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** Made by this class's own means with release 0.1.0; must stay readable for good. */
  @Test
  void datasetOfRelease010StillLoads() {
    Dataset old = Dataset.open("src/test/resources/artefacts/0.1.0/dataset");
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

  private Dataset write(String name, TransitionColumns columns) {
    String uri = root.resolve(name).toString();
    DatasetManifest manifest = DatasetWriter.write(uri, "test", Split.DEFAULT, columns);
    Dataset dataset = Dataset.open(uri);
    assertThat(dataset.fingerprint()).isEqualTo(manifest.fingerprint());
    return dataset;
  }
}
