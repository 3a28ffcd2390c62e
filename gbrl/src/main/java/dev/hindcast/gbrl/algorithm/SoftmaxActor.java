package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.CrossEntropy;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.MiniBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A policy over discrete actions: the masked softmax of one output for each action, grown by Newton
 * steps. It begins as the frequencies of the actions in the log (Friedman, 2001).
 */
final class SoftmaxActor implements Actor {
  private final Setting setting;
  private final Imitation how;
  private final double smoothing;
  private final TreeFunction policy;
  private final HeldOut heldOut;

  SoftmaxActor(Setting setting, Imitation how) {
    this(setting, how, "policy", 0);
  }

  /**
   * Another than the one that is learned in the end.
   *
   * @param smoothing the part of every label that is spread over all admissible actions, in [0, 1)
   */
  SoftmaxActor(Setting setting, Imitation how, String name, double smoothing) {
    this.setting = setting;
    this.how = how;
    this.smoothing = smoothing;
    policy = setting.function(name, frequencies(setting), how.growth());
    heldOut =
        new HeldOut(
            setting.experience(), how.stopping(), how.rounds(), setting.seedOf(name + " held out"));
  }

  /** Actions that the log never takes count as taken once. */
  private static List<Output> frequencies(Setting setting) {
    TransitionColumns data = setting.data();
    long[] here = new long[setting.actions()];
    for (int row = 0; row < data.rows(); row++) {
      here[data.action(row)]++;
    }
    long[] counts = setting.all().totals(here);
    List<Output> outputs = new ArrayList<>();
    for (int action = 0; action < counts.length; action++) {
      double share = (counts[action] + 1.0) / (setting.all().count() + counts.length);
      outputs.add(Output.named("action " + action).startingAt((float) Math.log(share)));
    }
    return outputs;
  }

  @Override
  public Map<String, Double> imitate(MiniBatch batch, float[] weights) {
    String name = policy.name();
    Map<String, Double> figures = new HashMap<>();
    if (!heldOut.isOver()) {
      float[] admissible = batch.admissibleWeights();
      for (int i = 0; i < admissible.length; i++) {
        admissible[i] *= weights[i];
      }
      RowLoss loss =
          RowLoss.crossEntropy(
              logits(batch),
              setting.actions(),
              batch.actions(),
              batch.masks(),
              heldOut.learned(batch, admissible),
              smoothing);
      figures.put(name + "_loss", policy.grow(loss, batch.rows()));
      if (heldOut.isLook(policy.rounds(), how.rounds())) {
        OptionalDouble found = heldOutLoss(batch, heldOut.checked(batch, admissible));
        if (found.isPresent()) {
          heldOut.look(policy.rounds(), found.getAsDouble(), policy::bytes);
          figures.put(name + "_held_out_loss", found.getAsDouble());
        }
      }
    }
    figures.put(
        name + "_rounds",
        (double) (heldOut.best().isPresent() ? heldOut.bestRound() : policy.rounds()));
    return figures;
  }

  /** By the weight of what is held out, not by its number; none where it has no weight. */
  private OptionalDouble heldOutLoss(MiniBatch batch, float[] weights) {
    double mean =
        CrossEntropy.of(logits(batch), setting.actions(), batch.actions(), batch.masks(), weights)
            .value();
    double sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    double[] sums = setting.all().sums(new double[] {mean * weights.length}, new double[] {sum});
    return sums[1] > 0 ? OptionalDouble.of(sums[0] / sums[1]) : OptionalDouble.empty();
  }

  private float[] logits(MiniBatch batch) {
    return policy.outputs(batch.observations());
  }

  /**
   * (observation rows, actions): probabilities as they stand, keeping to the masks; 0 where a mask
   * admits nothing.
   */
  double[] probabilities() {
    boolean[] mask = setting.data().mask();
    boolean[] orAll = mask.clone();
    int actions = setting.actions();
    for (int at = 0; at < mask.length; at += actions) {
      boolean admitsAny = false;
      for (int i = at; i < at + actions; i++) {
        admitsAny |= mask[i];
      }
      if (!admitsAny) {
        Arrays.fill(orAll, at, at + actions, true);
      }
    }
    double[] probabilities = MaskedSoftmax.of(policy.outputs(), actions, orAll);
    for (int i = 0; i < mask.length; i++) {
      probabilities[i] = mask[i] ? probabilities[i] : 0;
    }
    return probabilities;
  }

  /** Puts the policy back to where it was best; nothing more is to be learned. */
  void rest() {
    heldOut.best().ifPresent(policy::restore);
  }

  @Override
  public TreeProduct product() {
    return TreeProduct.of(new Head.Softmax(), Head.POLICY, best());
  }

  /** The trees at their best. */
  TreeProduct.Trees best() {
    return policy.trees(TreeProduct.Input.OBSERVATION, heldOut.best().orElseGet(policy::bytes));
  }

  @Override
  public Map<String, Part> parts() {
    return Map.of(policy.name(), policy, policy.name() + " held out", heldOut);
  }
}
