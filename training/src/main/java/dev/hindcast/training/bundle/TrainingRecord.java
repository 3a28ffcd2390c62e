package dev.hindcast.training.bundle;

import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * What a bundle says of the training that it comes from, whatever its format.
 *
 * @param name what people call it
 * @param algorithm the catalogue name
 * @param description what the algorithm does, in one sentence
 * @param kind {@link BundleManifest#POLICY}, {@link BundleManifest#Q_FUNCTION} or {@link
 *     BundleManifest#VISIT_RATIOS}
 * @param observationSpace what it is shown
 * @param actionSpace what it chooses from
 * @param usesMask whether a policy was trained with masks
 * @param evaluates whose returns a Q-function predicts, or whose visits ratios are about
 * @param discount γ of training
 * @param updates made
 * @param metrics figures at the end of training
 * @param metricsLog the metrics file
 * @param provenance what made it
 */
public record TrainingRecord(
    String name,
    String algorithm,
    String description,
    String kind,
    ObservationSpace observationSpace,
    ActionSpace actionSpace,
    boolean usesMask,
    Optional<BundleManifest.Evaluates> evaluates,
    double discount,
    long updates,
    Map<String, Double> metrics,
    String metricsLog,
    Provenance provenance) {
  /** The metrics file. */
  public static final String METRICS = "metrics.jsonl";

  static final String MODEL_CARD = "model-card.md";

  /** Copies the map. */
  public TrainingRecord {
    metrics = Map.copyOf(metrics);
  }

  /** Whether a policy was learned rather than values or ratios. */
  public boolean isOfPolicy() {
    return kind.equals(BundleManifest.POLICY);
  }

  /** Writes what every bundle has: its metrics and its model card. */
  public void write(ArtefactWriter writer, ModelCard.Words words) {
    writer.write(METRICS, metricsLog.getBytes(StandardCharsets.UTF_8));
    writer.write(MODEL_CARD, new ModelCard(this, words).text().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Publishes a bundle of which all other files are written.
   *
   * @param format how its content is stored
   * @param onnx its export, if there is one
   */
  public BundleManifest publish(
      ArtefactWriter writer, String format, Optional<BundleManifest.Onnx> onnx) {
    BundleManifest manifest =
        new BundleManifest(
            BundleManifest.SPEC_VERSION,
            kind,
            format,
            name,
            algorithm,
            observationSpace,
            actionSpace,
            usesMask,
            evaluates,
            discount,
            updates,
            metrics,
            onnx,
            writer.files(),
            provenance);
    writer.publish(manifest);
    return manifest;
  }
}
