package dev.hindcast.offlinerl.bundle;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * A trained network about to become a bundle.
 *
 * @param kind {@link BundleManifest#POLICY} or {@link BundleManifest#Q_FUNCTION}
 * @param name what people call it
 * @param algorithm the catalogue name
 * @param observationSpace what it is shown
 * @param actionSpace what it chooses from
 * @param usesMask whether it was trained with masks
 * @param evaluates for a Q-function: whose returns it predicts
 * @param discount γ of training
 * @param updates gradient updates made
 * @param metrics figures at the end of training
 * @param metricsLog the metrics file
 * @param provenance what made it
 * @param architecture of the network
 * @param normalizer of its numeric inputs
 * @param parameters of the network; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // on its way to a file; never compared
public record NeuralBundle(
    String kind,
    String name,
    String algorithm,
    ObservationSpace observationSpace,
    ActionSpace.Discrete actionSpace,
    boolean usesMask,
    Optional<BundleManifest.Evaluates> evaluates,
    double discount,
    long updates,
    Map<String, Double> metrics,
    String metricsLog,
    Provenance provenance,
    Architecture architecture,
    Normalizer normalizer,
    float[] parameters) {
  /**
   * Writes the bundle and publishes it.
   *
   * @param sample decisions on which the ONNX export must agree with the network itself
   * @throws IllegalStateException when it does not
   */
  public BundleManifest publish(ArtefactWriter writer, Decisions sample) {
    MultilayerPerceptron network = new MultilayerPerceptron(architecture, normalizer, parameters);
    boolean isPolicy = kind.equals(BundleManifest.POLICY);
    byte[] onnx =
        OnnxModel.of(architecture, normalizer, parameters, isPolicy, usesMask).toByteArray();
    double[] expected =
        isPolicy
            ? new NeuralPolicy(network, usesMask).distribution(sample).probabilities()
            : new NeuralQFunction(network).values(sample);
    double difference =
        OnnxCheck.greatestDifference(onnx, sample, architecture, isPolicy && usesMask, expected);
    writer.write(
        NeuralBundleFormat.WEIGHTS,
        NeuralBundleFormat.weights(architecture, normalizer, parameters));
    writer.write(NeuralBundleFormat.ARCHITECTURE, CanonicalJson.bytes(architecture));
    writer.write(NeuralBundleFormat.METRICS, metricsLog.getBytes(StandardCharsets.UTF_8));
    writer.write(NeuralBundleFormat.ONNX, onnx);
    BundleManifest manifest =
        new BundleManifest(
            BundleManifest.SPEC_VERSION,
            kind,
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
}
