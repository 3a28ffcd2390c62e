package dev.hindcast.gbrl.bundle;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.gbrl.explanation.Drivers;
import dev.hindcast.gbrl.product.TreeFunctions;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.training.bundle.ModelCard;
import dev.hindcast.training.bundle.OnnxCheck;
import dev.hindcast.training.bundle.OnnxExport;
import dev.hindcast.training.bundle.OnnxGraph;
import dev.hindcast.training.bundle.TrainingRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Grown trees about to become a bundle.
 *
 * @param record what the bundle says of the training
 * @param product the ensembles, and how their outputs are read
 * @param snapshots earlier moments of the product, by updates made; each becomes an export beside
 *     the final one
 */
public record TreeBundle(
    TrainingRecord record, TreeProduct product, SortedMap<Long, TreeProduct> snapshots) {
  private static final ModelCard.Words WORDS =
      new ModelCard.Words(
          "rounds of boosting", "TreeBundleFormat.all()", "From Java, without native code:");

  /** Checks that the product fits the record. */
  public TreeBundle {
    Require.that(
        product.head().isPolicy() == record.isOfPolicy(),
        "the head " + product.head() + " is not that of a " + record.kind());
    product.checkFits(record.observationSpace(), record.actionSpace());
  }

  /**
   * Writes the bundle and publishes it.
   *
   * @param sample decisions on which the ONNX exports must agree with the product itself
   * @throws IllegalStateException when one does not
   */
  public BundleManifest publish(ArtefactWriter writer, Decisions sample) {
    product
        .ensembles()
        .forEach((role, trees) -> writer.write(TreeBundleFormat.file(role), trees.bytes()));
    writer.write(TreeBundleFormat.DESCRIPTION, TreeBundleFormat.description(product));
    Optional<Drivers> drivers =
        Drivers.of(product, record.observationSpace(), record.actionSpace(), sample);
    drivers.ifPresent(found -> writer.write(Drivers.FILE, found.bytes()));
    record.write(writer, WORDS.with(drivers.map(Drivers::section).orElse(List.of())));
    double difference = export(writer, OnnxExport.FILE, product, sample);
    for (Map.Entry<Long, TreeProduct> snapshot : snapshots.entrySet()) {
      String path = OnnxExport.snapshot(snapshot.getKey());
      difference = Math.max(difference, export(writer, path, snapshot.getValue(), sample));
    }
    return record.publish(
        writer,
        TreeBundleFormat.NAME,
        Optional.of(
            new BundleManifest.Onnx(OnnxExport.FILE, OnnxGraph.OPSET, difference, sample.size())));
  }

  /** Writes one export; how far it is off. */
  private double export(
      ArtefactWriter writer, String path, TreeProduct exported, Decisions sample) {
    byte[] onnx =
        OnnxTrees.of(exported, record.observationSpace(), record.actionSpace(), record.usesMask())
            .toByteArray();
    OnnxCheck check =
        record.isOfPolicy()
            ? OnnxCheck.of(
                TreeFunctions.policy(
                    exported, record.observationSpace(), record.actionSpace(), record.usesMask()))
            : OnnxCheck.of(
                TreeFunctions.values(exported, record.observationSpace(), record.actionSpace()));
    double difference = check.greatestDifference(onnx, sample);
    writer.write(path, onnx);
    return difference;
  }
}
