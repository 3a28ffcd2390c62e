package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.loss.ClippedSurrogate;
import dev.hindcast.core.loss.Entropy;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;

/** Over discrete actions: a masked softmax with a tree for each logit. */
final class ProximalSoftmax implements ProximalPolicy {
  private final GradientBoostedPpo.Config config;
  private final TreeFunction policy;
  private final int actions;

  ProximalSoftmax(Setting setting, GradientBoostedPpo.Config config) {
    this.config = config;
    actions = setting.actions();
    policy = setting.function("policy", Output.numbered("action", actions), config.growth());
  }

  @Override
  public TreeFunction trees() {
    return policy;
  }

  @Override
  public double[] logLikelihoods(MiniBatch batch) {
    int[] chosen = batch.actions();
    double[] all = MaskedSoftmax.of(policy.outputs(batch.observations()), actions, batch.masks());
    double[] logs = new double[chosen.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.log(all[i * actions + chosen[i]]);
    }
    return logs;
  }

  @Override
  public Map<String, Double> improve(MiniBatch batch, double[] logBefore, float[] advantages) {
    int[] rows = batch.observations();
    float[] logits = policy.outputs(rows);
    boolean[] masks = batch.masks();
    ClippedSurrogate surrogate =
        ClippedSurrogate.of(
            logits, actions, batch.actions(), masks, logBefore, advantages, config.clip());
    Loss entropy = Entropy.of(logits, actions, masks);
    Loss loss = surrogate.loss().plus(entropy.times(-config.entropyWeight()));
    policy.grow(RowLoss.of(loss, rows.length, ones(logits.length, masks)), rows);
    return Map.of(
        "policy_loss",
        surrogate.loss().value(),
        "entropy",
        entropy.value(),
        "clipped",
        surrogate.clipped());
  }

  /** Hessians of 1, and of 0 for what a mask does not admit. */
  private static float[] ones(int length, boolean[] masks) {
    float[] ones = new float[length];
    for (int i = 0; i < length; i++) {
      ones[i] = masks.length == 0 || masks[i] ? 1 : 0;
    }
    return ones;
  }

  @Override
  public double divergence(MiniBatch batch, float[] before, float[] after) {
    double[] p = MaskedSoftmax.of(before, actions, batch.masks());
    double[] q = MaskedSoftmax.of(after, actions, batch.masks());
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i] == 0 ? 0 : p[i] * Math.log(p[i] / q[i]);
    }
    return sum / batch.size();
  }

  @Override
  public TreeProduct product() {
    return TreeProduct.of(
        new Head.Softmax(), Head.POLICY, policy.trees(TreeProduct.Input.OBSERVATION));
  }

  @Override
  public Map<String, Part> parts() {
    return Map.of("policy", policy);
  }
}
