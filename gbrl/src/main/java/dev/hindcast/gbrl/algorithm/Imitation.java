package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.gbrl.tree.Growth;
import java.io.Serializable;

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
  /** As many rounds as fits by weighted likelihood need at this rate; most stop before. */
  public static final Imitation DEFAULT = new Imitation(300, 0.1, 30, Growth.DEFAULT);

  /** Checks the ranges. */
  public Imitation {
    Require.positive("rounds", rounds);
    new HeldOut.Stopping(heldOut, patience);
  }

  HeldOut.Stopping stopping() {
    return new HeldOut.Stopping(heldOut, patience);
  }
}
