package dev.hindcast.offlinerl.network.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.training.learner.OptimizerState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One network in PyTorch. Works below DJL's gradient collector, which admits one user per process:
 * the switch for recording a graph is per thread, and backward takes the output gradients directly.
 */
final class DjlNetwork implements Network {
  private static final double MEAN_DECAY = 0.9;
  private static final double VARIANCE_DECAY = 0.999;
  private static final double EPSILON = 1e-8;

  private final NDManager manager;
  private final Architecture architecture;
  private final List<Architecture.Tensor> tensors;
  private final int fields;
  private final PtNDArray[] parameters;
  private final PtNDArray[] means;
  private final PtNDArray[] variances;
  private double learningRate;
  private long steps;
  private PtNDManager scope;
  private PtNDArray outputs;
  private PtNDArray extras;
  private boolean gathered;
  private final List<PtNDArray> rectified = new ArrayList<>();
  private float[] asked;

  DjlNetwork(NDManager manager, Architecture architecture, float[] values, double learningRate) {
    this.manager = manager;
    this.architecture = architecture;
    this.learningRate = learningRate;
    tensors = architecture.tensors();
    fields = architecture.embeddings().size();
    int n = tensors.size();
    parameters = new PtNDArray[n];
    means = new PtNDArray[n];
    variances = new PtNDArray[n];
    for (int i = 0; i < n; i++) {
      Architecture.Tensor tensor = tensors.get(i);
      parameters[i] = array(values, tensor);
      JniUtils.attachGradient(parameters[i], true);
      float[] zeros = new float[tensor.size()];
      Architecture.Tensor alone = new Architecture.Tensor(tensor.name(), tensor.shape(), 0);
      means[i] = array(zeros, alone);
      variances[i] = array(zeros, alone);
    }
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public float[] forward(Observations observations, int[] rows, float[] extra) {
    forget();
    scope = (PtNDManager) manager.newSubManager();
    extras = extras(scope, rows.length, extra);
    JniUtils.setGradMode(true);
    try {
      if (extras != null) {
        JniUtils.attachGradient(extras, true);
      }
      outputs = apply(scope, observations, rows, extras, rectified);
    } finally {
      JniUtils.setGradMode(false);
    }
    return outputs.toFloatArray();
  }

  @Override
  public float[] predict(Observations observations, int[] rows, float[] extra) {
    try (PtNDManager brief = (PtNDManager) manager.newSubManager()) {
      JniUtils.setGradMode(false);
      PtNDArray extraInputs = extras(brief, rows.length, extra);
      return apply(brief, observations, rows, extraInputs, new ArrayList<>()).toFloatArray();
    }
  }

  /** In memory of the engine's own, as it gathers a gradient; null without extra inputs. */
  private PtNDArray extras(PtNDManager in, int rows, float[] extra) {
    requireExtra(rows, extra);
    int width = architecture.extra();
    return width == 0 ? null : JniUtils.clone((PtNDArray) in.create(extra, new Shape(rows, width)));
  }

  private void requireExtra(int rows, float[] extra) {
    int width = architecture.extra();
    if (extra.length != rows * width) {
      throw new IllegalArgumentException(
          extra.length + " extra numbers are not " + width + " for each of " + rows + " rows.");
    }
  }

  /** The outputs; lists what every rectification gave. */
  private PtNDArray apply(
      PtNDManager in,
      Observations observations,
      int[] rows,
      PtNDArray extra,
      List<PtNDArray> activations) {
    PtNDArray x = ((DjlObservations) observations).input(in, rows, parameters, extra);
    boolean normalized = architecture.normalization() != Architecture.Normalization.NONE;
    int layers = architecture.hidden().size() + 1;
    int at = fields;
    for (int layer = 0; layer < layers; layer++) {
      x = JniUtils.linear(x, parameters[at], parameters[at + 1]);
      at += 2;
      if (layer + 1 == layers) {
        break;
      }
      if (architecture.normalization() == Architecture.Normalization.BEFORE_ACTIVATION) {
        x = normalize(x, at);
      }
      x = JniUtils.relu(x);
      activations.add(x);
      if (architecture.normalization() == Architecture.Normalization.AFTER_ACTIVATION) {
        x = normalize(x, at);
      }
      at += normalized ? 2 : 0;
    }
    return x;
  }

  private PtNDArray normalize(PtNDArray x, int at) {
    return JniUtils.layerNorm(
        x,
        parameters[at].getShape(),
        parameters[at],
        parameters[at + 1],
        (float) Architecture.NORMALIZATION_EPSILON);
  }

  @Override
  public void backward(float[] outputGradient) {
    propagate(outputGradient);
    forget();
    gathered = true;
  }

  @Override
  public float[] backwardThrough(float[] outputGradient) {
    propagate(outputGradient);
    float[] gradient = extraGradient();
    forget();
    gathered = true;
    return gradient;
  }

  @Override
  public float[] inputGradient(float[] outputGradient) {
    if (gathered) {
      throw new IllegalStateException(
          "There are gradients that no step has used: an input gradient would mix with them.");
    }
    propagate(outputGradient);
    float[] gradient = extraGradient();
    asked = outputGradient.clone();
    for (PtNDArray parameter : parameters) {
      JniUtils.zeroGrad(parameter);
    }
    // The scope stays until the next forward, for backwardOfInputGradient.
    outputs = null;
    return gradient;
  }

  /**
   * With the rectification's pattern fixed, the slopes are linear in the weights of each layer: the
   * direction goes through the network as inputs would, without biases, and a plain backward of
   * that is the gradient wanted.
   */
  @Override
  public void backwardOfInputGradient(float[] direction) {
    if (architecture.normalization() != Architecture.Normalization.NONE) {
      throw new IllegalStateException(
          "Cannot differentiate the slopes of a network with normalized layers. Choose no normalization for it.");
    }
    if (asked == null) {
      throw new IllegalStateException(
          "There was no input gradient that this backward could belong to.");
    }
    int n = asked.length / architecture.outputs();
    requireExtra(n, direction);
    PtNDArray x =
        (PtNDArray) scope.create(padded(direction, n), new Shape(n, architecture.inputs()));
    for (int layer = 0; layer <= rectified.size(); layer++) {
      PtNDArray pattern = layer < rectified.size() ? JniUtils.sign(rectified.get(layer)) : null;
      long width = architecture.widths().get(layer + 1);
      PtNDArray none = (PtNDArray) scope.zeros(new Shape(width));
      JniUtils.setGradMode(true);
      try {
        x = JniUtils.linear(x, parameters[fields + 2 * layer], none);
        x = pattern == null ? x : JniUtils.mul(x, pattern);
      } finally {
        JniUtils.setGradMode(false);
      }
    }
    PtNDArray shared = (PtNDArray) scope.create(asked, x.getShape());
    JniUtils.backward(x, JniUtils.clone(shared), false, false);
    forget();
    gathered = true;
  }

  /** The direction among zeros for all that is no extra input. */
  private float[] padded(float[] direction, int n) {
    int extra = architecture.extra();
    int inputs = architecture.inputs();
    float[] result = new float[n * inputs];
    for (int row = 0; row < n; row++) {
      System.arraycopy(direction, row * extra, result, (row + 1) * inputs - extra, extra);
    }
    return result;
  }

  private void propagate(float[] outputGradient) {
    if (outputs == null) {
      throw new IllegalStateException("There was no forward that this backward could belong to.");
    }
    PtNDArray shared = (PtNDArray) scope.create(outputGradient, outputs.getShape());
    JniUtils.backward(outputs, JniUtils.clone(shared), false, false);
  }

  private float[] extraGradient() {
    if (extras == null) {
      return NO_EXTRA;
    }
    try (PtNDArray gradient = JniUtils.getGradient(extras)) {
      return gradient.toFloatArray();
    }
  }

  @Override
  public void step() {
    forget();
    steps++;
    double meanCorrection = 1 - Math.pow(MEAN_DECAY, (double) steps);
    double varianceCorrection = Math.sqrt(1 - Math.pow(VARIANCE_DECAY, (double) steps));
    // The native step divides by sqrt(variance) + epsilon without correcting the variance; with
    // both
    // constants moved across the fraction it is Adam as published.
    float rate = (float) (learningRate * varianceCorrection / meanCorrection);
    float epsilon = (float) (EPSILON * varianceCorrection);
    JniUtils.setGradMode(false);
    for (int i = 0; i < parameters.length; i++) {
      try (PtNDArray gradient = JniUtils.getGradient(parameters[i])) {
        JniUtils.adamUpdate(
            parameters[i],
            gradient,
            means[i],
            variances[i],
            rate,
            rate,
            0f,
            1f,
            -1f,
            (float) MEAN_DECAY,
            (float) VARIANCE_DECAY,
            epsilon,
            false);
      }
      JniUtils.zeroGrad(parameters[i]);
    }
    gathered = false;
  }

  @Override
  public void learningRate(double rate) {
    learningRate = rate;
  }

  @Override
  public void polyakFrom(Network source, double polyak) {
    DjlNetwork other = (DjlNetwork) source;
    JniUtils.setGradMode(false);
    try (NDManager brief = manager.newSubManager()) {
      PtNDArray keep = (PtNDArray) brief.create((float) (1 - polyak));
      PtNDArray take = (PtNDArray) brief.create((float) polyak);
      for (int i = 0; i < parameters.length; i++) {
        JniUtils.muli(parameters[i], keep);
        try (PtNDArray share = JniUtils.mul(other.parameters[i], take)) {
          JniUtils.addi(parameters[i], share);
        }
      }
    }
  }

  @Override
  public float[] parameters() {
    return flat(parameters);
  }

  @Override
  public void parameters(float[] values) {
    forget();
    replace(parameters, values);
    for (PtNDArray parameter : parameters) {
      JniUtils.attachGradient(parameter, true);
    }
  }

  @Override
  public float[] gradients() {
    float[] result = new float[architecture.parameterCount()];
    for (int i = 0; i < parameters.length; i++) {
      try (PtNDArray gradient = JniUtils.getGradient(parameters[i])) {
        if (gradient != null) {
          System.arraycopy(
              gradient.toFloatArray(), 0, result, tensors.get(i).offset(), tensors.get(i).size());
        }
      }
    }
    return result;
  }

  @Override
  public OptimizerState optimizer() {
    return new OptimizerState(steps, flat(means), flat(variances));
  }

  @Override
  public void optimizer(OptimizerState state) {
    steps = state.steps();
    replace(means, state.mean());
    replace(variances, state.variance());
  }

  @Override
  public void close() {
    forget();
    manager.close();
  }

  private void forget() {
    if (scope != null) {
      scope.close();
      scope = null;
      outputs = null;
      extras = null;
      asked = null;
      rectified.clear();
    }
  }

  /**
   * A tensor's part of the flat values, in memory of the engine's own. DJL lets an array share the
   * Java buffer it was made from: that memory is not aligned as the engine's is, which can change
   * the last bits of a product, and it goes when the buffer is collected.
   */
  private PtNDArray array(float[] values, Architecture.Tensor tensor) {
    float[] part = Arrays.copyOfRange(values, tensor.offset(), tensor.offset() + tensor.size());
    long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
    try (PtNDArray shared = (PtNDArray) manager.create(part, new Shape(shape))) {
      return JniUtils.clone(shared);
    }
  }

  private float[] flat(PtNDArray[] arrays) {
    float[] result = new float[architecture.parameterCount()];
    for (int i = 0; i < arrays.length; i++) {
      System.arraycopy(
          arrays[i].toFloatArray(), 0, result, tensors.get(i).offset(), tensors.get(i).size());
    }
    return result;
  }

  private void replace(PtNDArray[] arrays, float[] values) {
    for (int i = 0; i < arrays.length; i++) {
      arrays[i].close();
      arrays[i] = array(values, tensors.get(i));
    }
  }
}
