package dev.hindcast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Whole runs with a look after every window: how many of them ever raise an alarm that is false,
 * and how soon one is raised that is true. {@link AlarmMain} is the full simulation.
 */
class AlarmStudyTest {
  private static final int RUNS = 200;
  private static final int WINDOWS = 80;
  private static final int EPISODES = 50;

  /** The champion is exactly at its gate, and the challenger exactly as good as it. */
  private static AlarmStudy.Result nothingIsWrong(String sequence, AlarmStudy.Log log) {
    return AlarmStudy.of(sequence, log, 0.5, 0).run(RUNS, WINDOWS, EPISODES, 11);
  }

  @Test
  void exactBoundsRaiseFewFalseAlarms() {
    for (AlarmStudy.Log log : AlarmStudy.Log.values()) {
      AlarmStudy.Result result = nothingIsWrong("empirical-bernstein", log);
      assertThat(result.anyRaised()).as(log.name()).isLessThanOrEqualTo(RUNS / 20);
    }
  }

  @Test
  void asymptoticBoundsRaiseFewFalseAlarmsWhereIntervalsForOneLookRaiseMany() {
    AlarmStudy.Result result = nothingIsWrong("asymptotic", AlarmStudy.Log.MILD);
    assertThat(result.anyRaised()).isLessThanOrEqualTo(RUNS / 20);
    assertThat(result.naiveRaised()).isGreaterThan(RUNS / 10); // at 2.5 % for each look
  }

  @Test
  void trueAlarmsAreRaisedSoon() {
    for (String sequence : new String[] {"empirical-bernstein", "asymptotic"}) {
      AlarmStudy.Result result =
          AlarmStudy.of(sequence, AlarmStudy.Log.MILD, 0.5, 0.2).run(40, WINDOWS, EPISODES, 5);
      assertThat(result.gateRaised()).as(sequence).isEqualTo(40);
      assertThat(result.overtakenRaised()).as(sequence).isEqualTo(40);
      assertThat(result.medianGateDelay()).as(sequence).isBetween(100.0, 2000.0);
      assertThat(result.medianOvertakenDelay()).as(sequence).isBetween(100.0, 2500.0);
    }
  }
}
