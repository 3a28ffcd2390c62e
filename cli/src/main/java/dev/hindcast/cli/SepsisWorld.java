package dev.hindcast.cli;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.dataset.columns.ParquetTable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The ICU-Sepsis decision process (Choudhary, Gupta, Thomas, 2024) from its published tensors:
 * because the model of this world is known, any policy has an exact value to hold estimates
 * against.
 */
final class SepsisWorld {
  /** Five fluid levels by five vasopressor levels. */
  static final int ACTIONS = 25;

  private final TabularMdp mdp;
  private final double[][] features;
  private final double[] sofa;

  private SepsisWorld(TabularMdp mdp, double[][] features, double[] sofa) {
    this.mdp = mdp;
    this.features = features;
    this.sofa = sofa;
  }

  /** Reads {@code states.parquet} and {@code transitions.parquet} from the example's folder. */
  static SepsisWorld read(Path folder) {
    ParquetTable states =
        ParquetTable.read(
            folder.resolve("states.parquet").toString(),
            List.of(
                "initial_probability",
                "reward_on_entry",
                "terminal",
                "admissible_actions",
                "features",
                "sofa_score"));
    double[] initial = states.numbers("initial_probability");
    double[] rewardOnEntry = states.numbers("reward_on_entry");
    boolean[] terminal = states.flags("terminal");
    long[][] admissible = states.wholeLists("admissible_actions");
    TabularMdp.Builder mdp = new TabularMdp.Builder(states.rows(), ACTIONS);
    for (int s = 0; s < states.rows(); s++) {
      mdp.initial(s, initial[s]);
      for (long action : admissible[s]) {
        mdp.admissible(s, (int) action);
      }
      if (terminal[s]) {
        mdp.terminal(s);
      }
    }
    ParquetTable moves =
        ParquetTable.read(
            folder.resolve("transitions.parquet").toString(),
            List.of("state", "action", "next_state", "probability"));
    int[] state = moves.ints("state");
    int[] action = moves.ints("action");
    int[] next = moves.ints("next_state");
    double[] probability = moves.numbers("probability");
    for (int i = 0; i < moves.rows(); i++) {
      mdp.transition(state[i], action[i], next[i], probability[i], rewardOnEntry[next[i]]);
    }
    return new SepsisWorld(
        mdp.build(), states.numberLists("features"), states.numbers("sofa_score"));
  }

  /** The decision process. */
  TabularMdp mdp() {
    return mdp;
  }

  /** The exact value of a policy that sees observations of the given space. */
  double value(Policy policy, ObservationSpace space, double discount) {
    return mdp.value(tabular(policy, space), discount);
  }

  /** A policy from a (states, actions) table. */
  static TabularPolicy table(double[] probabilities) {
    return TabularPolicy.of(probabilities, ACTIONS);
  }

  /** Shows the policy every state once. */
  private TabularPolicy tabular(Policy policy, ObservationSpace space) {
    int states = mdp.states();
    int fields = space.categorical().size();
    float[] numeric = new float[states * space.numeric().size()];
    int[] codes = new int[states * fields];
    boolean[] mask = new boolean[states * ACTIONS];
    for (int s = 0; s < states; s++) {
      for (int j = 0; j < space.numeric().size(); j++) {
        numeric[s * space.numeric().size() + j] = (float) number(space.numeric().get(j), s);
      }
      for (int j = 0; j < fields; j++) {
        codes[s * fields + j] =
            space.categorical().get(j).values().indexOf(Integer.toString(s)) + 1;
      }
      for (int a = 0; a < ACTIONS; a++) {
        mask[s * ACTIONS + a] = mdp.isAdmissible(s, a);
      }
    }
    String[] ids = new String[states];
    Arrays.fill(ids, "");
    Decisions everyState = new Decisions(states, numeric, codes, mask, ids, new int[states]);
    return table(policy.categorical(everyState).probabilities());
  }

  private double number(String field, int state) {
    return field.equals("sofa_score")
        ? sofa[state]
        : features[state][Integer.parseInt(field.substring(field.lastIndexOf('.') + 1))];
  }
}
