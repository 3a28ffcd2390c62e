package dev.hindcast.core.policy;

import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a bundle says of itself; {@code docs/spec/bundle.md} is the contract. The fingerprint of its
 * canonical JSON is the bundle's fingerprint.
 *
 * @param specVersion the version of the contract
 * @param kind {@code policy}, {@code q_function} or {@code visit_ratios}
 * @param format how the content is stored; a {@link BundleLoader} reads it
 * @param name what people call it, unique within one training run
 * @param algorithm the catalogue name of its algorithm
 * @param observationSpace what it must be shown, in this order, dictionaries included
 * @param actionSpace what it chooses from
 * @param usesMask whether it was trained to respect masks
 * @param evaluates the policy whose returns a Q-function predicts, absent when it holds for any
 *     policy (horizon 1), or whose visits ratios are about
 * @param discount the discount it was trained with
 * @param updates gradient updates made
 * @param metrics figures at the end of training
 * @param onnx the export and how closely its outputs match, when there is one
 * @param files every file but the manifest
 * @param provenance what made it
 */
public record BundleManifest(
    int specVersion,
    String kind,
    String format,
    String name,
    String algorithm,
    ObservationSpace observationSpace,
    ActionSpace actionSpace,
    boolean usesMask,
    Optional<Evaluates> evaluates,
    double discount,
    long updates,
    Map<String, Double> metrics,
    Optional<Onnx> onnx,
    List<ArtefactFile> files,
    Provenance provenance) {
  /** The version of the contract that this build writes and reads. */
  public static final int SPEC_VERSION = 1;

  /** The kind that holds a {@link Policy}. */
  public static final String POLICY = "policy";

  /** The kind that holds a {@link QFunction}. */
  public static final String Q_FUNCTION = "q_function";

  /** The kind that holds {@link VisitRatios}. */
  public static final String VISIT_RATIOS = "visit_ratios";

  /** Copies the collections. */
  public BundleManifest {
    metrics = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(metrics));
    files = List.copyOf(files);
  }

  /** The bundle's fingerprint. */
  public Fingerprint fingerprint() {
    return Fingerprint.ofJson(this);
  }

  /** The fingerprint of the dataset it was trained on. */
  public Optional<Fingerprint> dataset() {
    return provenance.inputs().stream()
        .filter(input -> input.role().equals("dataset"))
        .map(Provenance.Input::fingerprint)
        .findFirst();
  }

  /**
   * The policy that a Q-function or ratios of visits speak of.
   *
   * @param name what people call it
   * @param fingerprint its fingerprint, see {@link TargetPolicy}
   */
  public record Evaluates(String name, Fingerprint fingerprint) {}

  /**
   * The ONNX export.
   *
   * @param file its path in the bundle
   * @param opset the operator set version
   * @param maxDifference the largest absolute difference between its outputs and the bundle's own
   *     on the rows checked
   * @param rowsChecked how many rows were compared
   */
  public record Onnx(String file, int opset, double maxDifference, int rowsChecked) {}
}
