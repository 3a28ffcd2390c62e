package dev.hindcast.training.head;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.ActionDistribution.Categorical;
import dev.hindcast.core.policy.ActionDistribution.Continuous;
import dev.hindcast.core.policy.Policy;
import java.util.Map;
import java.util.Optional;

/**
 * A trained policy: what the heads of {@code docs/spec/bundle.md} mean. Equal outputs of its
 * functions give equal bits.
 */
public final class HeadPolicy implements Policy {
  private static final long serialVersionUID = 1L;
  private static final boolean[] NO_MASK = new boolean[0];

  private final Head head;
  private final Functions functions;
  private final Map<String, float[]> vectors;
  private final ActionSpace actionSpace;
  private final boolean usesMask;

  /**
   * What a head whose outputs are a policy's makes of functions.
   *
   * @param functions with the roles that the head needs
   * @param vectors numbers besides them, as the head names them
   * @param usesMask whether it keeps to masks
   * @throws IllegalArgumentException when the head {@linkplain Head#isPolicy() is not a policy's}
   */
  public HeadPolicy(
      Head head,
      Functions functions,
      Map<String, float[]> vectors,
      ActionSpace actionSpace,
      boolean usesMask) {
    if (!head.isPolicy()) {
      throw new IllegalArgumentException("the head " + head + " is not a policy's");
    }
    this.head = head;
    this.functions = functions;
    this.vectors = Map.copyOf(vectors);
    this.actionSpace = actionSpace;
    this.usesMask = usesMask;
  }

  @Override
  public ActionDistribution distribution(Decisions decisions) {
    return actionSpace instanceof ActionSpace.Box box
        ? inBox(box, decisions)
        : amongChoices(((ActionSpace.Discrete) actionSpace).size(), decisions);
  }

  /** What it acts in. */
  public ActionSpace actionSpace() {
    return actionSpace;
  }

  private Categorical amongChoices(int actions, Decisions decisions) {
    boolean[] mask = usesMask ? decisions.mask() : NO_MASK;
    checkAdmitsAny(mask, actions, decisions);
    double[] probabilities =
        head instanceof Head.Greedy greedy
            ? greedyChoice(greedy, decisions, mask).oneHot()
            : MaskedSoftmax.of(outputs(Head.POLICY, decisions), actions, mask);
    return new Categorical(decisions.size(), actions, probabilities);
  }

  private GreedyChoice greedyChoice(Head.Greedy greedy, Decisions decisions, boolean[] mask) {
    float[] values = outputs(Head.Q, decisions);
    int actions = values.length / Math.max(1, decisions.size());
    return greedy.threshold() == 0
        ? GreedyChoice.among(values, actions, mask)
        : GreedyChoice.amongProbable(
            values, actions, mask, outputs(Head.BEHAVIOR, decisions), greedy.threshold());
  }

  /** Which rows of a greedy policy rounding could turn; none of any other policy. */
  public boolean[] undecided(Decisions decisions) {
    return head instanceof Head.Greedy greedy
        ? greedyChoice(greedy, decisions, usesMask ? decisions.mask() : NO_MASK).undecided()
        : new boolean[decisions.size()];
  }

  /** (rows, actions): the values that a greedy policy compares; empty for any other. */
  public Optional<float[]> values(Decisions decisions) {
    return head instanceof Head.Greedy ? Optional.of(outputs(Head.Q, decisions)) : Optional.empty();
  }

  private Continuous inBox(ActionSpace.Box box, Decisions decisions) {
    if (head instanceof Head.SquashedGaussian squashed) {
      return squashedGaussian(box, squashed, outputs(Head.POLICY, decisions));
    }
    if (head instanceof Head.Residual residual) {
      return new ActionDistribution.Deterministic(
          box, box.fromUnits(corrected(residual, decisions)));
    }
    float[] outputs = outputs(Head.POLICY, decisions);
    if (!(head instanceof Head.FreeMeanGaussian)) {
      tanh(outputs);
    }
    return head instanceof Head.Deterministic
        ? new ActionDistribution.Deterministic(box, box.fromUnits(outputs))
        : gaussian(box, outputs, vectors.get(Head.LOG_DEVIATION));
  }

  /** From means and deviations in [-1, 1] to the box's units; nothing is cut. */
  private static Continuous gaussian(ActionSpace.Box box, float[] units, float[] logDeviation) {
    int d = box.dimensions();
    float[] means = new float[units.length];
    float[] deviations = new float[units.length];
    for (int i = 0; i < units.length; i++) {
      double low = box.low().get(i % d);
      double half = 0.5 * (box.high().get(i % d) - low);
      means[i] = (float) (low + (units[i] + 1.0) * half);
      deviations[i] = (float) Math.max(Float.MIN_NORMAL, Math.exp(logDeviation[i % d]) * half);
    }
    return new ActionDistribution.Gaussian(box, means, deviations);
  }

  private static Continuous squashedGaussian(
      ActionSpace.Box box, Head.SquashedGaussian head, float[] outputs) {
    int d = box.dimensions();
    float[] means = new float[outputs.length / 2];
    float[] deviations = new float[means.length];
    for (int i = 0; i < means.length; i++) {
      int at = i / d * 2 * d + i % d;
      means[i] = outputs[at];
      double log =
          Math.min(head.maxLogDeviation(), Math.max(head.minLogDeviation(), outputs[at + d]));
      deviations[i] = (float) Math.exp(log);
    }
    return new ActionDistribution.SquashedGaussian(box, means, deviations);
  }

  private float[] corrected(Head.Residual residual, Decisions decisions) {
    float[] base = tanh(outputs(Head.BASE, decisions));
    float[] correction = tanh(functions.outputs(Head.POLICY, decisions, base));
    float[] sum = new float[base.length];
    for (int i = 0; i < sum.length; i++) {
      double moved = base[i] + residual.scale() * correction[i];
      sum[i] = (float) Math.min(1, Math.max(-1, moved));
    }
    return sum;
  }

  private float[] outputs(String role, Decisions decisions) {
    return functions.outputs(role, decisions);
  }

  private static float[] tanh(float[] outputs) {
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = (float) Math.tanh(outputs[i]);
    }
    return outputs;
  }

  private static void checkAdmitsAny(boolean[] mask, int actions, Decisions decisions) {
    for (int row = 0; row < decisions.size() && mask.length > 0; row++) {
      boolean any = false;
      for (int i = row * actions; i < (row + 1) * actions; i++) {
        any |= mask[i];
      }
      if (!any) {
        throw UserError.data(
            "Cannot choose an action in episode "
                + decisions.episodeIds()[row]
                + " step "
                + decisions.steps()[row]
                + ": its mask admits none.");
      }
    }
  }
}
