package dev.hindcast.offlinerl.bundle;

import dev.hindcast.core.data.Normalizer;
import dev.hindcast.offlinerl.network.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors of a weights file, to be taken out one by one until none is left. */
final class StoredWeights {
  /** The weights file. */
  static final String FILE = "weights.safetensors";

  private static final String MEAN = "normalizer.mean";
  private static final String SCALE = "normalizer.scale";
  private static final long GREATEST_FILE = 1L << 30;
  private static final long GREATEST_DESCRIPTION = 1L << 20;

  private final Map<String, Safetensors.Tensor> left;

  private StoredWeights(Map<String, Safetensors.Tensor> tensors) {
    left = tensors;
  }

  /**
   * Those in a bundle's folder.
   *
   * @throws IllegalArgumentException when the file is missing, too large or damaged
   */
  static StoredWeights in(Path folder) throws IOException {
    return new StoredWeights(Safetensors.read(read(folder.resolve(FILE), GREATEST_FILE)));
  }

  /** The JSON text that describes them. */
  static byte[] description(Path file) throws IOException {
    return read(file, GREATEST_DESCRIPTION);
  }

  private static byte[] read(Path path, long atMost) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IllegalArgumentException(path.getFileName() + " is missing");
    }
    if (Files.size(path) > atMost) {
      throw new IllegalArgumentException(
          path.getFileName() + " is larger than " + atMost + " bytes");
    }
    return Files.readAllBytes(path);
  }

  /** The parameters of a network whose tensors' names begin with a prefix. */
  float[] parameters(String prefix, Architecture architecture) {
    List<Architecture.Tensor> tensors = architecture.tensors();
    for (Architecture.Tensor tensor : tensors) {
      check(prefix + tensor.name(), tensor.shape()); // before anything of that size is made
    }
    float[] parameters = new float[architecture.parameterCount()];
    for (Architecture.Tensor tensor : tensors) {
      float[] values = left.remove(prefix + tensor.name()).values();
      System.arraycopy(values, 0, parameters, tensor.offset(), values.length);
    }
    return parameters;
  }

  /** The normalizer of so many numeric fields. */
  Normalizer normalizer(int fields) {
    return new Normalizer(vector(MEAN, fields), vector(SCALE, fields));
  }

  /** So many numbers in a row. */
  float[] vector(String name, int length) {
    check(name, List.of(length));
    return left.remove(name).values();
  }

  private void check(String name, List<Integer> shape) {
    Safetensors.Tensor tensor = left.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("tensor " + name + " is missing");
    }
    if (!tensor.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "tensor " + name + " has shape " + tensor.shape() + ", not " + shape);
    }
  }

  /** Checks that all have been taken. */
  void checkNoneLeft() {
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "there are tensors that the architecture does not have: "
              + String.join(", ", left.keySet()));
    }
  }

  /** What a file is written from. */
  static final class Builder {
    private final Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();

    Builder network(String prefix, Architecture architecture, float[] parameters) {
      for (Architecture.Tensor tensor : architecture.tensors()) {
        int to = tensor.offset() + tensor.size();
        tensors.put(
            prefix + tensor.name(),
            new Safetensors.Tensor(
                tensor.shape(), Arrays.copyOfRange(parameters, tensor.offset(), to)));
      }
      return this;
    }

    Builder vector(String name, float[] values) {
      tensors.put(name, new Safetensors.Tensor(List.of(values.length), values));
      return this;
    }

    Builder normalizer(Normalizer normalizer) {
      return vector(MEAN, normalizer.mean()).vector(SCALE, normalizer.scale());
    }

    byte[] bytes() {
      return Safetensors.write(tensors);
    }
  }
}
