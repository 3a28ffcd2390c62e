package dev.hindcast.evaluation.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import org.junit.jupiter.api.Test;

class SupportTest {
  /** Two states, two actions; action 1 is never taken in state 0. */
  private static TransitionColumns log(int rowsPerState) {
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(2), new ActionSpace.Discrete(2), false, true);
    for (int i = 0; i < 2 * rowsPerState; i++) {
      int state = i % 2;
      int action = state == 0 ? 0 : i / 2 % 2;
      log.beginEpisode("e" + i);
      log.addStep(new float[0], new int[] {state + 1}, new boolean[0], action, 0, 0.5);
      log.endEpisode(true);
    }
    return log.build();
  }

  private static double unsupportedInStateZero(Support support, TransitionColumns log) {
    Decisions first = log.decisions(0, 1);
    return support.unsupportedMass(first, 0, new double[] {0.3, 0.7}, 2);
  }

  @Test
  void actionsNeverLoggedInAFullStratumAreUnsupported() {
    TransitionColumns log = log(3 * 2);
    Support support = new Support.Counter().add(log).build();
    assertThat(support.strata()).isEqualTo(Support.Strata.OBSERVATION);
    assertThat(unsupportedInStateZero(support, log)).isCloseTo(0.7, within(1e-12));
  }

  @Test
  void thinStrataAreNotTakenForMissingSupport() {
    TransitionColumns log = log(3 * 2 - 1);
    Support support = new Support.Counter().add(log).build();
    assertThat(support.strata()).isEqualTo(Support.Strata.ALL);
    assertThat(unsupportedInStateZero(support, log)).isZero();
  }

  @Test
  void partsMergeToTheSameStrata() {
    Support.Counter half = new Support.Counter().add(log(3));
    Support merged =
        half.merge(new Support.Counter().add(log(3))).merge(new Support.Counter()).build();
    assertThat(merged.strata()).isEqualTo(Support.Strata.OBSERVATION);
    assertThat(merged.strataCount()).isEqualTo(2);
  }
}
