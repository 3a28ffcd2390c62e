package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.gbrl.tree.Growth;
import java.io.Serializable;
import java.util.List;

/**
 * How a policy is fitted to actions.
 *
 * @param rounds the most rounds that its trees grow
 * @param heldOut the share of the training side's episodes, in [0, 1), that the fit does not learn
 *     from and that say when to stop; 0 learns from all of them for all rounds
 * @param patience after so many rounds without a gain on those nothing more grows
 * @param growth how its trees grow
 */
public record Imitation(int rounds, double heldOut, int patience, Growth growth)
    implements Serializable {
  /**
   * Leaves whose outputs are bounded: where an action that is rare elsewhere is common, the softmax
   * is nearly flat, and a Newton step would go far beyond what many rows in one leaf ask for.
   */
  public static final Growth GROWTH =
      new Growth(0.1, 6, 0, 1, 0, 1, 1, 256, 1, 1, 4, 64, List.of(), List.of(), List.of());

  /** As many rounds as fits by weighted likelihood need at this rate; most stop before. */
  public static final Imitation DEFAULT = new Imitation(300, 0.1, 30, GROWTH);

  /** Checks the ranges. */
  public Imitation {
    Require.positive("rounds", rounds);
    new HeldOut.Stopping(heldOut, patience);
  }

  HeldOut.Stopping stopping() {
    return new HeldOut.Stopping(heldOut, patience);
  }
}
