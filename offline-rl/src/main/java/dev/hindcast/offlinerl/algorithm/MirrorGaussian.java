package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.NormalDivergence;
import dev.hindcast.core.loss.NormalSample;
import dev.hindcast.core.loss.SurrogateAdvantage;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Over continuous actions: the tangent of a Gaussian whose means and deviations depend on the
 * observation. Policy and start share the tangent, so that ratios and divergence are those of the
 * Gaussians before it.
 */
final class MirrorGaussian implements MirrorPolicy {
  private static final double MIN_LOG_DEVIATION = Math.log(0.05);
  private static final double MAX_LOG_DEVIATION = 2;

  /** Lived actions that rounding put on the edge of the box would have been infinite. */
  private static final double EDGE = 1 - 1e-6;

  /** How many actions a value is the mean of. */
  private static final int DRAWS = 10;

  private final Setting setting;
  private final Network policy;
  private final Network start;
  private final int d;

  MirrorGaussian(Setting setting, double learningRate) {
    this.setting = setting;
    d = setting.dimensions();
    policy = setting.network().create("policy", 2 * d, learningRate);
    start = setting.targetOf(policy);
  }

  @Override
  public void begin() {
    start.polyakFrom(policy, 1);
  }

  @Override
  public float[] values(Critics critics, int[] observations, SplittableRandom random) {
    int[] each = repeated(observations);
    return means(critics.least(each, tanh(drawn(each, random).values())));
  }

  @Override
  public float[] targetValues(Critics critics, int[] observations, SplittableRandom random) {
    int[] each = repeated(observations);
    return means(critics.leastTarget(each, tanh(drawn(each, random).values())));
  }

  @Override
  public Step improve(Critics critics, MiniBatch batch, float[] advantages, Limits limits) {
    int[] here = batch.observations();
    NormalSample before = drawn(here, batch.random("actions"));
    float[] gains = gains(critics, batch, tanh(before.values()), advantages); // (B)
    NormalSample now =
        sample(policy.forward(setting.observations(), here), new float[here.length * d]);
    SurrogateAdvantage gain =
        SurrogateAdvantage.of(
            now.means(),
            now.logDeviations(),
            before.means(),
            before.logDeviations(),
            actions(batch, before.values()),
            gains);
    NormalDivergence apart =
        NormalDivergence.between(
            now.means(), now.logDeviations(), before.means(), before.logDeviations(), d, 1);
    Step step = new Step(limits.price() * apart.value() - gain.value(), apart.value());
    if (step.isMade(limits)) {
      policy.backward(
          now.outputGradient(
              new float[here.length * d],
              descent(gain.meanGradient(), apart.meanGradient(), limits),
              descent(gain.logDeviationGradient(), apart.logDeviationGradient(), limits)));
      policy.step();
    }
    return step;
  }

  /** (B): the advantages of fresh steps, and those by the critics of what was drawn for others. */
  private float[] gains(Critics critics, MiniBatch batch, float[] drawn, float[] advantages) {
    boolean[] fresh = batch.fresh();
    float[] q = critics.least(batch.observations(), drawn);
    float[] values = values(critics, batch.observations(), batch.random("values"));
    float[] gains = new float[q.length];
    for (int i = 0; i < gains.length; i++) {
      gains[i] = fresh[i] ? advantages[i] : q[i] - values[i];
    }
    return gains;
  }

  /** (B, d): before the tangent, the actions of fresh steps, and what was drawn for others. */
  private float[] actions(MiniBatch batch, float[] drawn) {
    boolean[] fresh = batch.fresh();
    float[] lived = batch.actionVectors();
    float[] actions = drawn.clone();
    for (int i = 0; i < actions.length; i++) {
      if (fresh[i / d]) {
        double a = Math.min(EDGE, Math.max(-EDGE, lived[i]));
        actions[i] = (float) (0.5 * (Math.log1p(a) - Math.log1p(-a)));
      }
    }
    return actions;
  }

  private static float[] descent(float[] gain, float[] divergence, Limits limits) {
    float[] descent = new float[gain.length];
    for (int i = 0; i < descent.length; i++) {
      descent[i] = (float) (limits.price() * divergence[i] - gain[i]);
    }
    return descent;
  }

  private NormalSample drawn(int[] observations, SplittableRandom random) {
    float[] noise = new float[observations.length * d];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return sample(start.predict(setting.observations(), observations), noise);
  }

  private NormalSample sample(float[] outputs, float[] noise) {
    return NormalSample.of(outputs, d, MIN_LOG_DEVIATION, MAX_LOG_DEVIATION, noise);
  }

  private static int[] repeated(int[] observations) {
    int[] each = new int[observations.length * DRAWS];
    for (int i = 0; i < each.length; i++) {
      each[i] = observations[i / DRAWS];
    }
    return each;
  }

  private static float[] means(float[] values) {
    float[] means = new float[values.length / DRAWS];
    for (int i = 0; i < values.length; i++) {
      means[i / DRAWS] += values[i] / DRAWS;
    }
    return means;
  }

  private static float[] tanh(float[] values) {
    float[] actions = new float[values.length];
    for (int i = 0; i < actions.length; i++) {
      actions[i] = (float) Math.tanh(values[i]);
    }
    return actions;
  }

  @Override
  public Product product() {
    return Product.of(
        new Head.SquashedGaussian(MIN_LOG_DEVIATION, MAX_LOG_DEVIATION), Head.POLICY, policy);
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of("policy", policy, "start", start);
  }
}
