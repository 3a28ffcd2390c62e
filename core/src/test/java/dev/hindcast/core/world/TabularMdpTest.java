package dev.hindcast.core.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.Returns;
import dev.hindcast.core.data.TransitionColumns;
import org.junit.jupiter.api.Test;

class TabularMdpTest {
  /** The sheet on off-policy evaluation, section 15.5: action a moves to state a. */
  private static TabularMdp twoStates() {
    TabularMdp.Builder world = new TabularMdp.Builder(2, 2).initial(0, 1);
    double[][] reward = {{0, 1}, {0, 0.5}};
    for (int s = 0; s < 2; s++) {
      for (int a = 0; a < 2; a++) {
        world.transition(s, a, a, 1, reward[s][a]);
      }
    }
    return world.build();
  }

  @Test
  void valuesAgreeWithTheExactExampleOfTheSheet() {
    TabularMdp world = twoStates();
    TabularPolicy policy = TabularPolicy.of(new double[] {0.2, 0.8, 0.2, 0.8}, 2);
    assertThat(world.stateValues(policy, 0.9))
        .containsExactly(new double[] {5.12, 4.72}, within(1e-12));
    assertThat(world.actionValues(policy, 0.9))
        .containsExactly(new double[] {4.608, 5.248, 4.608, 4.748}, within(1e-12));
    assertThat(world.value(policy, 0.9)).isCloseTo(5.12, within(1e-12));
  }

  @Test
  void chainIsWorthItsDiscountedDistance() {
    TabularMdp chain = ChainMdp.deterministic(5);
    TabularPolicy right = TabularPolicy.deterministic(new int[] {1, 1, 1, 1, 1, 0}, 2);
    assertThat(chain.value(right, 0.9)).isCloseTo(Math.pow(0.9, 4), within(1e-12));
    assertThat(chain.optimal(0.9).mode(0)).isEqualTo(1);
    assertThat(chain.value(chain.optimal(0.9), 0.9)).isCloseTo(Math.pow(0.9, 4), within(1e-12));
  }

  @Test
  void endlessEpisodesNeedADiscount() {
    TabularPolicy left = TabularPolicy.deterministic(new int[] {0, 0, 0, 0}, 2);
    assertThatThrownBy(() -> ChainMdp.deterministic(3).value(left, 1))
        .hasMessageContaining("may never end, which needs a discount below 1");
  }

  @Test
  void logsHaveTheirBehaviorsMeanReturn() {
    TabularMdp bandit = TwoArmedBandit.paying(0.2, 0.7);
    TabularPolicy behavior = TabularPolicy.of(new double[] {0.25, 0.75, 0, 0}, 2);
    TransitionColumns log = bandit.log(behavior, 20_000, 10, 3);
    double mean = 0;
    for (int e = 0; e < log.episodes(); e++) {
      mean += Returns.of(log, e, 1) / log.episodes();
    }
    assertThat(mean).isCloseTo(bandit.value(behavior, 1), within(4 * 0.5 / Math.sqrt(20_000)));
    assertThat(log.rows()).isEqualTo(20_000);
    assertThat(log.propensity(0)).isIn(0.25, 0.75);
  }

  @Test
  void truncatedEpisodesKeepTheirFinalObservation() {
    TabularMdp chain = ChainMdp.deterministic(5);
    TabularPolicy left = TabularPolicy.deterministic(new int[] {0, 0, 0, 0, 0, 0}, 2);
    TransitionColumns log = chain.log(left, 2, 3, 1);
    assertThat(log.rows()).isEqualTo(6);
    assertThat(log.observationRows()).isEqualTo(8);
    assertThat(log.truncated(2)).isTrue();
    assertThat(log.terminated(2)).isFalse();
    assertThat(log.next(2)).isEqualTo(6);
    assertThat(log.next(5)).isEqualTo(7);
    assertThat(log.next(0)).isEqualTo(1);
    assertThat(log.decisions().steps()).containsExactly(0, 1, 2, 0, 1, 2, 3, 3);
    assertThat(log.decisions().episodeIds()[7]).isEqualTo("1");
  }

  @Test
  void masksLimitTheUniformAndTheOptimalPolicy() {
    TabularMdp world =
        new TabularMdp.Builder(2, 3)
            .initial(0, 1)
            .terminal(1)
            .transition(0, 0, 1, 1, 0)
            .transition(0, 1, 1, 1, 1)
            .transition(0, 2, 1, 1, 5)
            .admissible(0, 0)
            .admissible(0, 1)
            .build();
    assertThat(world.value(TabularPolicy.uniform(world), 1)).isCloseTo(0.5, within(1e-12));
    assertThat(world.value(world.optimal(1), 1)).isCloseTo(1, within(1e-12));
    assertThat(world.log(TabularPolicy.uniform(world), 1, 5, 1).mask())
        .containsExactly(true, true, false);
  }

  @Test
  void probabilitiesThatDoNotSumToOneAreRefused() {
    assertThatThrownBy(
            () -> new TabularMdp.Builder(1, 1).initial(0, 1).transition(0, 0, 0, 0.5, 0).build())
        .hasMessageContaining("The outcomes of action 0 in state 0 sum to 0.5, not 1.");
  }
}
