package dev.hindcast.core.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.UniformPolicy;
import dev.hindcast.core.world.DiscreteWorld.Acting;
import dev.hindcast.core.world.KeyDoor.Moment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyDoorTest {
  private static final double DISCOUNT = 0.95;
  private static final KeyDoor WORLD = new KeyDoor();

  @Test
  void whatIsSeenTellsTheWholeState() {
    Set<List<Integer>> seen = new HashSet<>();
    int count = 0;
    for (int layout = 0; layout < WORLD.layouts(); layout++) {
      for (Moment moment : WORLD.moments(layout)) {
        int[] codes = WORLD.observation(moment).codes();
        assertThat(KeyDoor.moment(codes)).isEqualTo(moment);
        seen.add(Arrays.stream(codes).boxed().toList());
        count++;
      }
    }
    assertThat(seen).hasSize(count);
  }

  /** Row 0: agent, key, door, floor, goal from left to right, seen facing east from column 1. */
  @Test
  void theWayOfOneLayoutByHand() {
    // key in cell 2 (column 2), door in row 0, goal in the second room's cell 1 (column 5)
    Moment moment = new Moment((2 * 3 + 0) * 9 + 1, 0, 1, 1);
    assertThat(ahead(moment)).containsExactly("key", "locked door", "unseen");
    int[] way = {2, 4, 3, 2, 2, 4, 2, 2, 2};
    String[] first = {
      "key", "key", "floor", "locked door", "locked door", "open door", "floor", "goal", "",
    };
    for (int i = 0; i < way.length; i++) {
      DiscreteWorld.Outcome<Moment> outcome = WORLD.step(moment, way[i], new SplittableRandom(0));
      moment = outcome.next();
      boolean last = i == way.length - 1;
      assertThat(outcome.terminated()).isEqualTo(last);
      assertThat(outcome.reward()).isEqualTo(last ? 1 : 0);
      if (!last) {
        assertThat(ahead(moment).get(0)).as("after action %s", i).isEqualTo(first[i]);
      }
    }
  }

  @Test
  void noFirstActionIsBetterThanTheShortestWay() {
    Policy shortest = WORLD.shortestWay(0);
    for (int layout = 0; layout < WORLD.layouts(); layout += 27) {
      TabularMdp mdp = WORLD.layout(layout);
      TabularPolicy way = WORLD.tabular(shortest, layout);
      double[] values = mdp.stateValues(way, DISCOUNT);
      double[] actionValues = mdp.actionValues(way, DISCOUNT);
      for (int s = 0; s < mdp.states() - 1; s++) {
        for (int a = 0; a < mdp.actions(); a++) {
          assertThat(actionValues[s * mdp.actions() + a]).isLessThan(values[s] + 1e-12);
        }
      }
      assertThat(mdp.value(way, DISCOUNT))
          .isCloseTo(mdp.value(mdp.optimal(DISCOUNT), DISCOUNT), within(1e-12));
    }
  }

  @Test
  void exactValuesAreWhatIsEarned() {
    for (Policy policy : List.of(WORLD.shortestWay(0), WORLD.shortestWay(0.5))) {
      double[] returns = WORLD.returns(policy, Acting.DRAWN, 3000, DISCOUNT, 5);
      double mean = Arrays.stream(returns).average().orElseThrow();
      double square = Arrays.stream(returns).map(r -> (r - mean) * (r - mean)).sum();
      double error = Math.sqrt(square) / returns.length;
      assertThat(error).isLessThan(0.01);
      assertThat(mean).isCloseTo(WORLD.value(policy, DISCOUNT), within(4 * error));
    }
    double shortest = WORLD.value(WORLD.shortestWay(0), DISCOUNT);
    assertThat(shortest).isBetween(0.4, 0.6);
    assertThat(Arrays.stream(WORLD.values(WORLD.shortestWay(0.5), Acting.MODE, DISCOUNT)).average())
        .hasValueCloseTo(shortest, within(1e-9)); // what it does when it does not forget
    assertThat(WORLD.value(new UniformPolicy(5), DISCOUNT)).isLessThan(0.05);
  }

  private static List<String> ahead(Moment moment) {
    int[] codes = WORLD.observation(moment).codes();
    return List.of(5, 6, 7).stream()
        .map(i -> WORLD.observationSpace().categorical().get(i).values().get(codes[i] - 1))
        .toList();
  }
}
