package dev.hindcast.offlinerl.network;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.ObservationSpace;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A multilayer perceptron with rectified linear units: numeric fields and one embedding per
 * categorical field side by side, hidden layers, a linear output layer.
 *
 * <p>Its parameters in one flat array: the embedding tables in the order of their fields, then for
 * every layer its weight (outputs, inputs) and its bias (outputs), each in row-major order.
 *
 * @param numeric the number of numeric inputs
 * @param embeddings one per categorical input
 * @param hidden the widths of the hidden layers; none makes it linear
 * @param outputs the number of outputs
 */
public record Architecture(
    int numeric, List<Embedding> embeddings, List<Integer> hidden, int outputs)
    implements Serializable {
  /** Checks the sizes. */
  public Architecture {
    embeddings = List.copyOf(embeddings);
    hidden = List.copyOf(hidden);
    Require.nonNegative("numeric", numeric);
    Require.positive("outputs", outputs);
    hidden.forEach(width -> Require.positive("hidden", width));
    Require.that(numeric + embeddings.size() > 0, "A network needs at least one input.");
  }

  /**
   * The vectors that stand for the values of one categorical field.
   *
   * @param codes how many values, the unknown one included
   * @param width numbers per value
   */
  public record Embedding(int codes, int width) implements Serializable {
    /** Checks the sizes. */
    public Embedding {
      Require.positive("codes", codes);
      Require.positive("width", width);
    }
  }

  /**
   * One parameter tensor.
   *
   * @param name unique within the architecture
   * @param shape its dimensions
   * @param offset where it begins in the flat array
   */
  public record Tensor(String name, List<Integer> shape, int offset) {
    /** Copies the dimensions. */
    public Tensor {
      shape = List.copyOf(shape);
    }

    /** How many numbers it holds. */
    public int size() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }
  }

  /**
   * For observations of a space; an embedding is never wider than its field has codes.
   *
   * @param embeddingWidth the width for fields with that many codes or more
   */
  public static Architecture of(
      ObservationSpace space, int embeddingWidth, List<Integer> hidden, int outputs) {
    List<Embedding> embeddings =
        space.categorical().stream()
            .map(field -> new Embedding(field.codes(), Math.min(embeddingWidth, field.codes())))
            .toList();
    return new Architecture(space.numeric().size(), embeddings, hidden, outputs);
  }

  /** The width of the first layer's input. */
  public int inputs() {
    return numeric + embeddings.stream().mapToInt(Embedding::width).sum();
  }

  /** The widths from the input to the output, both included. */
  public List<Integer> widths() {
    List<Integer> widths = new ArrayList<>();
    widths.add(inputs());
    widths.addAll(hidden);
    widths.add(outputs);
    return widths;
  }

  /** All parameter tensors in the order of the flat array. */
  public List<Tensor> tensors() {
    List<Tensor> tensors = new ArrayList<>();
    int offset = 0;
    for (int i = 0; i < embeddings.size(); i++) {
      Embedding embedding = embeddings.get(i);
      offset =
          add(
              tensors,
              "embedding." + i + ".weight",
              List.of(embedding.codes(), embedding.width()),
              offset);
    }
    List<Integer> widths = widths();
    for (int i = 0; i + 1 < widths.size(); i++) {
      offset =
          add(tensors, "layer." + i + ".weight", List.of(widths.get(i + 1), widths.get(i)), offset);
      offset = add(tensors, "layer." + i + ".bias", List.of(widths.get(i + 1)), offset);
    }
    return tensors;
  }

  /** The length of the flat array. */
  public int parameterCount() {
    List<Tensor> tensors = tensors();
    Tensor last = tensors.get(tensors.size() - 1);
    return Math.addExact(last.offset(), last.size());
  }

  /**
   * Fresh parameters: weights and biases uniform within one over the square root of the layer's
   * inputs, embeddings standard normal (the defaults of PyTorch's layers). Drawn here, not by an
   * engine, so that a seed means the same everywhere.
   */
  public float[] initialParameters(SplittableRandom random) {
    float[] parameters = new float[parameterCount()];
    int at = 0;
    for (Embedding embedding : embeddings) {
      for (int i = 0; i < embedding.codes() * embedding.width(); i++) {
        parameters[at++] = (float) random.nextGaussian();
      }
    }
    List<Integer> widths = widths();
    for (int layer = 0; layer + 1 < widths.size(); layer++) {
      double bound = 1 / Math.sqrt(widths.get(layer));
      for (int i = 0; i < widths.get(layer + 1) * (widths.get(layer) + 1); i++) {
        parameters[at++] = (float) ((2 * random.nextDouble() - 1) * bound);
      }
    }
    return parameters;
  }

  private static int add(List<Tensor> tensors, String name, List<Integer> shape, int offset) {
    Tensor tensor = new Tensor(name, shape, offset);
    tensors.add(tensor);
    return Math.addExact(offset, tensor.size());
  }
}
