package dev.hindcast.training.bundle;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.training.head.HeadPolicy;
import dev.hindcast.training.head.HeadQFunction;
import dev.hindcast.training.head.HeadVisitRatios;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Runs an export in a runtime of its own and compares all it gives with what it should give. */
public final class OnnxCheck {
  /** How far an output may be off, for each unit of the greatest expected one beyond 1. */
  public static final double TOLERANCE = 1e-4;

  private final Optional<HeadPolicy> policy;
  private final Optional<HeadQFunction> values;
  private final Optional<HeadVisitRatios> ratios;
  private final ActionSpace actionSpace;

  private OnnxCheck(
      Optional<HeadPolicy> policy,
      Optional<HeadQFunction> values,
      Optional<HeadVisitRatios> ratios,
      ActionSpace actionSpace) {
    this.policy = policy;
    this.values = values;
    this.ratios = ratios;
    this.actionSpace = actionSpace;
  }

  /** Of a policy's export. */
  public static OnnxCheck of(HeadPolicy policy) {
    return new OnnxCheck(
        Optional.of(policy), Optional.empty(), Optional.empty(), policy.actionSpace());
  }

  /** Of a Q-function's export. */
  public static OnnxCheck of(HeadQFunction values) {
    return new OnnxCheck(
        Optional.empty(), Optional.of(values), Optional.empty(), values.actionSpace());
  }

  /** Of the export of ratios of visits. */
  public static OnnxCheck of(HeadVisitRatios ratios) {
    return new OnnxCheck(
        Optional.empty(), Optional.empty(), Optional.of(ratios), ratios.actionSpace());
  }

  /**
   * The greatest absolute difference between the model's outputs and the expected ones, rounded up
   * to a power of ten, so that it is the same on every machine. Where a greedy policy's choice
   * hangs on rounding, only its values are compared.
   *
   * @throws IllegalStateException when it is beyond {@link #TOLERANCE}: the export is wrong
   */
  public double greatestDifference(byte[] model, Decisions sample) {
    float[] actions = anyActions(sample.size());
    Map<String, float[]> found = run(model, sample, actions);
    Map<String, double[]> expected = expected(sample, actions);
    if (!found.keySet().equals(expected.keySet())) {
      throw new IllegalStateException(
          "The ONNX export gives " + found.keySet() + ", not " + expected.keySet() + ".");
    }
    boolean[] undecided =
        policy.map(p -> p.undecided(sample)).orElseGet(() -> new boolean[sample.size()]);
    double greatest = 0;
    for (Map.Entry<String, double[]> output : expected.entrySet()) {
      boolean[] passedOver =
          output.getKey().equals(OnnxExport.PROBABILITIES)
              ? undecided
              : new boolean[undecided.length];
      double difference =
          difference(output.getKey(), found.get(output.getKey()), output.getValue(), passedOver);
      greatest = Math.max(greatest, difference);
    }
    return powerOfTenAbove(greatest);
  }

  private static double difference(
      String output, float[] found, double[] expected, boolean[] passedOver) {
    double greatest = 0;
    double size = 1;
    int width = expected.length / Math.max(1, passedOver.length);
    for (int i = 0; i < expected.length && found.length == expected.length; i++) {
      if (!passedOver[i / width]) {
        double difference = Math.abs(found[i] - expected[i]);
        // written this way round so that a NaN counts as a difference
        greatest = difference <= greatest ? greatest : difference;
        size = Math.max(size, Math.abs(expected[i]));
      }
    }
    if (!(greatest <= TOLERANCE * size) || found.length != expected.length) {
      throw new IllegalStateException(
          "The ONNX export does not compute what the bundle computes: its "
              + output
              + " differ by "
              + greatest
              + " on "
              + passedOver.length
              + " rows, and at most "
              + TOLERANCE * size
              + " is allowed.");
    }
    return greatest;
  }

