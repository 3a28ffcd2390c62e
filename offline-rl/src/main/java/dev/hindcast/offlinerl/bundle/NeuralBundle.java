package dev.hindcast.offlinerl.bundle;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.training.bundle.ModelCard;
import dev.hindcast.training.bundle.OnnxExport;
import dev.hindcast.training.bundle.OnnxGraph;
import dev.hindcast.training.bundle.TrainingRecord;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A trained product about to become a bundle.
 *
 * @param record what the bundle says of the training
 * @param product the networks, and how their outputs are read
 * @param snapshots earlier moments of the product, by updates made; each becomes an export beside
 *     the final one
 * @param normalizer of numeric inputs
 */
public record NeuralBundle(
    TrainingRecord record,
    FrozenProduct product,
    SortedMap<Long, FrozenProduct> snapshots,
    Normalizer normalizer) {
  private static final ModelCard.Words WORDS =
      new ModelCard.Words(
          "gradient updates", "NeuralBundleFormat.all()", "From Java, without native code:");

  /** Checks that the product fits the record. */
  public NeuralBundle {
    if (!product.head().bundleKind().equals(record.kind())) {
      throw new IllegalArgumentException(
          "the head " + product.head() + " is not that of a " + record.kind());
    }
    product.checkFits(record.observationSpace(), record.actionSpace());
  }

  /**
   * Writes the bundle and publishes it.
   *
   * @param sample decisions on which the ONNX exports must agree with the product itself
   * @throws IllegalStateException when one does not
   */
  public BundleManifest publish(ArtefactWriter writer, Decisions sample) {
    writer.write(StoredWeights.FILE, NeuralBundleFormat.weights(product, normalizer));
    writer.write(NeuralBundleFormat.ARCHITECTURE, NeuralBundleFormat.architecture(product));
    record.write(writer, WORDS);
    double difference = export(writer, OnnxExport.FILE, product, sample);
    for (Map.Entry<Long, FrozenProduct> snapshot : snapshots.entrySet()) {
      String path = OnnxExport.snapshot(snapshot.getKey());
      difference = Math.max(difference, export(writer, path, snapshot.getValue(), sample));
    }
    return record.publish(
        writer,
        NeuralBundleFormat.NAME,
        Optional.of(
            new BundleManifest.Onnx(OnnxExport.FILE, OnnxGraph.OPSET, difference, sample.size())));
  }

  /** Writes one export; how far it is off. */
  private double export(
      ArtefactWriter writer, String path, FrozenProduct exported, Decisions sample) {
    byte[] onnx =
        OnnxModel.of(exported, normalizer, record.actionSpace(), record.usesMask()).toByteArray();
    double difference =
        NeuralFunctions.check(exported, normalizer, record.actionSpace(), record.usesMask())
            .greatestDifference(onnx, sample);
    writer.write(path, onnx);
    return difference;
  }
}
