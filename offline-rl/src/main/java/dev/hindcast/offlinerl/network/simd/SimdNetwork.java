package dev.hindcast.offlinerl.network.simd;

import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Architecture.Normalization;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.training.learner.OptimizerState;
import java.util.ArrayList;
import java.util.List;

/**
 * One network whose backward is written out: for a layer {@code z = x w' + b} with the gradient d
 * by z, the gradients are {@code d' x} by w, the column sums of d by b, and {@code d w} by x.
 *
 * <p>Between two products a matrix crosses to the Java heap and back in pieces small enough to stay
 * in the nearest cache.
 */
final class SimdNetwork implements Network {
  private static final float MEAN_DECAY = 0.9f;
  private static final float VARIANCE_DECAY = 0.999f;
  private static final double EPSILON = 1e-8;

  /** How many numbers are worked on at a time: 16 KiB. */
  private static final int PIECE = 4096;

  /** How many rows a prediction takes at a time, so that its memory does not grow with the data. */
  private static final int PREDICTED_ROWS = 1024;

  private final SimdNetworks backend;
  private final Architecture architecture;
  private final List<Layer> layers = new ArrayList<>();
  private final int[] tableAt;
  private final int extraAt;
  private final int count;
  private final Block parameters;
  private final Block gradients;
  private final float[] means;
  private final float[] variances;
  private final Pass pass;
  private double learningRate;
  private long steps;
  private boolean gathered;
  private SimdObservations observed;
  private int[] rows;
  private float[] asked;

  /** Where a layer's parameters begin; gain and shift are -1 where there are none. */
  private record Layer(int in, int out, int weight, int bias, int gain, int shift) {}

  SimdNetwork(
      SimdNetworks backend, Architecture architecture, float[] values, double learningRate) {
    this.backend = backend;
    this.architecture = architecture;
    this.learningRate = learningRate;
    count = architecture.parameterCount();
    requireCount(values);
    List<Architecture.Tensor> tensors = architecture.tensors();
    int fields = architecture.embeddings().size();
    tableAt = new int[fields];
    for (int field = 0; field < fields; field++) {
      tableAt[field] = tensors.get(field).offset();
    }
    boolean normalized = architecture.normalization() != Normalization.NONE;
    int next = fields;
    for (int i = 0; i <= architecture.hidden().size(); i++) {
      Architecture.Tensor weight = tensors.get(next++);
      int bias = tensors.get(next++).offset();
      boolean stretched = normalized && i < architecture.hidden().size();
      int gain = stretched ? tensors.get(next++).offset() : -1;
      int shift = stretched ? tensors.get(next++).offset() : -1;
      layers.add(
          new Layer(
              weight.shape().get(1), weight.shape().get(0), weight.offset(), bias, gain, shift));
    }
    extraAt = architecture.inputs() - architecture.extra();
    parameters = new Block(count);
    parameters.write(0, values, 0, count);
    gradients = new Block(count);
    means = new float[count];
    variances = new float[count];
    pass = new Pass(architecture);
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public float[] forward(Observations observations, int[] batch, float[] extra) {
    requireExtra(batch.length, extra);
    observed = matching(observations);
    rows = batch.clone();
    asked = null;
    float[] outputs = new float[batch.length * architecture.outputs()];
    apply(pass, observed, rows, 0, batch.length, extra, outputs);
    return outputs;
  }

  @Override
  public float[] predict(Observations observations, int[] batch, float[] extra) {
    requireExtra(batch.length, extra);
    SimdObservations matching = matching(observations);
    Pass brief = backend.prediction(architecture);
    float[] outputs = new float[batch.length * architecture.outputs()];
    for (int from = 0; from < batch.length; from += PREDICTED_ROWS) {
      int n = Math.min(PREDICTED_ROWS, batch.length - from);
      apply(brief, matching, batch, from, n, extra, outputs);
    }
    return outputs;
  }

  private SimdObservations matching(Observations observations) {
    SimdObservations found = (SimdObservations) observations;
    if (found.width() != architecture.numeric()
        || found.fields() != architecture.embeddings().size()) {
      throw new IllegalArgumentException(
          "The observations have "
              + found.width()
              + " numeric and "
              + found.fields()
              + " categorical fields, the network takes "
              + architecture.numeric()
              + " and "
              + architecture.embeddings().size()
              + ".");
    }
    return found;
  }

  private void requireExtra(int n, float[] extra) {
    if (extra.length != n * architecture.extra()) {
      throw new IllegalArgumentException(
          extra.length
              + " extra numbers are not "
              + architecture.extra()
              + " for each of "
              + n
              + " rows.");
    }
  }

  /** The outputs of n rows of the batch, into their place. */
  private void apply(
      Pass into,
      SimdObservations observations,
      int[] batch,
      int from,
      int n,
      float[] extra,
      float[] outputs) {
    into.reserve(n);
    input(into.input(0), observations, batch, from, n, extra);
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      Block z = into.input(i + 1);
      Blas.apply(
          into.input(i), parameters, layer.weight(), layer.in(), z, n, layer.out(), layer.in());
      float[] bias = read(layer.bias(), layer.out());
      if (i + 1 < layers.size()) {
        activate(into, i, n, bias);
      } else {
        int at = from * layer.out();
        z.read(0, outputs, at, n * layer.out());
        for (int j = 0; j < n * layer.out(); j++) {
          outputs[at + j] += bias[j % layer.out()];
        }
      }
    }
  }

