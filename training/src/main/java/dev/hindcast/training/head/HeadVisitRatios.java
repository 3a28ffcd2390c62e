package dev.hindcast.training.head;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.VisitRatios;

/** Trained ratios of visits, of discrete actions or of actions in a box. */
public final class HeadVisitRatios implements VisitRatios {
  private static final long serialVersionUID = 1L;

  private final boolean positive;
  private final Functions functions;
  private final ActionSpace actionSpace;

  /**
   * What a head whose outputs are ratios makes of functions.
   *
   * @param functions with the role {@link Head#RATIO}
   * @throws IllegalArgumentException when the head is another's
   */
  public HeadVisitRatios(Head head, Functions functions, ActionSpace actionSpace) {
    if (head instanceof Head.VisitRatios all) {
      positive = all.positive();
    } else if (head instanceof Head.VisitRatio one) {
      positive = one.positive();
    } else {
      throw new IllegalArgumentException("the head " + head + " is not that of visit ratios");
    }
    this.functions = functions;
    this.actionSpace = actionSpace;
  }

  @Override
  public double[] ratios(Decisions decisions) {
    if (actionSpace instanceof ActionSpace.Box) {
      throw new UnsupportedOperationException(
          "These are ratios of given actions of a box, one for each row.");
    }
    return ratios(functions.outputs(Head.RATIO, decisions));
  }

  @Override
  public double[] ratios(Decisions decisions, float[] actions) {
    if (actionSpace instanceof ActionSpace.Box) {
      return ratios(functions.outputsAt(Head.RATIO, decisions, actions));
    }
    throw new UnsupportedOperationException("These are ratios of discrete actions.");
  }

  /** What they are ratios of. */
  public ActionSpace actionSpace() {
    return actionSpace;
  }

  private double[] ratios(float[] outputs) {
    double[] ratios = new double[outputs.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = positive ? (double) outputs[i] * outputs[i] : outputs[i];
    }
    return ratios;
  }
}