  /** What the bundle itself computes, by the names of the outputs. */
  private Map<String, double[]> expected(Decisions sample, float[] actions) {
    Map<String, double[]> outputs = new TreeMap<>();
    if (values.isPresent()) {
      if (actionSpace instanceof ActionSpace.Discrete) {
        outputs.put(OnnxExport.VALUES, values.get().values(sample));
      } else {
        outputs.put(OnnxExport.VALUE, values.get().values(sample, actions));
      }
      return outputs;
    }
    if (ratios.isPresent()) {
      if (actionSpace instanceof ActionSpace.Discrete) {
        outputs.put(OnnxExport.RATIOS, ratios.get().ratios(sample));
      } else {
        outputs.put(OnnxExport.RATIO, ratios.get().ratios(sample, actions));
      }
      return outputs;
    }
    HeadPolicy acting = policy.orElseThrow();
    ActionDistribution distribution = acting.distribution(sample);
    if (distribution instanceof ActionDistribution.Categorical categorical) {
      outputs.put(OnnxExport.PROBABILITIES, categorical.probabilities());
      acting.values(sample).ifPresent(found -> outputs.put(OnnxExport.VALUES, doubles(found)));
      return outputs;
    }
    outputs.put(OnnxExport.ACTION, doubles(((ActionDistribution.Continuous) distribution).modes()));
    if (distribution instanceof ActionDistribution.Gaussian gaussian) {
      outputs.put(OnnxExport.MEAN, doubles(gaussian.means()));
      outputs.put(OnnxExport.LOG_DEVIATION, logs(gaussian.deviations()));
    }
    if (distribution instanceof ActionDistribution.SquashedGaussian squashed) {
      outputs.put(OnnxExport.MEAN, doubles(squashed.means()));
      outputs.put(OnnxExport.LOG_DEVIATION, logs(squashed.deviations()));
    }
    return outputs;
  }

  /** (rows, dimensions): actions to be valued, spread over the box; empty without a box. */
  private float[] anyActions(int rows) {
    if (!(actionSpace instanceof ActionSpace.Box box)) {
      return new float[0];
    }
    SplittableRandom random = new SplittableRandom(0);
    float[] units = new float[rows * box.dimensions()];
    for (int i = 0; i < units.length; i++) {
      units[i] = (float) (2 * random.nextDouble() - 1);
    }
    return box.fromUnits(units);
  }

  private static double powerOfTenAbove(double difference) {
    return difference == 0 ? 0 : Double.parseDouble("1e" + (int) Math.ceil(Math.log10(difference)));
  }

  private Map<String, float[]> run(byte[] model, Decisions sample, float[] actions) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      try (OrtSession session = environment.createSession(model, options)) {
        addInputs(inputs, environment, session.getInputNames(), sample, actions);
        Map<String, float[]> outputs = new TreeMap<>();
        try (OrtSession.Result result = session.run(inputs)) {
          for (Map.Entry<String, ?> output : result) {
            FloatBuffer buffer = ((OnnxTensor) output.getValue()).getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            outputs.put(output.getKey(), values);
          }
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw new IllegalStateException("The ONNX export cannot be run: " + e.getMessage() + ".", e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private void addInputs(
      Map<String, OnnxTensor> inputs,
      OrtEnvironment environment,
      Set<String> wanted,
      Decisions sample,
      float[] actions)
      throws OrtException {
    long rows = sample.size();
    if (wanted.contains(OnnxExport.OBSERVATION)) {
      inputs.put(
          OnnxExport.OBSERVATION,
          OnnxTensor.createTensor(
              environment,
              FloatBuffer.wrap(sample.numeric()),
              new long[] {rows, sample.numeric().length / rows}));
    }
    if (wanted.contains(OnnxExport.CODES)) {
      long[] codes = Arrays.stream(sample.categories()).asLongStream().toArray();
      inputs.put(
          OnnxExport.CODES,
          OnnxTensor.createTensor(
              environment, LongBuffer.wrap(codes), new long[] {rows, codes.length / rows}));
    }
    if (wanted.contains(OnnxExport.MASK)) {
      inputs.put(OnnxExport.MASK, OnnxTensor.createTensor(environment, masks(sample)));
    }
    if (wanted.contains(OnnxExport.ACTION)) {
      inputs.put(
          OnnxExport.ACTION,
          OnnxTensor.createTensor(
              environment, FloatBuffer.wrap(actions), new long[] {rows, actions.length / rows}));
    }
  }

  private boolean[][] masks(Decisions sample) {
    int actions = ((ActionSpace.Discrete) actionSpace).size();
    boolean[][] masks = new boolean[sample.size()][actions];
    for (int row = 0; row < masks.length; row++) {
      System.arraycopy(sample.mask(), row * actions, masks[row], 0, actions);
    }
    return masks;
  }

  private static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  private static double[] logs(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.log(values[i]);
    }
    return result;
  }
}
