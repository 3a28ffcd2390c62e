package dev.hindcast.evaluation.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.EvaluationReport.ActionCheck;
import dev.hindcast.core.report.EvaluationReport.Audit;
import dev.hindcast.core.report.EvaluationReport.Remark;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogAuditTest {
  private static final double[] DRAWN = {0.5, 0.3, 0.2, 0};

  /**
   * A log of four actions, of which the last is never drawn; masks rule out action 2 half the time.
   */
  private static TransitionColumns log(int rows, double[] logged, boolean masked) {
    SplittableRandom random = new SplittableRandom(9);
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(
            new ObservationSpace(List.of("x"), List.of()),
            new ActionSpace.Discrete(4),
            masked,
            true);
    for (int i = 0; i < rows; i++) {
      boolean allowed = !masked || random.nextBoolean();
      double rest = allowed ? 1 : 0.8;
      double at = random.nextDouble() * rest;
      int action = at < 0.5 ? 0 : at < 0.8 ? 1 : 2;
      builder
          .beginEpisode("e" + i)
          .addStep(
              new float[1],
              new int[0],
              masked ? new boolean[] {true, true, allowed, true} : new boolean[0],
              action,
              0,
              logged[action] / rest)
          .endEpisode(true);
    }
    return builder.build();
  }

  private static Audit audit(TransitionColumns log) {
    PropensityChecks checks = new PropensityChecks();
    checks.add(log, log::propensity);
    return LogAudit.of(checks, false, Optional.empty()).orElseThrow();
  }

  @Test
  void propensitiesThatActionsWereDrawnWithPass() {
    for (boolean masked : new boolean[] {false, true}) {
      Audit audit = audit(log(20_000, DRAWN, masked));
      assertThat(audit.remarks()).extracting(Remark::code).containsExactly("actions-never-logged");
      for (ActionCheck check : audit.actions().subList(0, 3)) {
        assertThat(check.meanInverse().orElseThrow()).isCloseTo(1, within(0.06));
        assertThat(Math.abs(check.z().orElseThrow())).isLessThan(4);
      }
      assertThat(audit.actions().get(3).count()).isZero();
      assertThat(audit.actions().get(3).z()).isEmpty();
    }
    assertThat(audit(log(20_000, DRAWN, true)).actions().get(2).admissible())
        .isBetween(9_700L, 10_300L);
  }

  @Test
  void standardErrorsAreThoseOfASlowLoop() {
    TransitionColumns log = log(500, DRAWN, true);
    ActionCheck check = audit(log).actions().get(2);
    double sum = 0;
    double squares = 0;
    for (int row = 0; row < log.rows(); row++) {
      double allowed = log.decisions(row, row + 1).isAdmissible(0, 2, 4) ? 1 : 0;
      double x = (log.action(row) == 2 ? 1 / log.propensity(row) : 0) - allowed;
      sum += x;
      squares += x * x;
    }
    double mean = sum / 500;
    double z = mean / Math.sqrt((squares / 500 - mean * mean) / 500);
    assertThat(check.z().orElseThrow()).isCloseTo(z, within(1e-9));
  }

  @Test
  void propensitiesOfAnotherLoggerAreFound() {
    Audit audit = audit(log(20_000, new double[] {0.4, 0.4, 0.2, 0}, false));
    Remark off = audit.remarks().get(0);
    assertThat(off.code()).isEqualTo("propensities-off");
    assertThat(off.words())
        .startsWith("For 2 of 4 actions 1/propensity does not average what it should: for action ")
        .contains("where 1 is right")
        .contains("not those the action was drawn with");
  }

  @Test
  void partsMergeToTheWhole() {
    TransitionColumns log = log(3000, DRAWN, true);
    TransitionColumns more = log(100, DRAWN, true);
    PropensityChecks whole = new PropensityChecks();
    whole.add(log, log::propensity);
    whole.add(more, more::propensity);
    PropensityChecks first = new PropensityChecks();
    first.add(log, log::propensity);
    PropensityChecks second = new PropensityChecks();
    second.add(more, more::propensity);
    PropensityChecks merged = new PropensityChecks(); // saw no file at all
    merged.merge(first);
    merged.merge(second);
    for (ActionCheck check : merged.lines()) {
      ActionCheck expected = whole.lines().get(check.action());
      assertThat(check.count()).isEqualTo(expected.count());
      assertThat(check.admissible()).isEqualTo(expected.admissible());
      assertThat(check.z().orElse(0.0)).isCloseTo(expected.z().orElse(0.0), within(1e-9));
    }
  }

  @Test
  void withoutPropensitiesThereIsNothingToAudit() {
    assertThat(LogAudit.of(new PropensityChecks(), false, Optional.empty())).isEmpty();
  }

  /** Sheet section 15.10. */
  @Test
  void sharesOfAnExperimentAreCompared() {
    SampleRatio found = SampleRatio.of(Map.of("a", 1.0, "b", 1.0), Map.of("a", 5060L, "b", 4940L));
    assertThat(found.statistic()).isCloseTo(1.44, within(1e-12));
    assertThat(found.probability()).isCloseTo(0.230139340443414, within(1e-12));
  }
}
