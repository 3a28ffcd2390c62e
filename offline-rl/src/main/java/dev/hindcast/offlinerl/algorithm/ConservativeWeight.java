package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.training.learner.FreeParameters;
import java.util.Map;

/**
 * How much the penalty of conservative Q-learning counts: a fixed weight, or that weight times a
 * multiplier α′ of Lagrange which is learned so that the penalty comes to a target gap. Kumar and
 * others (2020), arXiv:2006.04779, appendix F.
 */
final class ConservativeWeight {
  private static final double GREATEST_MULTIPLIER = 1e6;

  private final double weight;
  private final double targetGap;
  private final double learningRate;
  private final FreeParameters logMultiplier = new FreeParameters(1);

  /**
   * Fixed or learned.
   *
   * @param targetGap what the penalty is to come to; 0 leaves the weight as it is
   * @param learningRate of the multiplier's logarithm
   */
  ConservativeWeight(double weight, double targetGap, double learningRate) {
    this.weight = weight;
    this.targetGap = targetGap;
    this.learningRate = learningRate;
  }

  boolean isLearned() {
    return targetGap > 0;
  }

  /** What the penalty is to be multiplied by. */
  double value() {
    return isLearned() ? multiplier() * weight : weight;
  }

  /** α′, in [0, 1e6]. */
  double multiplier() {
    return Math.min(GREATEST_MULTIPLIER, Math.exp(logMultiplier.value(0)));
  }

  /**
   * One step up {@code α′ weight (gap − target gap)}, if learned.
   *
   * @param gap what the penalty came to, as the mean over critics and rows
   */
  void follow(double gap) {
    if (isLearned()) {
      logMultiplier.step(new double[] {-value() * (gap - targetGap)}, learningRate);
      logMultiplier.clamp(Double.NEGATIVE_INFINITY, Math.log(GREATEST_MULTIPLIER));
    }
  }

  /** What must be kept to go on later. */
  Map<String, FreeParameters> parameters() {
    return isLearned() ? Map.of("log_conservative_multiplier", logMultiplier) : Map.of();
  }
}
