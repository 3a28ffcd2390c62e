package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.gbrl.tree.Growth;
import java.io.Serializable;

/**
 * How values are learned whose targets ask about actions besides the logged ones.
 *
 * @param rounds how many their trees grow
 * @param refresh targets are found anew after so many rounds, as fitted iteration does after each
 *     of its fits; what every action is worth is then asked of the new trees only
 * @param growth how their trees grow
 */
public record FittedValues(int rounds, int refresh, Growth growth) implements Serializable {
  /** Fifty iterations, as many as the field's tables of fitted iteration have, of eight trees. */
  public static final FittedValues DEFAULT = new FittedValues(400, 8, Valuation.GROWTH);

  /** Checks the ranges. */
  public FittedValues {
    Require.positive("rounds", rounds);
    Require.positive("refresh", refresh);
  }

  /** The last round up to this one at which targets are found anew. */
  int refreshed(int round) {
    return round - round % refresh;
  }
}
