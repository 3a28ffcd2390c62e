package dev.hindcast.training.head;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.QFunction;

/** A trained Q-function, of discrete actions or of actions in a box. */
public final class HeadQFunction implements QFunction {
  private static final long serialVersionUID = 1L;

  private final Functions functions;
  private final ActionSpace actionSpace;

  /**
   * What a head whose outputs are values makes of functions.
   *
   * @param functions with the role {@link Head#Q}
   * @throws IllegalArgumentException when the head {@linkplain Head#isPolicy() is a policy's}
   */
  public HeadQFunction(Head head, Functions functions, ActionSpace actionSpace) {
    if (head.isPolicy()) {
      throw new IllegalArgumentException("the head " + head + " is not a Q-function's");
    }
    this.functions = functions;
    this.actionSpace = actionSpace;
  }

  @Override
  public double[] values(Decisions decisions) {
    if (actionSpace instanceof ActionSpace.Box) {
      throw new UnsupportedOperationException(
          "This Q-function values given actions of a box, one for each row.");
    }
    return doubles(functions.outputs(Head.Q, decisions));
  }

  @Override
  public double[] values(Decisions decisions, float[] actions) {
    if (actionSpace instanceof ActionSpace.Box) {
      return doubles(functions.outputsAt(Head.Q, decisions, actions));
    }
    throw new UnsupportedOperationException("This Q-function values discrete actions.");
  }

  /** What it values. */
  public ActionSpace actionSpace() {
    return actionSpace;
  }

  private static double[] doubles(float[] outputs) {
    double[] values = new double[outputs.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = outputs[i];
    }
    return values;
  }
}
