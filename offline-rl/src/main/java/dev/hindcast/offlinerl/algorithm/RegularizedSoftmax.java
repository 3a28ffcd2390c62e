package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.CrossEntropy;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.loss.ReferenceRegularized;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;

/** Over discrete actions, where the regularized values have a closed form. */
final class RegularizedSoftmax implements RegularizedPolicy {
  /** Keeps the clone's probabilities, and with them all ratios, away from 0. */
  private static final double SMOOTHING = 0.01;

  private final Setting setting;
  private final Network policy;
  private final Network reference;

  RegularizedSoftmax(Setting setting, double learningRate) {
    this.setting = setting;
    policy = setting.network().create("policy", setting.actions(), learningRate);
    reference = setting.targetOf(policy);
  }

  @Override
  public double imitate(MiniBatch batch, float[] weights) {
    float[] admissible = batch.admissibleWeights();
    for (int i = 0; i < admissible.length; i++) {
      admissible[i] *= weights[i];
    }
    float[] logits = policy.forward(setting.observations(), batch.observations());
    Loss loss =
        CrossEntropy.smoothed(
            logits, setting.actions(), batch.actions(), batch.masks(), admissible, SMOOTHING);
    policy.backward(loss.gradient());
    policy.step();
    return loss.value();
  }

  @Override
  public void becomeReference() {
    reference.polyakFrom(policy, 1);
  }

  /** Σ_a π(a|o') min Q'(o', a). */
  @Override
  public float[] nextValues(Critics critics, MiniBatch batch) {
    int actions = setting.actions();
    int[] next = batch.nextObservations();
    float[] q = critics.leastTargetOfAll(next); // (B, actions)
    double[] pi = probabilities(policy, next, batch.nextMasks()); // (B, actions)
    float[] values = new float[next.length];
    for (int i = 0; i < q.length; i++) {
      values[i / actions] += (float) (pi[i] * q[i]);
    }
    return values;
  }

  /** λ log Σ_a π₀(a|o') exp(min Q'(o', a) / λ): no policy in training needed. */
  @Override
  public float[] nextValues(Critics critics, MiniBatch batch, double price) {
    int[] next = batch.nextObservations();
    return ReferenceRegularized.values(
        critics.leastTargetOfAll(next),
        setting.actions(),
        probabilities(reference, next, batch.nextMasks()),
        price);
  }

  @Override
  public Improvement improve(Critics critics, MiniBatch batch, double price) {
    int[] here = batch.observations();
    ReferenceRegularized.PolicyLoss found =
        ReferenceRegularized.PolicyLoss.of(
            policy.forward(setting.observations(), here),
            setting.actions(),
            probabilities(reference, here, batch.masks()),
            critics.leastOfAll(here),
            price);
    policy.backward(found.loss().gradient());
    policy.step();
    return new Improvement(found.loss().value(), found.divergence());
  }

  private double[] probabilities(Network network, int[] observations, boolean[] masks) {
    return MaskedSoftmax.of(
        network.predict(setting.observations(), observations), setting.actions(), masks);
  }

  @Override
  public void learningRate(double rate) {
    policy.learningRate(rate);
  }

  @Override
  public Product product() {
    return Product.of(new Head.Softmax(), Head.POLICY, policy);
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of("policy", policy, "reference", reference);
  }
}
