package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import java.util.Map;

/**
 * The weight α of a policy's entropy, learned so that the entropy stays near a target. Haarnoja and
 * others (2018), arXiv:1812.05905, section 5.
 */
final class Temperature {
  private final FreeParameters logarithm;
  private final double targetEntropy;
  private final double learningRate;

  /**
   * Beginning with a value above 0.
   *
   * @param targetEntropy H̄, in nats, of actions in [-1, 1]
   */
  Temperature(double initial, double targetEntropy, double learningRate) {
    this.logarithm = new FreeParameters((float) Math.log(initial));
    this.targetEntropy = targetEntropy;
    this.learningRate = learningRate;
  }

  /** α. */
  double value() {
    return Math.exp(logarithm.value(0));
  }

  /**
   * One step of its logarithm along {@code -mean α (log π + H̄)}.
   *
   * @param logDensities (B), of drawn actions
   */
  void step(float[] logDensities) {
    double excess = Losses.mean(logDensities) + targetEntropy;
    logarithm.step(new double[] {-value() * excess}, learningRate);
  }

  Map<String, FreeParameters> parameters() {
    return Map.of("log_temperature", logarithm);
  }
}
