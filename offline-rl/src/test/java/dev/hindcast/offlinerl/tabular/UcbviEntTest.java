package dev.hindcast.offlinerl.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Checks are those of the sheet "demonstration-regularized", section 10. */
class UcbviEntTest {
  private static final double LOG_RATIO_OF_THE_BEST = Math.log(5) + Math.log(2);

  /** Checks 4 and 11: price, V(s1), V(s2), V(s0), the chance of action 1 at s0, true return. */
  @Test
  void withoutBonusItPlansAsTheSheetDoesByHand() {
    double[][] expected = {
      {0.1, 0.143378, 0.930690, 0.769898, 0.998479, 0.998702},
      {0.5, 0.109934, 0.716890, 0.303695, 0.457011, 0.467550},
      {1, 0.104992, 0.620115, 0.231421, 0.295011, 0.293195},
      {5, 0.101000, 0.524958, 0.188716, 0.213912, 0.197797}
    };
    TabularMdp fork = fork();
    for (double[] row : expected) {
      UcbviEnt agent = new UcbviEnt(fork, forkClone(), new UcbviEnt.Config(2, row[0], 0, 0.1));
      seeEverything(fork, agent, 2);
      assertThat(agent.upperValue(1, 1)).isCloseTo(row[1], within(1e-6));
      assertThat(agent.upperValue(1, 2)).isCloseTo(row[2], within(1e-6));
      assertThat(agent.upperValue(0, 0)).isCloseTo(row[3], within(1e-6));
      assertThat(agent.lowerValue(0, 0)).isCloseTo(row[3], within(1e-6));
      assertThat(agent.gap(0, 0)).isCloseTo(0, within(1e-12));
      assertThat(agent.probability(0, 0, 1)).isCloseTo(row[4], within(1e-6));
      double earned =
          agent.probability(0, 0, 0) * agent.probability(1, 1, 0) * 0.2
              + agent.probability(0, 0, 1) * agent.probability(1, 2, 0);
      assertThat(earned).isCloseTo(row[5], within(1e-6));
      assertThat(1 - earned).isLessThanOrEqualTo(row[0] * LOG_RATIO_OF_THE_BEST);
    }
  }

  /** Check 5. */
  @Test
  void cloneCountsEveryActionOnceMoreThanItWasSeen() {
    TabularMdp.Builder world = new TabularMdp.Builder(2, 3).initial(0, 1).terminal(1);
    for (int a = 0; a < 3; a++) {
      world.transition(0, a, 1, 1, 0);
    }
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(2), new ActionSpace.Discrete(3), false, false);
    for (int action : new int[] {0, 0, 1, 0}) {
      log.beginEpisode("e")
          .addStep(new float[0], new int[] {1}, new boolean[0], action, 0, 1)
          .endEpisode(true);
    }
    TabularPolicy clone = AddOneClone.of(world.build(), log.build());
    assertThat(clone.probability(0, 0)).isCloseTo(4 / 7.0, within(1e-12));
    assertThat(clone.probability(0, 1)).isCloseTo(2 / 7.0, within(1e-12));
    assertThat(clone.probability(0, 2)).isCloseTo(1 / 7.0, within(1e-12));
  }

  @Test
  void beforeItHasSeenAnythingItKnowsNothing() {
    UcbviEnt agent = new UcbviEnt(fork(), forkClone(), new UcbviEnt.Config(2, 0.5, 0.1, 0.1));
    assertThat(agent.upperValue(0, 0)).isEqualTo(2);
    assertThat(agent.lowerValue(0, 0)).isZero();
    assertThat(agent.gap(0, 0)).isEqualTo(2);
    assertThat(agent.probability(0, 0, 1)).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void livingInASlipperyChainItFindsThePolicyThatItCertifies() {
    TabularMdp chain = ChainMdp.slippery(3, 0.1);
    TabularPolicy shy = chain.optimal(0.9).mixedWith(TabularPolicy.uniform(chain), 0.2);
    int horizon = 4;
    UcbviEnt.Config config = new UcbviEnt.Config(horizon, 0.2, 0.001, 0.1);
    UcbviEnt agent = new UcbviEnt(chain, shy, config);
    assertThat(agent.explore(0.05, 20_000, new SplittableRandom(1))).isTrue();
    assertThat(agent.episodes()).isGreaterThan(100);

    double best = regularized(chain, shy, config.price(), horizon, null);
    double found = regularized(chain, shy, config.price(), horizon, agent);
    assertThat(found).isBetween(best - 0.05, best + 1e-9);
    assertThat(best).isBetween(agent.lowerValue(0, 0), agent.upperValue(0, 0));
  }

  /** The regularized value of an agent's policy, or the best one without agent, by the backup. */
  private static double regularized(
      TabularMdp chain, TabularPolicy reference, double price, int horizon, UcbviEnt agent) {
    double[] following = new double[chain.states()];
    for (int h = horizon - 1; h >= 0; h--) {
      double[] values = new double[chain.states()];
      for (int s = 0; s < chain.states() - 1; s++) {
        double sum = 0;
        for (int a = 0; a < 2; a++) {
          int right = s + 1;
          double goesRight = a == 1 ? 0.9 : 0.1;
          double pays = right == chain.states() - 1 ? 1 : 0;
          double q =
              goesRight * (pays + following[right])
                  + (1 - goesRight) * following[Math.max(0, s - 1)];
          double p0 = reference.probability(s, a);
          if (agent == null) {
            sum += p0 * Math.exp(q / price);
          } else {
            double p = agent.probability(h, s, a);
            sum += p == 0 ? 0 : p * (q - price * Math.log(p / p0));
          }
        }
        values[s] = agent == null ? price * Math.log(sum) : sum;
      }
      following = values;
    }
    return following[0];
  }

  private static void seeEverything(TabularMdp world, UcbviEnt agent, int horizon) {
    SplittableRandom random = new SplittableRandom(1);
    for (int h = 0; h < horizon; h++) {
      for (int s = 0; s < world.states(); s++) {
        for (int a = 0; a < world.actions() && !world.isTerminal(s); a++) {
          agent.observe(h, s, a, world.outcome(s, a, random));
        }
      }
    }
    agent.plan();
  }

  private static TabularMdp fork() {
    TabularMdp.Builder fork = new TabularMdp.Builder(4, 2).initial(0, 1).terminal(3);
    fork.transition(0, 0, 1, 1, 0).transition(0, 1, 2, 1, 0);
    fork.transition(1, 0, 3, 1, 0.2).transition(1, 1, 3, 1, 0);
    fork.transition(2, 0, 3, 1, 1).transition(2, 1, 3, 1, 0);
    return fork.build();
  }

  private static TabularPolicy forkClone() {
    return TabularPolicy.of(new double[] {0.8, 0.2, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}, 2);
  }
}
