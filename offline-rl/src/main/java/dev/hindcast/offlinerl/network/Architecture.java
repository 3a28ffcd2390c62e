package dev.hindcast.offlinerl.network;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.ObservationSpace;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A multilayer perceptron with rectified linear units. Its input are numeric fields of an
 * observation, one embedding per categorical field, and extra numbers that are no part of the
 * observation (an action, a latent code), side by side in this order; then hidden layers, then a
 * linear output layer.
 *
 * <p>Its parameters in one flat array: the embedding tables in the order of their fields, then for
 * every layer its weight (outputs, inputs) and its bias (outputs), each in row-major order; with
 * layer normalization, gain and shift (width) after the bias of every hidden layer.
 *
 * @param numeric the number of numeric inputs
 * @param embeddings one per categorical input
 * @param extra the number of inputs besides the observation
 * @param hidden the widths of the hidden layers; none makes it linear
 * @param normalization whether and where hidden layers are normalized
 * @param outputs the number of outputs
 */
public record Architecture(
    int numeric,
    List<Embedding> embeddings,
    int extra,
    List<Integer> hidden,
    Normalization normalization,
    int outputs)
    implements Serializable {
  /** What layer normalization adds to the variance. */
  public static final double NORMALIZATION_EPSILON = 1e-5;

  /** Checks the sizes. */
  public Architecture {
    embeddings = List.copyOf(embeddings);
    hidden = List.copyOf(hidden);
    Require.nonNegative("numeric", numeric);
    Require.nonNegative("extra", extra);
    Require.positive("outputs", outputs);
    hidden.forEach(width -> Require.positive("hidden", width));
    Require.that(numeric + embeddings.size() + extra > 0, "A network needs at least one input.");
  }

  /**
   * Layer normalization of hidden layers: each row moved to mean 0 and variance 1, then times a
   * gain plus a shift (Ba, Kiros and Hinton, 2016).
   */
  public enum Normalization {
    /** None. */
    NONE,
    /** Between the linear map and the rectification. */
    BEFORE_ACTIVATION,
    /** After the rectification. */
    AFTER_ACTIVATION
  }

  /** How fresh parameters are drawn. Embeddings are standard normal, gains 1, shifts 0. */
  public enum Initialization {
    /**
     * Weights and biases uniform within one over the square root of the layer's inputs: the default
     * of PyTorch's linear layers.
     */
    UNIFORM,
    /** As {@link #UNIFORM}, hidden biases 0.1, the last layer uniform within 0.003. */
    SMALL_LAST_LAYER,
    /** As {@link #UNIFORM}, the last layer exactly 0. */
    ZERO_LAST_LAYER,
    /** Weights orthogonal with gain √2, biases 0. */
    ORTHOGONAL
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
   * For observations of a space alone, without normalization; an embedding is never wider than its
   * field has codes.
   *
   * @param embeddingWidth the width for fields with that many codes or more
   */
  public static Architecture of(
      ObservationSpace space, int embeddingWidth, List<Integer> hidden, int outputs) {
    List<Embedding> embeddings =
        space.categorical().stream()
            .map(field -> new Embedding(field.codes(), Math.min(embeddingWidth, field.codes())))
            .toList();
    return new Architecture(
        space.numeric().size(), embeddings, 0, hidden, Normalization.NONE, outputs);
  }

  /** The width of the first layer's input. */
  public int inputs() {
    return numeric + embeddings.stream().mapToInt(Embedding::width).sum() + extra;
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
      if (normalization != Normalization.NONE && i < hidden.size()) {
        offset = add(tensors, "layer." + i + ".gain", List.of(widths.get(i + 1)), offset);
        offset = add(tensors, "layer." + i + ".shift", List.of(widths.get(i + 1)), offset);
      }
    }
    return tensors;
  }

  /** The length of the flat array. */
  public int parameterCount() {
    List<Tensor> tensors = tensors();
    Tensor last = tensors.get(tensors.size() - 1);
    return Math.addExact(last.offset(), last.size());
  }

  /** Fresh parameters. Drawn here, not by an engine, so that a seed means the same everywhere. */
  public float[] initialParameters(SplittableRandom random, Initialization initialization) {
    float[] parameters = new float[parameterCount()];
    for (Tensor tensor : tensors()) {
      float[] values = initial(tensor, random, initialization);
      System.arraycopy(values, 0, parameters, tensor.offset(), values.length);
    }
    return parameters;
  }

  private float[] initial(Tensor tensor, SplittableRandom random, Initialization initialization) {
    float[] values = new float[tensor.size()];
    String kind = tensor.name().substring(tensor.name().lastIndexOf('.') + 1);
    if (tensor.name().startsWith("embedding.")) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return values;
    }
    if (kind.equals("gain")) {
      Arrays.fill(values, 1);
      return values;
    }
    if (kind.equals("shift")) {
      return values;
    }
    int layer = Integer.parseInt(tensor.name().split("\\.", -1)[1]);
    boolean isLast = layer == hidden.size();
    boolean isBias = kind.equals("bias");
    double bound = 1 / Math.sqrt(widths().get(layer));
    switch (initialization) {
      case UNIFORM -> uniform(values, bound, random);
      case SMALL_LAST_LAYER -> {
        if (isBias && !isLast) {
          Arrays.fill(values, 0.1f);
        } else {
          uniform(values, isLast ? 3e-3 : bound, random);
        }
      }
      case ZERO_LAST_LAYER -> {
        if (!isLast) {
          uniform(values, bound, random);
        }
      }
      case ORTHOGONAL -> {
        if (!isBias) {
          orthogonal(values, tensor.shape().get(0), tensor.shape().get(1), random);
        }
      }
      default -> throw new IllegalStateException("No such initialization: " + initialization);
    }
    return values;
  }

  private static void uniform(float[] values, double bound, SplittableRandom random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
  }

  /**
   * Rows (or, where there are more rows than columns, columns) of length √2 at right angles, from
   * normal numbers by the Gram-Schmidt process (Saxe, McClelland and Ganguli, 2014).
   */
  private static void orthogonal(float[] values, int rows, int columns, SplittableRandom random) {
    int vectors = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    double[][] basis = new double[vectors][length];
    for (int i = 0; i < vectors; i++) {
      for (int j = 0; j < length; j++) {
        basis[i][j] = random.nextGaussian();
      }
      for (int round = 0; round < 2; round++) {
        for (int k = 0; k < i; k++) {
          double along = dot(basis[i], basis[k]);
          for (int j = 0; j < length; j++) {
            basis[i][j] -= along * basis[k][j];
          }
        }
      }
      double norm = Math.sqrt(dot(basis[i], basis[i]));
      for (int j = 0; j < length; j++) {
        basis[i][j] /= norm;
      }
    }
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double unit = rows <= columns ? basis[row][column] : basis[column][row];
        values[row * columns + column] = (float) (Math.sqrt(2) * unit);
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static int add(List<Tensor> tensors, String name, List<Integer> shape, int offset) {
    Tensor tensor = new Tensor(name, shape, offset);
    tensors.add(tensor);
    return Math.addExact(offset, tensor.size());
  }
}
