package dev.hindcast.offlinerl.bundle;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.offlinerl.network.Architecture;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;

/** Runs an export in a runtime of its own and compares it with what it should compute. */
final class OnnxCheck {
  /** How far an export may be off. */
  static final double TOLERANCE = 1e-5;

  private OnnxCheck() {}

  /**
   * The greatest absolute difference between the model's outputs and the expected ones, rounded up
   * to a power of ten, so that it is the same on every machine.
   *
   * @throws IllegalStateException when it is beyond {@link #TOLERANCE}: the export is wrong
   */
  static double greatestDifference(
      byte[] model,
      Decisions sample,
      Architecture architecture,
      boolean masked,
      double[] expected) {
    float[] found = run(model, sample, architecture, masked);
    double greatest = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs(found[i] - expected[i]);
      // written this way round so that a NaN counts as a difference
      greatest = difference <= greatest ? greatest : difference;
    }
    if (!(greatest <= TOLERANCE) || found.length != expected.length) {
      throw new IllegalStateException(
          "The ONNX export does not compute what the network computes: outputs differ by "
              + greatest
              + " on "
              + sample.size()
              + " rows, and at most "
              + TOLERANCE
              + " is allowed.");
    }
    return powerOfTenAbove(greatest);
  }

  private static double powerOfTenAbove(double difference) {
    return difference == 0 ? 0 : Double.parseDouble("1e" + (int) Math.ceil(Math.log10(difference)));
  }

  private static float[] run(
      byte[] model, Decisions sample, Architecture architecture, boolean masked) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      long rows = sample.size();
      if (architecture.numeric() > 0) {
        inputs.put(
            OnnxModel.OBSERVATION,
            OnnxTensor.createTensor(
                environment,
                FloatBuffer.wrap(sample.numeric()),
                new long[] {rows, architecture.numeric()}));
      }
      int fields = architecture.embeddings().size();
      if (fields > 0) {
        long[] codes = new long[sample.categories().length];
        for (int i = 0; i < codes.length; i++) {
          codes[i] = sample.categories()[i];
        }
        inputs.put(
            OnnxModel.CODES,
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(codes), new long[] {rows, fields}));
      }
      if (masked) {
        inputs.put(
            OnnxModel.MASK, OnnxTensor.createTensor(environment, masks(sample, architecture)));
      }
      try (OrtSession session = environment.createSession(model, options);
          OrtSession.Result result = session.run(inputs)) {
        FloatBuffer outputs = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] values = new float[outputs.remaining()];
        outputs.get(values);
        return values;
      }
    } catch (OrtException e) {
      throw new IllegalStateException("The ONNX export cannot be run: " + e.getMessage() + ".", e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static boolean[][] masks(Decisions sample, Architecture architecture) {
    int actions = architecture.outputs();
    boolean[][] masks = new boolean[sample.size()][actions];
    for (int row = 0; row < masks.length; row++) {
      System.arraycopy(sample.mask(), row * actions, masks[row], 0, actions);
    }
    return masks;
  }
}
