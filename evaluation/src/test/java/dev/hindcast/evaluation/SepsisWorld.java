package dev.hindcast.evaluation;

import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.dataset.columns.ParquetTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The ICU-Sepsis world of {@code examples/icu-sepsis} (Choudhary, Gupta, Thomas 2024), from its
 * published transition tables: what episodes may be drawn from again and again.
 *
 * @param mdp the world
 * @param expert the clinicians' policy
 * @param uniform every admissible action alike
 */
record SepsisWorld(TabularMdp mdp, TabularPolicy expert, TabularPolicy uniform) {
  private static final int STATES = 716;
  private static final int ACTIONS = 25;

  static SepsisWorld read() {
    Path folder = Path.of(System.getProperty("icu.sepsis", "../examples/icu-sepsis"));
    if (!Files.isDirectory(folder)) {
      throw new IllegalStateException("There is no folder " + folder.toAbsolutePath() + ".");
    }
    TabularMdp.Builder world = new TabularMdp.Builder(STATES, ACTIONS);
    ParquetTable states =
        ParquetTable.read(
            folder.resolve("states.parquet").toString(),
            List.of("state", "initial_probability", "reward_on_entry", "terminal"));
    int[] state = states.ints("state");
    double[] reward = new double[STATES];
    for (int i = 0; i < states.rows(); i++) {
      world.initial(state[i], states.numbers("initial_probability")[i]);
      reward[state[i]] = states.numbers("reward_on_entry")[i];
      if (states.flags("terminal")[i]) {
        world.terminal(state[i]);
      }
    }
    ParquetTable moves =
        ParquetTable.read(
            folder.resolve("transitions.parquet").toString(),
            List.of("state", "action", "next_state", "probability"));
    int[] from = moves.ints("state");
    int[] action = moves.ints("action");
    int[] to = moves.ints("next_state");
    double[] probability = moves.numbers("probability");
    for (int i = 0; i < moves.rows(); i++) {
      world.transition(from[i], action[i], to[i], probability[i], reward[to[i]]);
    }
    ParquetTable table =
        ParquetTable.read(
            folder.resolve("policies.parquet").toString(),
            List.of("state", "action", "expert_probability", "admissible"));
    double[] expert = new double[STATES * ACTIONS];
    int[] s = table.ints("state");
    int[] a = table.ints("action");
    double[] p = table.numbers("expert_probability");
    boolean[] admissible = table.flags("admissible");
    for (int i = 0; i < table.rows(); i++) {
      expert[s[i] * ACTIONS + a[i]] = p[i];
      if (admissible[i]) {
        world.admissible(s[i], a[i]);
      }
    }
    TabularMdp mdp = world.build();
    return new SepsisWorld(mdp, TabularPolicy.of(expert, ACTIONS), TabularPolicy.uniform(mdp));
  }
}
