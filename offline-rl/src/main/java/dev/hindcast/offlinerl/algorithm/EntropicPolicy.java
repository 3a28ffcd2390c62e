package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.LeastValue;
import dev.hindcast.core.loss.SquashedSample;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The policy of soft actor-critic with its temperature: raises value and entropy together. Haarnoja
 * and others (2018), arXiv:1812.05905.
 */
final class EntropicPolicy {
  private final SquashedGaussianActor actor;
  private final Temperature temperature;

  /**
   * With a target entropy of minus one for each coordinate of the action.
   *
   * @param head the ends of its log deviations
   */
  EntropicPolicy(
      Setting setting,
      Setting.Blueprint blueprint,
      Head.SquashedGaussian head,
      double learningRate,
      double temperatureLearningRate) {
    actor = new SquashedGaussianActor(setting, blueprint, head, learningRate);
    temperature = new Temperature(1, -setting.dimensions(), temperatureLearningRate);
  }

  /** Its actions. */
  SquashedGaussianActor actor() {
    return actor;
  }

  /** α. */
  double temperature() {
    return temperature.value();
  }

  /**
   * One step of policy and temperature along {@code mean (α log π - min Q)}, over all critics, for
   * actions drawn anew.
   *
   * @return figures: the loss, the entropy, α from before the step, and the mean of min Q
   */
  Map<String, Double> improve(int[] observations, Critics critics, RandomGenerator random) {
    SquashedSample drawn = actor.forward(observations, random);
    LeastValue least = LeastValue.of(critics.forwardAll(observations, drawn.actions()));
    int n = observations.length;
    float[] byValue = new float[n];
    float[] byLogDensity = new float[n];
    Arrays.fill(byValue, -1f / n);
    double alpha = temperature.value();
    Arrays.fill(byLogDensity, (float) (alpha / n));
    actor.step(critics.actionGradient(least.spread(byValue, critics.count())), byLogDensity);
    temperature.step(drawn.logDensities());
    double logDensity = Losses.mean(drawn.logDensities());
    double q = Losses.mean(least.values());
    return Map.of(
        "policy_loss", alpha * logDensity - q,
        "entropy", -logDensity,
        "temperature", alpha,
        "policy_value", q);
  }

  Map<String, Network> networks() {
    return actor.networks();
  }

  Map<String, FreeParameters> parameters() {
    return temperature.parameters();
  }

  Product product() {
    return actor.product();
  }
}