  /** Numbers, then one embedding per field, then the extra inputs. */
  private void input(
      Block into, SimdObservations observations, int[] batch, int from, int n, float[] extra) {
    int width = architecture.inputs();
    int extras = architecture.extra();
    float[] input = new float[n * width];
    for (int i = 0; i < n; i++) {
      int row = batch[from + i];
      int at = i * width;
      observations.numbers(row, input, at);
      at += architecture.numeric();
      for (int field = 0; field < tableAt.length; field++) {
        int wide = architecture.embeddings().get(field).width();
        int place = tableAt[field] + observations.code(row, field) * wide;
        parameters.read(place, input, at, wide);
        at += wide;
      }
      System.arraycopy(extra, (from + i) * extras, input, at, extras);
    }
    into.write(0, input, 0, input.length);
  }

  /** From the product of a hidden layer to the input of the next, in place. */
  private void activate(Pass into, int i, int n, float[] bias) {
    Layer layer = layers.get(i);
    int width = layer.out();
    Block block = into.input(i + 1);
    float[] rectified = into.rectified(i);
    float[] centered = into.centered(i);
    float[] scales = into.scales(i);
    Normalization normalization = architecture.normalization();
    int rowsAtOnce = Math.max(1, PIECE / width);
    float[] biases = repeated(bias, rowsAtOnce);
    boolean normalizes = normalization != Normalization.NONE;
    float[] gains = normalizes ? repeated(read(layer.gain(), width), rowsAtOnce) : null;
    float[] shifts = normalizes ? repeated(read(layer.shift(), width), rowsAtOnce) : null;
    float[] piece = new float[rowsAtOnce * width];
    float[] unit = new float[normalizes ? piece.length : 0];
    for (int first = 0; first < n; first += rowsAtOnce) {
      int taken = Math.min(rowsAtOnce, n - first);
      int at = first * width;
      int size = taken * width;
      block.read(at, piece, 0, size);
      if (normalization == Normalization.BEFORE_ACTIVATION) {
        Elementwise.add(piece, size, biases);
      } else {
        Elementwise.rectify(piece, size, biases);
        System.arraycopy(piece, 0, rectified, at, size);
      }
      if (normalizes) {
        for (int row = 0; row < taken; row++) {
          scales[first + row] = Elementwise.normalize(piece, unit, row * width, width);
        }
        System.arraycopy(unit, 0, centered, at, size);
        Elementwise.stretch(unit, gains, shifts, piece, size);
      }
      if (normalization == Normalization.BEFORE_ACTIVATION) {
        Elementwise.rectify(piece, size);
        System.arraycopy(piece, 0, rectified, at, size);
      }
      block.write(at, piece, 0, size);
    }
  }

  /** The same numbers again and again, so that a whole piece meets them in one loop. */
  private static float[] repeated(float[] values, int times) {
    float[] result = new float[values.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(values, 0, result, i * values.length, values.length);
    }
    return result;
  }

  /** Adds up what {@link #repeated} would have spread. */
  private static void fold(float[] pieces, float[] sum) {
    for (int i = 0; i < pieces.length; i++) {
      sum[i % sum.length] += pieces[i];
    }
  }

