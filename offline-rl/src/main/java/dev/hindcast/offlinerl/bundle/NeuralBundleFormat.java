package dev.hindcast.offlinerl.bundle;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The format {@code hindcast-mlp-1}: a multilayer perceptron in {@code weights.safetensors} and
 * {@code architecture.json}. Reads without native code and runs nothing that is in the files.
 */
public final class NeuralBundleFormat implements BundleLoader.Format {
  /** The name in manifests. */
  public static final String NAME = "hindcast-mlp-1";

  static final String WEIGHTS = "weights.safetensors";
  static final String ARCHITECTURE = "architecture.json";

  /** The metrics file. */
  public static final String METRICS = "metrics.jsonl";

  static final String ONNX = "model.onnx";
  private static final String MEAN = "normalizer.mean";
  private static final String SCALE = "normalizer.scale";
  private static final long GREATEST_FILE = 1L << 30;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Bundle load(BundleManifest manifest, Path folder) throws IOException {
    Architecture architecture;
    MultilayerPerceptron network;
    try {
      architecture = CanonicalJson.read(read(folder.resolve(ARCHITECTURE)), Architecture.class);
      network = network(architecture, Safetensors.read(read(folder.resolve(WEIGHTS))));
      checkFits(architecture, manifest);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UserError(
          UserError.Kind.DATA,
          "Cannot load bundle " + folder + ": its weights are damaged (" + e.getMessage() + ").",
          e);
    }
    return switch (manifest.kind()) {
      case BundleManifest.POLICY ->
          new Bundle(
              manifest,
              Optional.of(new NeuralPolicy(network, manifest.usesMask())),
              Optional.empty());
      case BundleManifest.Q_FUNCTION ->
          new Bundle(manifest, Optional.empty(), Optional.of(new NeuralQFunction(network)));
      default ->
          throw UserError.data(
              "Cannot load bundle "
                  + folder
                  + ": its kind is "
                  + manifest.kind()
                  + ", neither policy nor q_function.");
    };
  }

  /** The weights file of a network. */
  static byte[] weights(Architecture architecture, Normalizer normalizer, float[] parameters) {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    for (Architecture.Tensor tensor : architecture.tensors()) {
      float[] values =
          java.util.Arrays.copyOfRange(
              parameters, tensor.offset(), tensor.offset() + tensor.size());
      tensors.put(tensor.name(), new Safetensors.Tensor(tensor.shape(), values));
    }
    tensors.put(MEAN, vector(normalizer.mean()));
    tensors.put(SCALE, vector(normalizer.scale()));
    return Safetensors.write(tensors);
  }

  private static MultilayerPerceptron network(
      Architecture architecture, Map<String, Safetensors.Tensor> stored) {
    float[] parameters = new float[architecture.parameterCount()];
    for (Architecture.Tensor tensor : architecture.tensors()) {
      float[] values = take(stored, tensor.name(), tensor.shape());
      System.arraycopy(values, 0, parameters, tensor.offset(), values.length);
    }
    List<Integer> fields = List.of(architecture.numeric());
    Normalizer normalizer = new Normalizer(take(stored, MEAN, fields), take(stored, SCALE, fields));
    if (!stored.isEmpty()) {
      throw new IllegalArgumentException(
          "there are tensors that the architecture does not have: "
              + String.join(", ", stored.keySet()));
    }
    return new MultilayerPerceptron(architecture, normalizer, parameters);
  }

  private static float[] take(
      Map<String, Safetensors.Tensor> stored, String name, List<Integer> shape) {
    Safetensors.Tensor tensor = stored.remove(name);
    if (tensor == null) {
      throw new IllegalArgumentException("tensor " + name + " is missing");
    }
    if (!tensor.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "tensor " + name + " has shape " + tensor.shape() + ", not " + shape);
    }
    return tensor.values();
  }

  private static void checkFits(Architecture architecture, BundleManifest manifest) {
    if (!(manifest.actionSpace() instanceof ActionSpace.Discrete discrete)) {
      throw new IllegalArgumentException("this format holds discrete actions only");
    }
    boolean fits =
        architecture.outputs() == discrete.size()
            && architecture.numeric() == manifest.observationSpace().numeric().size()
            && architecture.embeddings().stream()
                .map(Architecture.Embedding::codes)
                .toList()
                .equals(
                    manifest.observationSpace().categorical().stream()
                        .map(f -> f.codes())
                        .toList());
    if (!fits) {
      throw new IllegalArgumentException(
          "the architecture does not fit the manifest's observation and action space");
    }
  }

  private static byte[] read(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IllegalArgumentException(path.getFileName() + " is missing");
    }
    if (Files.size(path) > GREATEST_FILE) {
      throw new IllegalArgumentException(path.getFileName() + " is larger than a gigabyte");
    }
    return Files.readAllBytes(path);
  }

  private static Safetensors.Tensor vector(float[] values) {
    return new Safetensors.Tensor(List.of(values.length), values);
  }
}
