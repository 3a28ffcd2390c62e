package dev.hindcast.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.columns.TransitionFile;
import dev.hindcast.dataset.columns.TransitionLayout;
import dev.hindcast.dataset.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A finished dataset, opened. The object holds only the manifest and the place: it is cheap to send
 * to executors, and every file can be read on any machine that reaches the place.
 */
public final class Dataset implements java.io.Serializable {
  private static final long serialVersionUID = 1L;

  private final String uri;
  private final String manifestJson;
  private final TreeMap<String, Double> rewardWeights;

  @SuppressWarnings(
      "unused") // travels along, so that other machines reach the place as this one does
  private final Storage.Settings storage = Storage.settings();

  private transient DatasetManifest manifest;

  private Dataset(String uri, String manifestJson, Map<String, Double> rewardWeights) {
    this.uri = uri;
    this.manifestJson = manifestJson;
    this.rewardWeights = new TreeMap<>(rewardWeights);
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
                StandardCharsets.UTF_8),
            Map.of());
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

  /**
   * The same dataset read with other weights of the reward's components. What the manifest says of
   * rewards and returns stays under the weights of ingestion.
   *
   * @param weights by component; a component that is not named gets 0. Empty for the reward as it
   *     is stored.
   * @throws UserError (usage) when the dataset has no such component
   */
  public Dataset withRewardWeights(Map<String, Double> weights) {
    Map<String, Double> stored = manifest().rewardWeights();
    for (String component : weights.keySet()) {
      if (!stored.containsKey(component)) {
        throw UserError.usage(
            "Cannot weigh the rewards of dataset "
                + uri
                + " by reward-weights."
                + component
                + ": "
                + (stored.isEmpty()
                    ? "its reward is one column, without components. Ingest the log with ingest.reward.components, or take reward-weights out."
                    : "its reward has no such component."
                        + DidYouMean.hint(component, stored.keySet())));
      }
    }
    return new Dataset(uri, manifestJson, weights);
  }

  /**
   * The weights of the reward's components in use, by name: those given, otherwise those of
   * ingestion; empty when the reward is whole.
   */
  public Map<String, Double> rewardWeights() {
    return manifest().rewardWeights(rewardWeights);
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
    return read(files(part));
  }

  /** All episodes of some data files, in this order. */
  public TransitionColumns read(List<String> files) {
    TransitionColumns.Builder builder = builder();
    files.forEach(file -> append(file, builder));
    return builder.build();
  }

  private TransitionColumns.Builder builder() {
    return TransitionLayout.of(manifest()).builder();
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
    TransitionLayout layout = TransitionLayout.of(manifest());
    double[] weights =
        rewardWeights.isEmpty()
            ? new double[0]
            : rewardWeights().values().stream().mapToDouble(Double::doubleValue).toArray();
    TransitionFile.append(path, layout, weights, builder);
  }
}
