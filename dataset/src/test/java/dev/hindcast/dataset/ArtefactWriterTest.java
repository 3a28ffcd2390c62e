package dev.hindcast.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtefactWriterTest {
  private record Manifest(int specVersion, String kind, List<ArtefactFile> files) {}

  @TempDir Path root;
  private Path place;

  @BeforeEach
  void choosePlace() {
    place = root.resolve("artefact");
  }

  @Test
  void artefactAppearsWithItsManifestAndTheMarkerGoes() throws Exception {
    Fingerprint published = publish(Existing.REFUSE, "a/x.txt", "one");
    assertThat(names()).containsExactlyInAnyOrder("a", "manifest.json");
    assertThat(published)
        .isEqualTo(Fingerprint.of(Files.readAllBytes(place.resolve("manifest.json"))));
    assertThat(ArtefactFolder.manifest(place.toString()).orElseThrow().path("files").toString())
        .contains("\"path\":\"a/x.txt\",\"bytes\":3");
  }

  @Test
  void closingWithoutPublishingLeavesNothing() {
    try (ArtefactWriter writer = ArtefactWriter.begin(place.toString(), Existing.REFUSE)) {
      writer.write("a/x.txt", "one".getBytes(UTF_8));
      assertThat(ArtefactFolder.manifest(place.toString())).isEmpty();
    }
    assertThat(place).doesNotExist();
  }

  @Test
  void whatAKilledRunLeftIsNoArtefactAndIsClearedByTheNext() throws Exception {
    @SuppressWarnings("MustBeClosedChecker")
    ArtefactWriter killed = ArtefactWriter.begin(place.toString(), Existing.REFUSE);
    killed.write("left/over.txt", "old".getBytes(UTF_8));
    assertThat(ArtefactFolder.manifest(place.toString())).isEmpty();
    publish(Existing.REFUSE, "x.txt", "new");
    assertThat(names()).containsExactlyInAnyOrder("x.txt", "manifest.json");
    assertThatThrownBy(() -> killed.publish(new Manifest(1, "test", List.of())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("another run has taken the folder over");
    killed.close();
    assertThat(names()).as("the loser deletes nothing").contains("x.txt", "manifest.json");
  }

  @Test
  void otherPeoplesFilesAreNeverTouched() throws Exception {
    Files.createDirectories(place);
    Files.writeString(place.resolve("thesis.txt"), "years of work");
    for (Existing existing : Existing.values()) {
      assertConflict(existing, "the folder holds other files (thesis.txt)");
    }
    Files.writeString(place.resolve("manifest.json"), "{\"some\": \"web page\"}");
    assertConflict(Existing.REPLACE, "manifest.json that is not Hindcast's");
    assertThat(names()).containsExactlyInAnyOrder("thesis.txt", "manifest.json");
  }

  @Test
  void finishedArtefactIsReplacedOnlyWhenAskedFor() throws Exception {
    publish(Existing.REFUSE, "old.txt", "old");
    assertConflict(Existing.REFUSE, "a finished test stands there");
    publish(Existing.REPLACE, "new.txt", "new");
    assertThat(names()).containsExactlyInAnyOrder("new.txt", "manifest.json");
  }

  @Test
  void failedReplacementLeavesTheOldArtefact() throws Exception {
    publish(Existing.REFUSE, "old.txt", "old");
    try (ArtefactWriter writer = ArtefactWriter.begin(place.toString(), Existing.REPLACE)) {
      writer.write("new.txt", new byte[1]);
      assertThat(place.resolve("manifest.json")).doesNotExist();
    }
    assertThat(names()).containsExactlyInAnyOrder("old.txt", "manifest.json");
    assertThat(place.resolveSibling(place.getFileName() + ".replaced")).doesNotExist();
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker") // a killed run closes nothing
  void replacementAfterAKilledReplacementCleansUp() throws Exception {
    publish(Existing.REFUSE, "old.txt", "old");
    ArtefactWriter killed = ArtefactWriter.begin(place.toString(), Existing.REPLACE);
    killed.write("half.txt", new byte[1]);
    assertThat(place.resolveSibling(place.getFileName() + ".replaced").resolve("old.txt")).exists();
    publish(Existing.REPLACE, "new.txt", "new");
    assertThat(names()).containsExactlyInAnyOrder("new.txt", "manifest.json");
    assertThat(place.resolveSibling(place.getFileName() + ".replaced")).doesNotExist();
  }

  @Test
  void replacingStopsAtAFileThatIsNotTheArtefacts() throws Exception {
    publish(Existing.REFUSE, "old.txt", "old");
    Files.writeString(place.resolve("notes.txt"), "mine");
    assertConflict(Existing.REPLACE, "it also holds notes.txt");
    assertThat(names()).contains("old.txt", "notes.txt", "manifest.json");
  }

  @Test
  void filesAreSortedAndScratchIsDropped() {
    try (ArtefactWriter writer = ArtefactWriter.begin(place.toString(), Existing.REFUSE)) {
      writer.write("b.txt", new byte[1]);
      writer.write("a/c.txt", new byte[2]);
      writer.write("a/.c.txt.crc", new byte[2]);
      writer.write("a/_SUCCESS", new byte[0]);
      assertThat(writer.files()).extracting(ArtefactFile::path).containsExactly("a/c.txt", "b.txt");
      assertThat(place.resolve("a/.c.txt.crc")).doesNotExist();
    }
  }

  @Test
  void wholeFolderIsCopiedIn() throws Exception {
    Path source = Files.createDirectories(root.resolve("source/sub")).getParent();
    Files.writeString(source.resolve("sub/x.txt"), "x");
    try (ArtefactWriter writer = ArtefactWriter.begin(place.toString(), Existing.REFUSE)) {
      writer.copyFrom(source);
      assertThat(writer.files()).extracting(ArtefactFile::path).containsExactly("sub/x.txt");
    }
  }

  private Fingerprint publish(Existing existing, String path, String content) {
    try (ArtefactWriter writer = ArtefactWriter.begin(place.toString(), existing)) {
      writer.write(path, content.getBytes(UTF_8));
      return writer.publish(new Manifest(1, "test", writer.files()));
    }
  }

  private void assertConflict(Existing existing, String words) {
    assertThatThrownBy(() -> ArtefactWriter.begin(place.toString(), existing).close())
        .isInstanceOf(UserError.class)
        .hasMessageContaining(words)
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.CONFLICT);
  }

  private List<String> names() throws Exception {
    try (var files = Files.list(place)) {
      return files.map(path -> path.getFileName().toString()).toList();
    }
  }
}
