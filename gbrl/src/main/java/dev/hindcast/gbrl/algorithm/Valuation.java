package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.gbrl.tree.Growth;
import java.io.Serializable;
import java.util.List;

/**
 * How values of logged actions are learned.
 *
 * @param rounds of Q and of V
 * @param trace λ of the λ-return in the second half of the rounds, in [0, 1]: how much of what
 *     follows a step is taken from the log instead of from V; 0 holds nothing against an action
 *     that clumsy ones followed
 * @param growth how their trees grow
 */
public record Valuation(int rounds, double trace, Growth growth) implements Serializable {
  /** Larger steps than a policy's, and leaves that average the luck of several rows. */
  public static final Growth GROWTH =
      new Growth(0.2, 6, 0, 5, 0, 1, 0, 256, 1, 1, 4, 64, List.of(), List.of(), List.of());

  /** Ours. */
  public static final Valuation DEFAULT = new Valuation(400, 0, GROWTH);

  /** Checks the ranges. */
  public Valuation {
    Require.positive("rounds", rounds);
    Require.closed("trace", trace, 0, 1);
  }
}
