package dev.hindcast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.DiscreteWorld.Acting;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldScoreMainTest {
  private static final SimulatedWorld KEYS = SimulatedWorld.named("key-door");

  /** Two entries; the best policy earns 5 and 9. */
  private static SimulatedWorld small() {
    SimulatedWorld.Scoring scoring =
        new SimulatedWorld.Scoring() {
          @Override
          public double[] earned(Policy policy, Acting acting) {
            return new double[] {5, 9};
          }

          @Override
          public String inWords() {
            return "two entries";
          }
        };
    return new SimulatedWorld("small", KEYS.world(), 1, scoring, KEYS.optimum());
  }

  @Test
  void seedsMakeOneRowAndDifferencesGoEntryByEntry() {
    ScoreTable table = new ScoreTable(small(), "clone");
    table.add("clone-seed0", new double[] {1, 3}, new double[] {0, 0});
    table.add("clone-seed1", new double[] {2, 4}, new double[] {1, 1});
    table.add("trees-seed0", new double[] {4, 8}, new double[] {4, 8});

    String text = table.markdown();

    // means of the seeds 2 and 3; of the entries 1.5 and 3.5; 5 - 1.5 and 9 - 3.5 lack to the best
    assertThat(text)
        .contains(
            "| clone | 2.5000 | 0.5000 | 1.0000 | 4.5000 (1.0000) |  | 0.5000 | 2.0000, 3.0000 |");
    // 2.5 and 4.5 above; seeds 0.5, entries 1: the root of 1.25
    assertThat(text)
        .contains("| trees | 6.0000 | – | 2.0000 | 1.0000 (0.0000) | 3.5000 (1.1180) |");
    assertThat(text.indexOf("| trees")).isLessThan(text.indexOf("| clone"));
    assertThat(text).contains("Optimum 7.0000").contains("two entries");
  }

  @Test
  void knownPoliciesEarnWhatIsKnown() {
    assertThat(KEYS.meanEarned(KEYS.optimum().orElseThrow())).isBetween(0.4, 0.6);
    SimulatedWorld cart = SimulatedWorld.named("cartpole");
    assertThat(cart.meanEarned(cart.optimum().orElseThrow())).isEqualTo(500);
    assertThat(SimulatedWorld.named("acrobot").optimum()).isEqualTo(Optional.empty());
  }

  @Test
  void whatIsNotThereIsNamed(@TempDir Path folder) {
    assertThatThrownBy(() -> SimulatedWorld.named("mars"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "There is no world \"mars\". Name one of: cartpole, acrobot, key-door, offers.");
    assertThatThrownBy(
            () -> WorldScoreMain.table(KEYS, "iql", List.of(folder), new BundleLoader(List.of())))
        .isInstanceOf(UserError.class)
        .hasMessageEndingWith("holds a finished bundle of a policy.");
    assertThatThrownBy(() -> WorldLogMain.main(new String[] {"key-door"}))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot write a log: name a world, a file, a seed, and perhaps episodes.");
  }
}
