package dev.hindcast.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.Returns;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.TrainingStopped;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Rewards of at most 3 in size, so at discount 0.9 no return beyond 30, and 61 is allowed. */
class AlarmsTest {
  private static final TransitionColumns DATA = rewards(1, -3, 2);

  private final Alarms alarms = Alarms.of(new Experience(DATA, 0.9, Experience.RewardScale.NONE));

  @Test
  void largestReturnFollowsFromRewardsDiscountAndLength() {
    assertThat(Returns.bound(DATA, 0.9)).isCloseTo(30, within(1e-9));
    assertThat(Returns.bound(DATA, 1)).isEqualTo(9);
    assertThat(Returns.bound(DATA, 0)).isEqualTo(3);
  }

  @Test
  void stepsThatLastAreBoundedByTheShortestOfThem() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(1), new ActionSpace.Discrete(1), false, false);
    builder.beginEpisode("only");
    for (double duration : new double[] {5, 2, 3}) {
      builder.addStep(new float[0], new int[] {1}, new boolean[0], 0, -1, 1).lasting(duration);
    }
    TransitionColumns data = builder.endEpisode(true).build();
    assertThat(Returns.bound(data, 0.9)).isCloseTo(1 / (1 - 0.81), within(1e-9));
  }

  @Test
  void valueThatStaysBeyondWhatRewardsAllowStopsTheRunWithTheReason() {
    show("q_max_absolute", 61.5, 99);
    assertThatThrownBy(() -> show("q_max_absolute", 61.5, 1))
        .isInstanceOf(TrainingStopped.class)
        .hasMessageContaining("its q max absolute has been beyond 61.00 for 100 updates in a row")
        .hasMessageContaining("(now 61.50)")
        .hasMessageContaining("no return can be beyond 30.00")
        .hasMessageContaining("train.alarms: false");
  }

  @Test
  void valuesFarBelowZeroAreBeyondToo() {
    assertThatThrownBy(() -> show("value", -62, 100)).isInstanceOf(TrainingStopped.class);
  }

  @Test
  void valuesWithinTheBoundAndPeaksThatPassAreNoReason() {
    assertThatCode(
            () -> {
              show("q_mean", 60.9, 500);
              for (int i = 0; i < 50; i++) {
                show("value", 1e9, 99);
                show("value", 0, 1);
              }
            })
        .doesNotThrowAnyException();
  }

  @Test
  void otherFiguresAreNoValues() {
    assertThatCode(
            () -> {
              for (String name :
                  new String[] {"value_loss", "q_loss", "soft_value", "critic_loss"}) {
                show(name, 1e9, 2_000);
              }
            })
        .doesNotThrowAnyException();
  }

  @Test
  void gateThatStaysShutStopsTheRunWithTheReason() {
    show("candidate_gate", 0, 999);
    show("candidate_gate", 0.001, 1);
    show("candidate_gate", 0, 999);
    assertThatThrownBy(() -> show("candidate_gate", 0, 1))
        .isInstanceOf(TrainingStopped.class)
        .hasMessageContaining("its candidate gate has been 0 for 1,000 updates in a row")
        .hasMessageContaining("train.alarms: false");
  }

  @Test
  void figureOfEverySecondUpdateIsCountedByItsOwnReports() {
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                show("vae_gate", 0, 1);
                show("policy_loss", 0, 1);
              }
            })
        .isInstanceOf(TrainingStopped.class);
  }

  @Test
  void countsGoOnAfterACheckpoint() {
    show("value", 100, 60);
    Alarms resumed = Alarms.of(new Experience(DATA, 0.9, Experience.RewardScale.NONE));
    resumed.restore(alarms.state());
    for (int i = 0; i < 39; i++) {
      resumed.check(Losses.of(Map.of("value", 100.0)));
    }
    assertThatThrownBy(() -> resumed.check(Losses.of(Map.of("value", 100.0))))
        .isInstanceOf(TrainingStopped.class);
  }

  @Test
  void switchedOffTheyAreSilent() {
    Alarms off = Alarms.off();
    Map<String, Double> figures = new TreeMap<>(Map.of("value", 1e300, "vae_gate", 0.0));
    assertThatCode(
            () -> {
              for (int i = 0; i < 2_000; i++) {
                off.check(Losses.of(figures));
              }
            })
        .doesNotThrowAnyException();
  }

  private void show(String name, double figure, int times) {
    for (int i = 0; i < times; i++) {
      alarms.check(Losses.of(Map.of(name, figure)));
    }
  }

  private static TransitionColumns rewards(double... rewards) {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(1), new ActionSpace.Discrete(1), false, false);
    builder.beginEpisode("only");
    for (double reward : rewards) {
      builder.addStep(new float[0], new int[] {1}, new boolean[0], 0, reward, 1);
    }
    return builder.endEpisode(true).build();
  }
}
