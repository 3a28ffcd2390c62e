package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.loss.ReferenceRegularized;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;
import java.util.SplittableRandom;

/** Over discrete actions: expectations are sums, nothing is drawn. */
final class MirrorSoftmax implements MirrorPolicy {
  private final Setting setting;
  private final Network policy;
  private final Network start;

  MirrorSoftmax(Setting setting, double learningRate) {
    this.setting = setting;
    policy = setting.network().create("policy", setting.actions(), learningRate);
    start = setting.targetOf(policy);
  }

  @Override
  public void begin() {
    start.polyakFrom(policy, 1);
  }

  @Override
  public float[] values(Critics critics, int[] observations, SplittableRandom random) {
    return means(
        critics.leastOfAll(observations),
        probabilities(observations, setting.experience().masks(observations)));
  }

  @Override
  public float[] targetValues(Critics critics, int[] observations, SplittableRandom random) {
    return means(
        critics.leastTargetOfAll(observations),
        probabilities(observations, setting.experience().masks(observations)));
  }

  @Override
  public Step improve(Critics critics, MiniBatch batch, float[] advantages, Limits limits) {
    double[] before = probabilities(batch.observations(), batch.masks()); // (B, actions)
    float[] gains = gains(critics, batch, before, advantages); // (B, actions)
    float[] logits = policy.forward(setting.observations(), batch.observations());
    ReferenceRegularized.PolicyLoss found =
        ReferenceRegularized.PolicyLoss.of(
            logits, setting.actions(), before, gains, limits.price());
    Step step = new Step(found.loss().value(), found.divergence());
    if (step.isMade(limits)) {
      policy.backward(found.loss().gradient());
      policy.step();
    }
    return step;
  }

  /**
   * (B, actions): x with {@code Σ_a π(a) x(a)} the gain of moving to π. Where a step is the log's,
   * the advantages of all actions; where it is fresh, {@code A / π₀} at its action and 0 elsewhere,
   * which is {@code π / π₀ A}.
   */
  private float[] gains(Critics critics, MiniBatch batch, double[] before, float[] advantages) {
    int actions = setting.actions();
    int[] chosen = batch.actions();
    boolean[] fresh = batch.fresh();
    float[] q = critics.leastOfAll(batch.observations()); // (B, actions)
    float[] values = means(q, before);
    float[] gains = new float[q.length];
    for (int i = 0; i < q.length; i++) {
      int row = i / actions;
      if (!fresh[row]) {
        gains[i] = q[i] - values[row];
      } else if (i % actions == chosen[row] && before[i] > 0) {
        gains[i] = (float) (advantages[row] / before[i]);
      }
    }
    return gains;
  }

  private float[] means(float[] values, double[] probabilities) {
    int actions = setting.actions();
    float[] means = new float[values.length / actions];
    for (int row = 0; row < means.length; row++) {
      double mean = 0;
      for (int i = row * actions; i < (row + 1) * actions; i++) {
        mean += probabilities[i] * values[i];
      }
      means[row] = (float) mean;
    }
    return means;
  }

  private double[] probabilities(int[] observations, boolean[] masks) {
    return MaskedSoftmax.of(
        start.predict(setting.observations(), observations), setting.actions(), masks);
  }

  @Override
  public Product product() {
    return Product.of(new Head.Softmax(), Head.POLICY, policy);
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of("policy", policy, "start", start);
  }
}
