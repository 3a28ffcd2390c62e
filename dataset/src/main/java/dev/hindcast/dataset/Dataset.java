package dev.hindcast.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.columns.TransitionFile;
import dev.hindcast.dataset.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A finished dataset, opened. The object holds only the manifest and the place: it is cheap to send
 * to executors, and every file can be read on any machine that reaches the place.
 */
public final class Dataset implements java.io.Serializable {
  private static final long serialVersionUID = 1L;

  private final String uri;
  private final String manifestJson;

  @SuppressWarnings(
      "unused") // travels along, so that other machines reach the place as this one does
  private final Storage.Settings storage = Storage.settings();

  private transient DatasetManifest manifest;

  private Dataset(String uri, String manifestJson) {
    this.uri = uri;
    this.manifestJson = manifestJson;
  }

  /**
   * Opens the dataset at a path or URI.
   *
   * @throws UserError (input missing) when there is none or it was never finished; (usage) when
   *     something else is there; (data) when it is of another spec version or damaged
   */
  public static Dataset open(String uri) {
    String place = Storage.absolute(uri);
    JsonNode json =
        ArtefactFolder.manifest(place)
            .orElseThrow(
                () ->
                    UserError.missing(
                        "Cannot open dataset "
                            + uri
                            + ": "
                            + (Storage.exists(place)
                                ? "it has no manifest.json, so it is no dataset, or one that was never finished. Run ingest again."
                                : "there is no such folder. Run ingest first.")));
    String kind = json.path("kind").asText("artefact of an unknown kind");
    if (!kind.equals(DatasetManifest.KIND)) {
      throw UserError.usage("Cannot open dataset " + uri + ": it is a " + kind + ".");
    }
    int version = json.path("spec_version").asInt(-1);
    if (version != DatasetManifest.SPEC_VERSION) {
      throw UserError.data(
          "Cannot open dataset "
              + uri
              + ": its manifest says spec version "
              + version
              + ", and this build reads "
              + DatasetManifest.SPEC_VERSION
              + ". Ingest the log again with this build.");
    }
    Dataset dataset =
        new Dataset(
            place,
            new String(
                Storage.read(Storage.below(place, ArtefactFolder.MANIFEST)),
                StandardCharsets.UTF_8));
    try {
      dataset.manifest();
    } catch (IllegalArgumentException e) {
      throw new UserError(
          UserError.Kind.DATA,
          "Cannot open dataset " + uri + ": its manifest is damaged (" + e.getMessage() + ").",
          e);
    }
    return dataset;
  }

  /** Where it lies. */
  public String uri() {
    return uri;
  }

  /** What it says of itself. */
  public DatasetManifest manifest() {
    if (manifest == null) {
      manifest =
          CanonicalJson.read(manifestJson.getBytes(StandardCharsets.UTF_8), DatasetManifest.class);
    }
    return manifest;
  }

  /** Its fingerprint. */
  public Fingerprint fingerprint() {
    return manifest().fingerprint();
  }

  /**
   * The data files of one side of the split, in the manifest's order. Every file holds whole
   * episodes.
   */
  public List<String> files(Split.Part part) {
    String folder = DatasetLayout.folder(part) + "/";
    return manifest().files().stream()
        .map(ArtefactFile::path)
        .filter(path -> path.startsWith(folder))
        .toList();
  }

  /**
   * All episodes of one data file, after checking its hash.
   *
   * @param file one of {@link #files}
   * @throws UserError (data) when it is missing or not the file that was published
   */
  public TransitionColumns read(String file) {
    TransitionColumns.Builder builder = builder();
    append(file, builder);
    return builder.build();
  }

  /** All episodes of one side, in the manifest's order. */
  public TransitionColumns read(Split.Part part) {
    TransitionColumns.Builder builder = builder();
    files(part).forEach(file -> append(file, builder));
    return builder.build();
  }

  private TransitionColumns.Builder builder() {
    DatasetManifest m = manifest();
    return new TransitionColumns.Builder(
        m.observationSpace(), m.actionSpace(), m.hasMask(), m.hasPropensity());
  }

  private void append(String file, TransitionColumns.Builder builder) {
    ArtefactFile listed =
        manifest().files().stream()
            .filter(entry -> entry.path().equals(file))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException(file + " is no file of dataset " + uri + "."));
    String path = Storage.below(uri, file);
    if (!Storage.exists(path)) {
      throw UserError.data("Cannot read dataset " + uri + ": its file " + file + " is missing.");
    }
    if (!Storage.fingerprint(path).equals(listed.sha256())) {
      throw UserError.data(
          "Cannot read dataset "
              + uri
              + ": "
              + file
              + " is not the file that was published (its hash differs). Copy the dataset again, or ingest again.");
    }
    DatasetManifest m = manifest();
    TransitionFile.append(
        path, m.observationSpace(), m.actionSpace(), m.hasMask(), m.hasPropensity(), builder);
  }
}
