package dev.hindcast.core.loss;

/**
 * From the outputs of all actions to those of the chosen ones, and back with gradients: how a loss
 * on Q(o, a) reaches a network with one output per action.
 */
public final class ChosenAction {
  private ChosenAction() {}

  /** (n): of (n, actions) outputs the one that was chosen in each row. */
  public static float[] of(float[] outputs, int actions, int[] chosen) {
    float[] values = new float[chosen.length];
    for (int row = 0; row < chosen.length; row++) {
      values[row] = outputs[row * actions + chosen[row]];
    }
    return values;
  }

  /** A loss on the chosen outputs as a loss on all (n, actions) outputs. */
  public static Loss spread(Loss loss, int actions, int[] chosen) {
    float[] gradient = new float[chosen.length * actions];
    for (int row = 0; row < chosen.length; row++) {
      gradient[row * actions + chosen[row]] = loss.gradient()[row];
    }
    return new Loss(loss.value(), gradient);
  }
}
