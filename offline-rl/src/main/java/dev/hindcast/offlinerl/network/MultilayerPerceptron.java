package dev.hindcast.offlinerl.network;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import java.io.Serializable;
import java.util.Arrays;

/**
 * A trained network in plain Java: forward only, no native code, the same bits on every call and
 * machine. What loaded bundles act with. Immutable, safe for use from several threads.
 */
public final class MultilayerPerceptron implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Architecture architecture;
  private final Normalizer normalizer;
  private final float[][] tables;
  private final float[][] weights;
  private final float[][] biases;
  private final float[][] gains;
  private final float[][] shifts;

  /**
   * Of these parameters, in the order of {@link Architecture#tensors()}.
   *
   * @param normalizer moves raw numeric fields to what the network was trained on
   */
  public MultilayerPerceptron(
      Architecture architecture, Normalizer normalizer, float[] parameters) {
    if (parameters.length != architecture.parameterCount()) {
      throw new IllegalArgumentException(
          "The architecture has "
              + architecture.parameterCount()
              + " parameters, not "
              + parameters.length
              + ".");
    }
    this.architecture = architecture;
    this.normalizer = normalizer;
    int fields = architecture.embeddings().size();
    var widths = architecture.widths();
    int layers = widths.size() - 1;
    tables = new float[fields][];
    weights = new float[layers][];
    biases = new float[layers][];
    boolean normalized = architecture.normalization() != Architecture.Normalization.NONE;
    gains = new float[normalized ? layers - 1 : 0][];
    shifts = new float[gains.length][];
    int at = 0;
    for (int i = 0; i < fields; i++) {
      Architecture.Embedding embedding = architecture.embeddings().get(i);
      int size = embedding.codes() * embedding.width();
      tables[i] = Arrays.copyOfRange(parameters, at, at + size);
      at += size;
    }
    for (int i = 0; i < layers; i++) {
      int in = widths.get(i);
      int out = widths.get(i + 1);
      weights[i] = transposed(parameters, at, out, in);
      at += out * in;
      biases[i] = Arrays.copyOfRange(parameters, at, at + out);
      at += out;
      if (i < gains.length) {
        gains[i] = Arrays.copyOfRange(parameters, at, at + out);
        shifts[i] = Arrays.copyOfRange(parameters, at + out, at + 2 * out);
        at += 2 * out;
      }
    }
  }

  /** What it is made of. */
  public Architecture architecture() {
    return architecture;
  }

  /** (rows, outputs) of raw observations, for an architecture without extra inputs. */
  public float[] forward(Decisions decisions) {
    return forward(decisions, Network.NO_EXTRA);
  }

  /**
   * (rows, outputs) of raw observations.
   *
   * @param extra (rows, extra inputs)
   */
  public float[] forward(Decisions decisions, float[] extra) {
    int extras = architecture.extra();
    if (extra.length != decisions.size() * extras) {
      throw new IllegalArgumentException(
          extra.length
              + " numbers are not "
              + extras
              + " for each of "
              + decisions.size()
              + " rows.");
    }
    int outputs = architecture.outputs();
    int numeric = architecture.numeric();
    int fields = tables.length;
    float[] normalized = normalizer.apply(decisions.numeric());
    float[] result = new float[decisions.size() * outputs];
    float[] input = new float[architecture.inputs()];
    for (int row = 0; row < decisions.size(); row++) {
      System.arraycopy(normalized, row * numeric, input, 0, numeric);
      int at = numeric;
      for (int field = 0; field < fields; field++) {
        int width = architecture.embeddings().get(field).width();
        int code = decisions.categories()[row * fields + field];
        System.arraycopy(tables[field], code * width, input, at, width);
        at += width;
      }
      System.arraycopy(extra, row * extras, input, at, extras);
      float[] values = input;
      for (int layer = 0; layer < weights.length; layer++) {
        values = layer(layer, values, layer + 1 < weights.length);
      }
      System.arraycopy(values, 0, result, row * outputs, outputs);
    }
    return result;
  }

  private float[] layer(int layer, float[] input, boolean rectified) {
    float[] weight = weights[layer];
    float[] output = biases[layer].clone();
    int width = output.length;
    for (int i = 0; i < input.length; i++) {
      float x = input[i];
      if (x != 0) {
        int at = i * width;
        for (int j = 0; j < width; j++) {
          output[j] += x * weight[at + j];
        }
      }
    }
    if (!rectified) {
      return output;
    }
    if (architecture.normalization() == Architecture.Normalization.BEFORE_ACTIVATION) {
      normalize(output, gains[layer], shifts[layer]);
    }
    for (int j = 0; j < width; j++) {
      output[j] = Math.max(output[j], 0);
    }
    if (architecture.normalization() == Architecture.Normalization.AFTER_ACTIVATION) {
      normalize(output, gains[layer], shifts[layer]);
    }
    return output;
  }

  private static void normalize(float[] values, float[] gain, float[] shift) {
    double mean = 0;
    for (float x : values) {
      mean += x;
    }
    mean /= values.length;
    double variance = 0;
    for (float x : values) {
      variance += (x - mean) * (x - mean);
    }
    variance /= values.length;
    double scale = 1 / Math.sqrt(variance + Architecture.NORMALIZATION_EPSILON);
    for (int j = 0; j < values.length; j++) {
      values[j] = (float) ((values[j] - mean) * scale * gain[j] + shift[j]);
    }
  }

  /** From (out, in) to (in, out): the inner loop then runs along memory. */
  private static float[] transposed(float[] parameters, int at, int out, int in) {
    float[] result = new float[out * in];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        result[i * out + o] = parameters[at + o * in + i];
      }
    }
    return result;
  }
}
