package dev.hindcast.core.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.Returns;
import dev.hindcast.core.data.TransitionColumns;
import org.junit.jupiter.api.Test;

class ContinuousWorldTest {
  /** Rows 0, 198, 216 and 9 of the d3rlpy pendulum replay, v1.1.0 (Seno, MIT): o, a, r, o'. */
  private static final double[][] PENDULUM_LOG = {
    {
      0.26331159,
      -0.96471083,
      -0.64078254,
      1.53212810,
      -1.74471831,
      0.20819436,
      -0.97808748,
      -1.13449645
    },
    {
      0.99461472,
      0.10364163,
      1.20423174,
      -0.12088859,
      -0.15581229,
      0.98608464,
      0.16624412,
      1.26382971
    },
    {-0.86248064, 0.50609004, 7.41724110, 1.60414457, -12.32116604, -0.99172008, 0.12841819, 8.0},
    {
      -0.99415541,
      -0.10795843,
      -5.73713112,
      1.83532715,
      -12.49649334,
      -0.98575836,
      0.16816789,
      -5.54280090
    },
  };

  @Test
  void pendulumMovesAndPaysLikeTheLoggedOne() {
    Pendulum pendulum = new Pendulum();
    for (double[] row : PENDULUM_LOG) {
      double[] state = {Math.atan2(row[1], row[0]), row[2]};
      float[] torque = {(float) row[3]};
      assertThat(pendulum.reward(state, torque)).isCloseTo(row[4], within(2e-6));
      float[] next = pendulum.observation(pendulum.next(state, torque));
      for (int i = 0; i < 3; i++) {
        assertThat((double) next[i]).isCloseTo(row[5 + i], within(2e-6));
      }
    }
    // the angle counts from the nearest upright position however often the pendulum went round
    assertThat(pendulum.reward(new double[] {6 * Math.PI + 0.1, 0}, new float[1]))
        .isCloseTo(-0.01, within(1e-9));
  }

  @Test
  void uniformActionsEarnWhatThePaperExampleSays() {
    ContinuousBandit bandit = ContinuousBandit.DEFAULT;
    // sheet a2pr (i): E[r] = 1 - (1/3 + 1/4)
    assertThat(bandit.value(0, 1.0 / 3)).isCloseTo(0.41667, within(1e-5));
    TransitionColumns log = bandit.log(LinearPolicy.uniform(bandit.actionSpace(), 1), 20_000, 1);
    double sum = 0;
    for (int row = 0; row < log.rows(); row++) {
      sum += log.reward(row);
      assertThat(log.propensity(row)).isEqualTo(0.5);
      assertThat(log.terminated(row)).isTrue();
    }
    assertThat(sum / log.rows()).isCloseTo(0.41667, within(0.02)); // four standard errors
    assertThat(bandit.meanReturn((rows, o) -> filled(rows, 0.5f), 3, 1, 0)).isEqualTo(1);
    assertThat(bandit.meanReturn((rows, o) -> filled(rows, 9), 3, 1, 0)).isEqualTo(0.75); // cut
  }

  @Test
  void valueOfALinearPolicyIsWhatItEarns() {
    PointMass world = new PointMass(2, 120);
    LinearPolicy clumsy = world.clumsy();
    double discount = 0.9; // after 120 steps 3e-6 of the value is left
    TransitionColumns log = world.log(clumsy, 2_000, 3);
    double sum = 0;
    double square = 0;
    for (int e = 0; e < log.episodes(); e++) {
      double discounted = Returns.of(log, e, discount);
      double[] from = {
        log.numeric()[2 * log.start(e)], log.numeric()[2 * log.start(e) + 1],
      };
      double difference = discounted - world.value(clumsy, discount, from);
      sum += difference;
      square += difference * difference;
    }
    double error = Math.sqrt(square) / log.episodes();
    assertThat(error).isLessThan(0.05);
    assertThat(sum / log.episodes()).isCloseTo(0, within(4 * error));
    // without noise there is nothing left to chance
    LinearPolicy steady = clumsy.withNoise(0);
    TransitionColumns exact = world.log(steady, 50, 4);
    assertThat(exact.hasPropensities()).isFalse();
    for (int e = 0; e < exact.episodes(); e++) {
      double[] from = {
        exact.numeric()[2 * exact.start(e)], exact.numeric()[2 * exact.start(e) + 1],
      };
      assertThat(Returns.of(exact, e, discount))
          .isCloseTo(world.value(steady, discount, from), within(1e-4));
    }
  }

  @Test
  void noGainEarnsMoreThanTheRiccatiSolution() {
    PointMass world = new PointMass(1, 20);
    for (double discount : new double[] {0.5, 0.9, 0.99}) {
      LinearPolicy best = world.optimal(discount);
      double value = world.value(best, discount);
      for (double gain = -1.5; gain < 0; gain += 0.01) {
        assertThat(world.value(LinearPolicy.of(new double[][] {{gain}}), discount))
            .isLessThanOrEqualTo(value + 1e-12);
      }
      // the optimality equation itself, by a search over the first action
      double here = world.value(best, discount, 0.8);
      double most = Double.NEGATIVE_INFINITY;
      for (double action = -1; action <= 1; action += 1e-3) {
        double[] next = world.next(new double[] {0.8}, new float[] {(float) action});
        most =
            Math.max(
                most,
                world.reward(new double[] {0.8}, new float[] {(float) action})
                    + discount * world.value(best, discount, next));
      }
      assertThat(most).isCloseTo(here, within(1e-5));
      assertThat(Math.abs(best.gain(0, 0))).isLessThan(1);
    }
  }

  @Test
  void logsHoldTheStepsInOrderAndTheFinalObservation() {
    PointMass world = new PointMass(1, 5);
    TransitionColumns log = world.log(world.clumsy(), 3, 9);
    assertThat(log.rows()).isEqualTo(15);
    assertThat(log.observationRows()).isEqualTo(18);
    for (int row = 0; row < log.rows(); row++) {
      assertThat(log.next(row)).isNotEqualTo(TransitionColumns.UNKNOWN);
      assertThat(log.numeric()[log.next(row)])
          .isCloseTo(log.numeric()[row] + log.actionVectors()[row] / 2, within(1e-6f));
      assertThat(log.propensity(row)).isCloseTo(1 / (2 * 0.499), within(1e-12));
      assertThat(log.truncated(row)).isEqualTo(row % 5 == 4);
    }
    assertThat(log.actionVectors()).isEqualTo(world.log(world.clumsy(), 3, 9).actionVectors());
  }

  @Test
  void policiesThatLeaveTheBoxOrRunAwayAreRefused() {
    PointMass world = new PointMass(1, 5);
    LinearPolicy wild = LinearPolicy.of(new double[][] {{3}});
    assertThatThrownBy(() -> world.log(wild, 10, 0))
        .hasMessageStartingWith("Cannot draw a log: the policy's action has ")
        .hasMessageEndingWith("Give the policy a smaller gain or less noise.");
    assertThatThrownBy(() -> world.value(wild, 0.9))
        .hasMessage("The values of a policy with a gain of 3.0 are infinite: it runs away.");
  }

  private static float[] filled(int rows, float value) {
    float[] all = new float[rows];
    java.util.Arrays.fill(all, value);
    return all;
  }
}
