package dev.hindcast.offlinerl.tabular;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;

/**
 * Behavior cloning in a table: in every state the frequencies of the demonstrated actions, each
 * counted once more than it was seen, so that no admissible action is ever impossible. Tiapkin and
 * others (2024), arXiv:2310.17303, section 3.
 */
public final class AddOneClone {
  private AddOneClone() {}

  /** Of all steps of a log of this world. */
  public static TabularPolicy of(TabularMdp world, TransitionColumns demonstrations) {
    int actions = world.actions();
    double[] counts = new double[world.states() * actions];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = world.isAdmissible(i / actions, i % actions) ? 1 : 0;
    }
    for (int row = 0; row < demonstrations.rows(); row++) {
      int at = (demonstrations.categories()[row] - 1) * actions + demonstrations.action(row);
      counts[at] += counts[at] > 0 ? 1 : 0;
    }
    for (int s = 0; s < world.states(); s++) {
      double total = 0;
      for (int a = 0; a < actions; a++) {
        total += counts[s * actions + a];
      }
      for (int a = 0; a < actions && total > 0; a++) {
        counts[s * actions + a] /= total;
      }
    }
    return TabularPolicy.of(counts, actions);
  }
}
