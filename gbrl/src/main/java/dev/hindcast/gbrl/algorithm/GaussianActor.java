package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.MiniBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A policy over continuous actions: a Gaussian whose mean has one output for each coordinate, with
 * one deviation for each that does not depend on the observation. For any deviation the likeliest
 * mean is the weighted least squares fit, so trees learn that; the deviation is that of the
 * residuals of episodes held out, where there are any, as trees come closer to what they have seen.
 */
final class GaussianActor implements Actor {
  /** A thousandth of the box: nothing in a log is known better. */
  private static final double LEAST_DEVIATION = 2e-3;

  private final Setting setting;
  private final Imitation how;
  private final TreeFunction policy;
  private final HeldOut heldOut;
  private final Deviations deviations;

  GaussianActor(Setting setting, Imitation how) {
    this.setting = setting;
    this.how = how;
    policy = setting.function("policy", means(setting), how.growth());
    heldOut =
        new HeldOut(setting.experience(), how.stopping(), how.rounds(), setting.seedOf("held out"));
    deviations = new Deviations(setting.dimensions());
  }

  private static List<Output> means(Setting setting) {
    int d = setting.dimensions();
    float[] actions = setting.experience().actionVectors();
    double[][] coordinates = new double[d][actions.length / d];
    for (int i = 0; i < actions.length; i++) {
      coordinates[i % d][i / d] = actions[i];
    }
    double[] sums = setting.all().sums(coordinates);
    List<Output> outputs = new ArrayList<>();
    for (int j = 0; j < d; j++) {
      outputs.add(
          Output.named("action " + j).startingAt((float) (sums[j] / setting.all().count())));
    }
    return outputs;
  }

  @Override
  public Map<String, Double> imitate(MiniBatch batch, float[] weights) {
    Map<String, Double> figures = new HashMap<>();
    if (!heldOut.isOver()) {
      float[] learned = heldOut.learned(batch, weights);
      RowLoss loss = RowLoss.squaredError(outputs(batch), batch.actionVectors(), learned);
      figures.put("policy_loss", policy.grow(loss, batch.rows()));
      if (!heldOut.isOn()) {
        deviations.take(logDeviations(batch, learned));
      } else if (heldOut.isLook(policy.rounds(), how.rounds())) {
        float[] logs = logDeviations(batch, heldOut.checked(batch, weights));
        double found = 0; // the likelihood of a Gaussian of these deviations, up to a constant
        for (float log : logs) {
          found += log;
        }
        int before = heldOut.bestRound();
        heldOut.look(policy.rounds(), found, policy::bytes);
        if (heldOut.bestRound() > before) {
          deviations.take(logs);
        }
        figures.put("policy_held_out_loss", found);
      }
    }
    figures.put(
        "policy_rounds",
        (double) (heldOut.best().isPresent() ? heldOut.bestRound() : policy.rounds()));
    return figures;
  }

  private float[] outputs(MiniBatch batch) {
    return policy.outputs(batch.observations());
  }

  /** (d): half the log of the weighted mean squared residual. */
  private float[] logDeviations(MiniBatch batch, float[] weights) {
    int d = setting.dimensions();
    float[] means = outputs(batch);
    float[] actions = batch.actionVectors();
    double[][] terms = new double[d + 1][weights.length];
    for (int i = 0; i < means.length; i++) {
      double apart = (double) actions[i] - means[i];
      terms[i % d][i / d] = weights[i / d] * apart * apart;
      terms[d][i / d] = weights[i / d];
    }
    double[] sums = setting.all().sums(terms);
    float[] logs = new float[d];
    for (int j = 0; j < d; j++) {
      double deviation = sums[d] == 0 ? 1 : Math.sqrt(sums[j] / sums[d]);
      logs[j] = (float) Math.log(Math.max(LEAST_DEVIATION, deviation));
    }
    return logs;
  }

  @Override
  public TreeProduct product() {
    return new TreeProduct(
        new Head.FreeMeanGaussian(),
        Map.of(
            Head.POLICY,
            policy.trees(TreeProduct.Input.OBSERVATION, heldOut.best().orElseGet(policy::bytes))),
        Map.of(Head.LOG_DEVIATION, deviations.logs()));
  }

  @Override
  public Map<String, Part> parts() {
    return Map.of("policy", policy, "policy held out", heldOut, "log deviations", deviations);
  }

  /** Log deviations by coordinate; 0 before anything is known. */
  private static final class Deviations implements Part {
    private float[] logs;

    Deviations(int dimensions) {
      logs = new float[dimensions];
    }

    void take(float[] found) {
      logs = found;
    }

    float[] logs() {
      return Arrays.copyOf(logs, logs.length);
    }

    @Override
    public byte[] bytes() {
      ByteBuffer bytes = ByteBuffer.allocate(logs.length * Float.BYTES);
      bytes.asFloatBuffer().put(logs);
      return bytes.array();
    }

    @Override
    public void restore(byte[] bytes) {
      ByteBuffer.wrap(bytes).asFloatBuffer().get(logs);
    }
  }
}