  @Override
  public void backward(float[] outputGradient) {
    propagate(outputGradient, true, false);
  }

  @Override
  public float[] backwardThrough(float[] outputGradient) {
    return propagate(outputGradient, true, true);
  }

  @Override
  public float[] inputGradient(float[] outputGradient) {
    if (gathered) {
      throw new IllegalStateException(
          "There are gradients that no step has used: an input gradient would mix with them.");
    }
    float[] gradient = propagate(outputGradient, false, true);
    asked = outputGradient.clone();
    return gradient;
  }

  /**
   * With the rectification's pattern fixed, g is linear in the weights of each layer. The direction
   * travels forward as inputs would, without biases: t; the output gradient travels back as ever:
   * d. The gradient by a layer's weights is {@code d' t}, by its bias 0.
   */
  @Override
  public void backwardOfInputGradient(float[] direction) {
    if (architecture.normalization() != Normalization.NONE) {
      throw new IllegalStateException(
          "Cannot differentiate the slopes of a network with normalized layers. Choose no normalization for it.");
    }
    if (asked == null) {
      throw new IllegalStateException(
          "There was no input gradient that this backward could belong to.");
    }
    requireExtra(rows.length, direction);
    if (direction.length == 0) {
      asked = null;
      return;
    }
    if (!gathered) {
      gradients.clear(count);
    }
    List<Block> tangents = tangents(direction);
    Block delta = backend.scratch(layers.size() % 2, asked.length);
    delta.write(0, asked, 0, asked.length);
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i);
      if (i + 1 < layers.size()) {
        deactivate(delta, i, null, null, null);
      }
      int from = i == 0 ? extraAt : 0;
      Blas.outer(
          delta,
          tangents.get(i),
          1,
          gradients,
          layer.weight() + from,
          layer.in(),
          rows.length,
          layer.out(),
          layer.in() - from);
      if (i > 0) {
        delta = back(delta, i);
      }
    }
    gathered = true;
    asked = null;
  }

  /** The direction at the input of every layer; at the first only its extra inputs. */
  private List<Block> tangents(float[] direction) {
    List<Block> tangents = new ArrayList<>();
    Block below = backend.scratch(2, direction.length);
    below.write(0, direction, 0, direction.length);
    tangents.add(below);
    for (int i = 0; i + 1 < layers.size(); i++) {
      Layer layer = layers.get(i);
      int from = i == 0 ? extraAt : 0;
      Block above = backend.scratch(3 + i, (long) rows.length * layer.out());
      Blas.apply(
          tangents.get(i),
          parameters,
          layer.weight() + from,
          layer.in(),
          above,
          rows.length,
          layer.out(),
          layer.in() - from);
      deactivate(above, i, null, null, null);
      tangents.add(above);
    }
    return tangents;
  }

  /** Back through all layers, to the parameters, the extra inputs or both. */
  private float[] propagate(float[] outputGradient, boolean toParameters, boolean toExtra) {
    Block delta = begin(outputGradient);
    int n = rows.length;
    float keep = gathered ? 1 : 0;
    if (toParameters && !gathered) {
      gradients.clear(layers.get(0).weight());
    }
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i);
      if (toParameters) {
        collect(delta, i, keep);
      } else if (i + 1 < layers.size()) {
        deactivate(delta, i, null, null, null);
      }
      if (toParameters) {
        Blas.outer(
            delta,
            pass.input(i),
            keep,
            gradients,
            layer.weight(),
            layer.in(),
            n,
            layer.out(),
            layer.in());
      }
      if (i > 0) {
        delta = back(delta, i);
      }
    }
    float[] gradient = toInput(delta, toParameters, toExtra);
    gathered |= toParameters;
    observed = null;
    return gradient;
  }

  private Block begin(float[] outputGradient) {
    if (observed == null) {
      throw new IllegalStateException("There was no forward that this backward could belong to.");
    }
    if (outputGradient.length != rows.length * architecture.outputs()) {
      throw new IllegalArgumentException(
          outputGradient.length
              + " output gradients are not "
              + architecture.outputs()
              + " for each of "
              + rows.length
              + " rows.");
    }
    Block delta = backend.scratch(layers.size() % 2, outputGradient.length);
    delta.write(0, outputGradient, 0, outputGradient.length);
    return delta;
  }

  /** The gradient by the input of a layer from that by its product. */
  private Block back(Block delta, int i) {
    Layer layer = layers.get(i);
    Block below = backend.scratch(i % 2, (long) rows.length * layer.in());
    Blas.applyBack(
        delta, parameters, layer.weight(), layer.in(), below, rows.length, layer.out(), layer.in());
    return below;
  }

  /** Takes the gradient back to the layer's product, adding up those by its vectors. */
  private void collect(Block delta, int i, float keep) {
    Layer layer = layers.get(i);
    float[] bias = started(layer.bias(), layer.out(), keep);
    float[] gain = layer.gain() < 0 ? null : started(layer.gain(), layer.out(), keep);
    float[] shift = layer.shift() < 0 ? null : started(layer.shift(), layer.out(), keep);
    deactivate(delta, i, bias, gain, shift);
    gradients.write(layer.bias(), bias, 0, layer.out());
    if (gain != null) {
      gradients.write(layer.gain(), gain, 0, layer.out());
      gradients.write(layer.shift(), shift, 0, layer.out());
    }
  }

  private float[] started(int at, int n, float keep) {
    float[] sum = new float[n];
    if (keep != 0) {
      gradients.read(at, sum, 0, n);
    }
    return sum;
  }

  /**
   * From the gradient by a layer's outcome to that by its product, in place; the output layer's are
   * the same.
   *
   * @param biasSum gathers the gradient of the bias; null when nobody asks
   */
  private void deactivate(Block delta, int i, float[] biasSum, float[] gainSum, float[] shiftSum) {
    Layer layer = layers.get(i);
    boolean hidden = i + 1 < layers.size();
    int width = layer.out();
    int n = rows.length;
    Normalization normalization = hidden ? architecture.normalization() : Normalization.NONE;
    float[] rectified = hidden ? pass.rectified(i) : null;
    float[] centered = hidden ? pass.centered(i) : null;
    float[] scales = hidden ? pass.scales(i) : null;
    boolean normalizes = normalization != Normalization.NONE;
    int rowsAtOnce = Math.max(1, PIECE / width);
    float[] gains = normalizes ? repeated(read(layer.gain(), width), rowsAtOnce) : null;
    float[] piece = new float[rowsAtOnce * width];
    float[] values = new float[hidden ? piece.length : 0];
    float[] unit = new float[normalizes ? piece.length : 0];
    float[] biasPieces = new float[biasSum == null ? 0 : piece.length];
    float[] gainPieces = new float[gainSum == null ? 0 : piece.length];
    float[] shiftPieces = new float[gainSum == null ? 0 : piece.length];
    for (int first = 0; first < n; first += rowsAtOnce) {
      int taken = Math.min(rowsAtOnce, n - first);
      int at = first * width;
      int size = taken * width;
      delta.read(at, piece, 0, size);
      if (hidden) {
        System.arraycopy(rectified, at, values, 0, size);
      }
      if (hidden && normalization != Normalization.AFTER_ACTIVATION) {
        Elementwise.mask(piece, values, size);
      }
      if (normalizes) {
        System.arraycopy(centered, at, unit, 0, size);
        if (gainSum != null) {
          Elementwise.addProducts(gainPieces, piece, unit, size);
          Elementwise.add(shiftPieces, size, piece);
        }
        Elementwise.multiply(piece, gains, size);
        for (int row = 0; row < taken; row++) {
          Elementwise.normalizeBack(piece, unit, row * width, width, scales[first + row]);
        }
      }
      if (normalization == Normalization.AFTER_ACTIVATION) {
        Elementwise.mask(piece, values, size);
      }
      if (biasSum != null) {
        Elementwise.add(biasPieces, size, piece);
      }
      if (hidden) {
        delta.write(at, piece, 0, size);
      }
    }
    if (biasSum != null) {
      fold(biasPieces, biasSum);
    }
    if (gainSum != null) {
      fold(gainPieces, gainSum);
      fold(shiftPieces, shiftSum);
    }
  }

  /** Below the first layer: on to the embeddings and the extra inputs, where asked for. */
  private float[] toInput(Block delta, boolean toParameters, boolean toExtra) {
    int n = rows.length;
    int extras = toExtra ? architecture.extra() : 0;
    int from = toParameters ? architecture.numeric() : extraAt;
    int width = extraAt - from + extras;
    float[] gradient = new float[n * extras];
    if (width == 0) {
      return gradient;
    }
    Layer first = layers.get(0);
    Block below = backend.scratch(0, (long) n * width);
    Blas.applyBack(
        delta, parameters, first.weight() + from, first.in(), below, n, first.out(), width);
    for (int i = 0; i < n; i++) {
      int at = i * width;
      if (toParameters) {
        for (int field = 0; field < tableAt.length; field++) {
          int wide = architecture.embeddings().get(field).width();
          int place = tableAt[field] + observed.code(rows[i], field) * wide;
          for (int j = 0; j < wide; j++) {
            gradients.add(place + j, below.value(at + j));
          }
          at += wide;
        }
      }
      below.read(at, gradient, i * extras, extras);
    }
    return gradient;
  }

  @Override
  public void step() {
    asked = null;
    steps++;
    double meanCorrection = 1 - Math.pow(0.9, (double) steps);
    double varianceCorrection = Math.sqrt(1 - Math.pow(0.999, (double) steps));
    float rate = (float) (learningRate * varianceCorrection / meanCorrection);
    float epsilon = (float) (EPSILON * varianceCorrection);
    float[] values = new float[Math.min(PIECE, count)];
    float[] slopes = new float[values.length];
    float[] mean = new float[values.length];
    float[] variance = new float[values.length];
    for (int at = 0; at < count; at += values.length) {
      int n = Math.min(values.length, count - at);
      parameters.read(at, values, 0, n);
      if (gathered) {
        gradients.read(at, slopes, 0, n);
      }
      System.arraycopy(means, at, mean, 0, n);
      System.arraycopy(variances, at, variance, 0, n);
      Elementwise.adam(
          values, slopes, mean, variance, n, MEAN_DECAY, VARIANCE_DECAY, rate, epsilon);
      System.arraycopy(mean, 0, means, at, n);
      System.arraycopy(variance, 0, variances, at, n);
      parameters.write(at, values, 0, n);
    }
    gathered = false;
  }

  @Override
  public void learningRate(double rate) {
    learningRate = rate;
  }

  @Override
  public void polyakFrom(Network source, double polyak) {
    SimdNetwork other = (SimdNetwork) source;
    if (!other.architecture.equals(architecture)) {
      throw new IllegalArgumentException(
          "Cannot follow a network of another architecture: "
              + other.architecture
              + " is not "
              + architecture
              + ".");
    }
    float[] values = new float[Math.min(PIECE, count)];
    float[] others = new float[values.length];
    for (int at = 0; at < count; at += values.length) {
      int n = Math.min(values.length, count - at);
      parameters.read(at, values, 0, n);
      other.parameters.read(at, others, 0, n);
      Elementwise.mix(values, others, n, (float) (1 - polyak), (float) polyak);
      parameters.write(at, values, 0, n);
    }
  }

  @Override
  public float[] parameters() {
    return read(0, count);
  }

  @Override
  public void parameters(float[] values) {
    requireCount(values);
    observed = null;
    asked = null;
    parameters.write(0, values, 0, count);
  }

  @Override
  public float[] gradients() {
    float[] result = new float[count];
    if (gathered) {
      gradients.read(0, result, 0, count);
    }
    return result;
  }

  @Override
  public OptimizerState optimizer() {
    return new OptimizerState(steps, means.clone(), variances.clone());
  }

  @Override
  public void optimizer(OptimizerState state) {
    requireCount(state.mean());
    requireCount(state.variance());
    steps = state.steps();
    System.arraycopy(state.mean(), 0, means, 0, count);
    System.arraycopy(state.variance(), 0, variances, 0, count);
  }

  @Override
  public void close() {
    parameters.close();
    gradients.close();
    pass.close();
    backend.forget(this);
  }

  private float[] read(int at, int n) {
    float[] values = new float[n];
    parameters.read(at, values, 0, n);
    return values;
  }

  private void requireCount(float[] values) {
    if (values.length != count) {
      throw new IllegalArgumentException(values.length + " numbers for " + count + " parameters.");
    }
  }
}
