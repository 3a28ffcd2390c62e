package dev.hindcast.offlinerl.bundle;

import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.offlinerl.product.FrozenProduct;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A trained product about to become a bundle.
 *
 * @param name what people call it
 * @param algorithm the catalogue name
 * @param description what the algorithm does, in one sentence
 * @param observationSpace what it is shown
 * @param actionSpace what it chooses from
 * @param usesMask whether a policy was trained with masks
 * @param evaluates for a Q-function: whose returns it predicts
 * @param discount γ of training
 * @param updates gradient updates made
 * @param metrics figures at the end of training
 * @param metricsLog the metrics file
 * @param provenance what made it
 * @param product the networks, and how their outputs are read
 * @param snapshots earlier moments of the product, by updates made; each becomes an export beside
 *     the final one
 * @param normalizer of numeric inputs
 */
public record NeuralBundle(
    String name,
    String algorithm,
    String description,
    ObservationSpace observationSpace,
    ActionSpace actionSpace,
    boolean usesMask,
    Optional<BundleManifest.Evaluates> evaluates,
    double discount,
    long updates,
    Map<String, Double> metrics,
    String metricsLog,
    Provenance provenance,
    FrozenProduct product,
    SortedMap<Long, FrozenProduct> snapshots,
    Normalizer normalizer) {
  /** Checks that the product fits the spaces. */
  public NeuralBundle {
    product.checkFits(observationSpace, actionSpace);
  }

  /**
   * Writes the bundle and publishes it.
   *
   * @param sample decisions on which the ONNX exports must agree with the product itself
   * @throws IllegalStateException when one does not
   */
  public BundleManifest publish(ArtefactWriter writer, Decisions sample) {
    boolean isPolicy = product.head().isPolicy();
    writer.write(StoredWeights.FILE, NeuralBundleFormat.weights(product, normalizer));
    writer.write(NeuralBundleFormat.ARCHITECTURE, NeuralBundleFormat.architecture(product));
    writer.write(NeuralBundleFormat.METRICS, metricsLog.getBytes(StandardCharsets.UTF_8));
    writer.write(
        NeuralBundleFormat.MODEL_CARD, new ModelCard(this).text().getBytes(StandardCharsets.UTF_8));
    double difference = export(writer, NeuralBundleFormat.ONNX, product, sample);
    for (Map.Entry<Long, FrozenProduct> snapshot : snapshots.entrySet()) {
      String path =
          NeuralBundleFormat.SNAPSHOTS + "/" + snapshot.getKey() + "/" + NeuralBundleFormat.ONNX;
      difference = Math.max(difference, export(writer, path, snapshot.getValue(), sample));
    }
    BundleManifest manifest =
        new BundleManifest(
            BundleManifest.SPEC_VERSION,
            isPolicy ? BundleManifest.POLICY : BundleManifest.Q_FUNCTION,
            NeuralBundleFormat.NAME,
            name,
            algorithm,
            observationSpace,
            actionSpace,
            usesMask,
            evaluates,
            discount,
            updates,
            metrics,
            Optional.of(
                new BundleManifest.Onnx(
                    NeuralBundleFormat.ONNX, OnnxModel.OPSET, difference, sample.size())),
            writer.files(),
            provenance);
    writer.publish(manifest);
    return manifest;
  }

  /** Writes one export; how far it is off. */
  private double export(
      ArtefactWriter writer, String path, FrozenProduct exported, Decisions sample) {
    byte[] onnx = OnnxModel.of(exported, normalizer, actionSpace, usesMask).toByteArray();
    double difference =
        new OnnxCheck(exported, normalizer, actionSpace, usesMask).greatestDifference(onnx, sample);
    writer.write(path, onnx);
    return difference;
  }
}
