package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.loss.ClippedNormalSurrogate;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.MiniBatch;
import dev.hindcast.training.learner.OptimizerState;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * Over actions in a box: a Gaussian with a tree for each coordinate of its mean, and a deviation
 * for each that does not depend on the observation and is learned by Adam.
 *
 * <p>A round steps along the natural gradient by the means (Amari, 1998): the plain one times the
 * variance, which is the inverse of their Fisher information. However narrow the policy has become,
 * a leaf then moves by the rate times the mean of advantage times distance of the actions drawn.
 */
final class ProximalGaussian implements ProximalPolicy {
  private static final double LOG_ROOT_TWO_PI_E = 0.5 * Math.log(2 * Math.PI * Math.E);

  private final GradientBoostedPpo.Config config;
  private final TreeFunction policy;
  private final int d;
  private final Deviations deviations;

  ProximalGaussian(Setting setting, GradientBoostedPpo.Config config) {
    this.config = config;
    d = setting.dimensions();
    policy = setting.function("policy", Output.numbered("action", d), config.growth());
    deviations = new Deviations(d, Math.log(config.deviation()));
  }

  @Override
  public TreeFunction trees() {
    return policy;
  }

  @Override
  public double[] logLikelihoods(MiniBatch batch) {
    return ClippedNormalSurrogate.logDensities(
        policy.outputs(batch.observations()), deviations.logs(), batch.actionVectors());
  }

  @Override
  public Map<String, Double> improve(MiniBatch batch, double[] logBefore, float[] advantages) {
    int[] rows = batch.observations();
    float[] logs = deviations.logs();
    ClippedNormalSurrogate surrogate =
        ClippedNormalSurrogate.of(
            policy.outputs(rows),
            logs,
            batch.actionVectors(),
            logBefore,
            advantages,
            config.clip());
    policy.grow(natural(surrogate, logs), rows);
    double entropy = 0;
    double[] byLogs = surrogate.logDeviationGradient();
    for (int j = 0; j < d; j++) {
      entropy += logs[j] + LOG_ROOT_TWO_PI_E;
      byLogs[j] -= config.entropyWeight();
    }
    deviations.step(byLogs, config.deviationRate());
    return Map.of(
        "policy_loss",
        surrogate.value(),
        "entropy",
        entropy,
        "clipped",
        surrogate.clipped(),
        "deviation",
        Math.exp(mean(logs)));
  }

  private RowLoss natural(ClippedNormalSurrogate surrogate, float[] logs) {
    float[] gradient = surrogate.meanGradient().clone();
    int n = gradient.length / d;
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= (float) (n * Math.exp(2.0 * logs[i % d]));
    }
    float[] ones = new float[gradient.length];
    Arrays.fill(ones, 1);
    return new RowLoss(surrogate.value(), gradient, ones);
  }

  private static double mean(float[] numbers) {
    double sum = 0;
    for (float one : numbers) {
      sum += one;
    }
    return sum / numbers.length;
  }

  /** Of two Gaussians with the same deviations. */
  @Override
  public double divergence(MiniBatch batch, float[] before, float[] after) {
    float[] logs = deviations.logs();
    double sum = 0;
    for (int i = 0; i < before.length; i++) {
      double apart = ((double) before[i] - after[i]) * Math.exp(-logs[i % d]);
      sum += apart * apart / 2;
    }
    return sum / batch.size();
  }

  @Override
  public TreeProduct product() {
    return new TreeProduct(
        new Head.FreeMeanGaussian(),
        Map.of(Head.POLICY, policy.trees(TreeProduct.Input.OBSERVATION)),
        Map.of(Head.LOG_DEVIATION, deviations.logs()));
  }

  @Override
  public Map<String, Part> parts() {
    return Map.of("policy", policy, "log deviations", deviations);
  }

  /** Log deviations by coordinate, and what Adam remembers of them. */
  private static final class Deviations implements Part {
    private final FreeParameters logs;

    Deviations(int d, double start) {
      float[] all = new float[d];
      Arrays.fill(all, (float) start);
      logs = new FreeParameters(all);
    }

    float[] logs() {
      return logs.values();
    }

    void step(double[] gradient, double rate) {
      logs.step(gradient, rate);
    }

    @Override
    public byte[] bytes() {
      OptimizerState adam = logs.optimizer();
      ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + 3 * adam.mean().length * Float.BYTES);
      bytes.putLong(adam.steps());
      for (float[] numbers : new float[][] {logs.values(), adam.mean(), adam.variance()}) {
        for (float number : numbers) {
          bytes.putFloat(number);
        }
      }
      return bytes.array();
    }

    @Override
    public void restore(byte[] from) {
      ByteBuffer bytes = ByteBuffer.wrap(from);
      long steps = bytes.getLong();
      float[] values = next(bytes);
      logs.values(values);
      logs.optimizer(new OptimizerState(steps, next(bytes), next(bytes)));
    }

    private float[] next(ByteBuffer bytes) {
      float[] numbers = new float[logs.values().length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = bytes.getFloat();
      }
      return numbers;
    }
  }
}
