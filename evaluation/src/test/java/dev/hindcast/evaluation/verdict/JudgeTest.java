package dev.hindcast.evaluation.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.ComponentValue;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.Diagnostics;
import dev.hindcast.core.report.EvaluationReport.Difference;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Verdict;
import dev.hindcast.core.report.EvaluationReport.WeightHistogram;
import dev.hindcast.evaluation.verdict.Constraint.Side;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgeTest {
  private static final Estimate GOOD = estimate("SNIPS", 0.8, 0.75, 0.85, true);
  private static final Diagnostics HEALTHY = diagnostics(1000, 0.01, 0.5, 0.0);
  private static final Difference BETTER = new Difference(0.1, 0.05, 0.15);

  private static Estimate estimate(
      String label, double value, double lower, double upper, boolean primary) {
    return new Estimate(
        label.toLowerCase(java.util.Locale.ROOT),
        label,
        Estimate.finite(value),
        Estimate.finite(lower),
        Estimate.finite(upper),
        0.95,
        Optional.of(0.02),
        Optional.of(1000.0),
        Optional.of(0.01),
        Optional.empty(),
        primary,
        Double.isFinite(lower) ? Optional.empty() : Optional.of("the weights are too large"));
  }

  private static Diagnostics diagnostics(double size, double share, double z, double unsupported) {
    return new Diagnostics(
        Estimate.finite(size),
        Estimate.finite(share),
        Optional.of(3.0),
        Optional.of(1.0),
        Estimate.finite(z),
        Optional.of(0.3),
        Estimate.finite(unsupported),
        "observation",
        4,
        Optional.empty(),
        new WeightHistogram(0, 0, -6, 0.5, List.of(), 0),
        List.of(),
        List.of());
  }

  private static Evidence evidence(Diagnostics diagnostics, Difference difference, Estimate... e) {
    return new Evidence(
        "candidate",
        "logged",
        List.of(e),
        Evidence.Basis.WEIGHTS,
        diagnostics,
        Optional.of(difference),
        false,
        List.of(),
        Optional.empty());
  }

  private static Verdict decide(Evidence evidence) {
    return new Judge(PromoteIf.DEFAULT).decide(evidence);
  }

  private static List<String> codes(Verdict verdict) {
    return verdict.reasons().stream().map(Remark::code).toList();
  }

  @Test
  void promotesWhatIsBetterOnGoodEvidence() {
    Verdict verdict = decide(evidence(HEALTHY, BETTER, GOOD));
    assertThat(verdict.decision()).isEqualTo(Decision.PROMOTE);
    assertThat(verdict.reasons())
        .singleElement()
        .extracting(Remark::words)
        .isEqualTo(
            "It is better than logged by 0.100 (interval from +0.0500 to +0.150), and the evidence"
                + " meets every condition.");
  }

  @Test
  void holdsWhatIsNotShownToBeBetter() {
    Verdict even = decide(evidence(HEALTHY, new Difference(0.1, -0.01, 0.2), GOOD));
    assertThat(even.decision()).isEqualTo(Decision.HOLD);
    assertThat(codes(even)).containsExactly("not-better-than-incumbent");
    Verdict worse = decide(evidence(HEALTHY, new Difference(-0.1, -0.2, -0.01), GOOD));
    assertThat(codes(worse)).containsExactly("worse-than-incumbent");
    assertThat(worse.reasons().get(0).words())
        .startsWith("It is worse than logged: the difference is \u22120.100");
  }

  @Test
  void zeroIsNotAboveZero() {
    assertThat(decide(evidence(HEALTHY, new Difference(0.1, 0, 0.2), GOOD)).decision())
        .isEqualTo(Decision.HOLD);
  }

  @Test
  void holdsOnEachDoubtAlone() {
    assertThat(codes(decide(evidence(diagnostics(99, 0.01, 0, 0), BETTER, GOOD))))
        .containsExactly("effective-sample-size-small");
    assertThat(codes(decide(evidence(diagnostics(1000, 0.11, 0, 0), BETTER, GOOD))))
        .containsExactly("one-episode-dominates");
    assertThat(codes(decide(evidence(diagnostics(1000, 0.01, -4.1, 0), BETTER, GOOD))))
        .containsExactly("mean-weight-off");
    Estimate other = estimate("DM", 0.5, 0.45, 0.55, false);
    Verdict split = decide(evidence(HEALTHY, BETTER, GOOD, other));
    assertThat(codes(split)).containsExactly("estimators-disagree");
    assertThat(split.reasons().get(0).words())
        .isEqualTo("The interval of SNIPS has no point in common with that of DM.");
  }

  @Test
  void holdsWhatWasTrainedOnTheEvaluatedEpisodes() {
    Evidence evidence =
        new Evidence(
            "candidate",
            "logged",
            List.of(GOOD),
            Evidence.Basis.WEIGHTS,
            HEALTHY,
            Optional.of(BETTER),
            true,
            List.of(),
            Optional.empty());
    assertThat(codes(decide(evidence))).containsExactly("evaluated-on-training-data");
  }

  @Test
  void holdsWhatRestsOnAModelAlone() {
    Evidence evidence =
        new Evidence(
            "candidate",
            "logged",
            List.of(GOOD),
            Evidence.Basis.MODEL,
            diagnostics(Double.NaN, Double.NaN, Double.NaN, 0),
            Optional.of(BETTER),
            false,
            List.of(),
            Optional.empty());
    assertThat(decide(evidence).decision()).isEqualTo(Decision.HOLD);
    assertThat(codes(decide(evidence))).containsExactly("model-only");
  }

  @Test
  void tooFewEffectiveEpisodesAreNotEvaluable() {
    Verdict verdict = decide(evidence(diagnostics(2.1, 0.6, 0, 0), BETTER, GOOD));
    assertThat(verdict.decision()).isEqualTo(Decision.NOT_EVALUABLE);
    assertThat(verdict.reasons().get(0))
        .isEqualTo(
            new Remark(
                "effective-sample-size-too-small",
                "The evidence amounts to 2.1 effective episodes; under 10 an estimate says nothing."));
    assertThat(codes(verdict)).contains("one-episode-dominates");
  }

  @Test
  void whatTheLogNeverShowsIsNotEvaluable() {
    Verdict verdict = decide(evidence(diagnostics(1000, 0.01, 0, 0.051), BETTER, GOOD));
    assertThat(verdict.decision()).isEqualTo(Decision.NOT_EVALUABLE);
    assertThat(verdict.reasons().get(0).words())
        .startsWith("It does things this log never shows: 5.1% of its probability");
  }

  @Test
  void failsClosedWhenAnyFigureIsMissing() {
    Diagnostics[] lacking = {
      diagnostics(Double.NaN, 0.01, 0, 0), diagnostics(1000, 0.01, 0, Double.NaN)
    };
    for (Diagnostics diagnostics : lacking) {
      assertThat(decide(evidence(diagnostics, BETTER, GOOD)).decision())
          .isEqualTo(Decision.NOT_EVALUABLE);
    }
    Estimate noInterval = estimate("SNIPS", 0.8, Double.NaN, Double.NaN, true);
    assertThat(codes(decide(evidence(HEALTHY, BETTER, noInterval))))
        .containsExactly("figure-missing");
    assertThat(decide(evidence(HEALTHY, BETTER, estimate("DM", 1, 0, 2, false))).decision())
        .isEqualTo(Decision.NOT_EVALUABLE);
    Evidence noDifference =
        new Evidence(
            "candidate",
            "logged",
            List.of(GOOD),
            Evidence.Basis.WEIGHTS,
            HEALTHY,
            Optional.empty(),
            false,
            List.of(),
            Optional.empty());
    assertThat(decide(noDifference).decision()).isEqualTo(Decision.HOLD);
    assertThat(codes(decide(noDifference))).containsExactly("no-difference");
    // A share or a z that is missing is as bad as a large one.
    assertThat(decide(evidence(diagnostics(1000, Double.NaN, 0, 0), BETTER, GOOD)).decision())
        .isNotEqualTo(Decision.PROMOTE);
    assertThat(decide(evidence(diagnostics(1000, 0.01, Double.NaN, 0), BETTER, GOOD)).decision())
        .isNotEqualTo(Decision.PROMOTE);
  }

  @Test
  void aDifferenceThatIsRoundingIsNone() {
    Verdict verdict = decide(evidence(HEALTHY, new Difference(2e-16, 1e-16, 3e-16), GOOD));
    assertThat(verdict.decision()).isEqualTo(Decision.HOLD);
    assertThat(codes(verdict)).containsExactly("not-better-than-incumbent");
  }

  @Test
  void aBoundMayStandInForTheIncumbent() {
    Judge strict = new Judge(new PromoteIf(Optional.of(0.76), 100, 0.1, 0.05, List.of()));
    Judge easy = new Judge(new PromoteIf(Optional.of(0.74), 100, 0.1, 0.05, List.of()));
    Difference worse = new Difference(-1, -2, -0.5);
    assertThat(codes(strict.decide(evidence(HEALTHY, worse, GOOD))))
        .containsExactly("not-above-bound");
    assertThat(easy.decide(evidence(HEALTHY, worse, GOOD)).decision()).isEqualTo(Decision.PROMOTE);
  }

  @Test
  void holdsWhatHasNoSpreadWithoutCallingItWorse() {
    Estimate point = estimate("SNIPS", 0, 0, 0, true);
    Verdict verdict = decide(evidence(HEALTHY, new Difference(-0.1, -0.2, -0.05), point));
    assertThat(verdict.decision()).isEqualTo(Decision.HOLD);
    assertThat(codes(verdict)).containsExactly("no-spread");
  }

  private static Verdict decide(Constraint constraint, ComponentValue... components) {
    Evidence evidence =
        new Evidence(
            "candidate",
            "logged",
            List.of(GOOD),
            Evidence.Basis.WEIGHTS,
            HEALTHY,
            Optional.of(BETTER),
            false,
            List.of(components),
            Optional.empty());
    return new Judge(new PromoteIf(Optional.empty(), 100, 0.1, 0.05, List.of(constraint)))
        .decide(evidence);
  }

  private static ComponentValue cost(double lower, double upper) {
    return new ComponentValue(
        "cost",
        estimate("SNIPS", (lower + upper) / 2, lower, upper, false),
        Optional.of(new Difference((lower + upper) / 2 - 2, lower - 2, upper - 2)));
  }

  private static Constraint atMost(double bound) {
    return new Constraint("cost", Side.AT_MOST, Optional.of(bound), 0);
  }

  private static Constraint atLeast(double bound) {
    return new Constraint("cost", Side.AT_LEAST, Optional.of(bound), 0);
  }

  private static Constraint incumbent(Side side, double margin) {
    return new Constraint("cost", side, Optional.empty(), margin);
  }

  @Test
  void theWholeIntervalMustKeepToABound() {
    assertThat(decide(atMost(3), cost(1, 3)).decision()).isEqualTo(Decision.PROMOTE);
    assertThat(decide(atLeast(1), cost(1, 3)).decision()).isEqualTo(Decision.PROMOTE);
    assertThat(decide(atMost(2.9), cost(1, 3)).reasons())
        .containsExactly(
            new Remark(
                "constraint-not-shown",
                "The log does not show that it keeps to cost of at most 2.90: the estimate is 2.00,"
                    + " with an interval from 1.00 to 3.00."));
    assertThat(codes(decide(atLeast(1.1), cost(1, 3)))).containsExactly("constraint-not-shown");
    assertThat(decide(atMost(0.9), cost(1, 3)).reasons())
        .containsExactly(
            new Remark(
                "constraint-broken",
                "It does not keep to cost of at most 0.900: the estimate is 2.00, with an interval"
                    + " from 1.00 to 3.00."));
    assertThat(codes(decide(atLeast(3.1), cost(1, 3)))).containsExactly("constraint-broken");
  }

  @Test
  void aConstraintMayCompareWithTheIncumbentWhoseCostIsTwo() {
    assertThat(decide(incumbent(Side.AT_MOST, 1), cost(1, 3)).decision())
        .isEqualTo(Decision.PROMOTE);
    assertThat(decide(incumbent(Side.AT_LEAST, 1), cost(1, 3)).decision())
        .isEqualTo(Decision.PROMOTE);
    assertThat(decide(incumbent(Side.AT_MOST, 0.5), cost(1, 3)).reasons())
        .containsExactly(
            new Remark(
                "constraint-not-shown",
                "The log does not show that it keeps to cost at most 0.500 more than that of logged:"
                    + " the difference is +0.00, with an interval from \u22121.00 to +1.00."));
    assertThat(decide(incumbent(Side.AT_MOST, 0), cost(2.5, 3)).reasons())
        .containsExactly(
            new Remark(
                "constraint-broken",
                "It does not keep to cost of at most that of logged: the difference is +0.750, with"
                    + " an interval from +0.500 to +1.00."));
    assertThat(codes(decide(incumbent(Side.AT_LEAST, 0.1), cost(1, 1.5))))
        .containsExactly("constraint-broken");
  }

  @Test
  void aConstraintThatNoFigureSpeaksOfIsNotKept() {
    ComponentValue absent =
        new ComponentValue("cost", estimate("SNIPS", Double.NaN, 0, 0, false), Optional.empty());
    assertThat(codes(decide(atMost(9), absent))).containsExactly("constraint-unknown");
    assertThat(codes(decide(incumbent(Side.AT_MOST, 9), absent)))
        .containsExactly("constraint-unknown");
    Verdict verdict = decide(atMost(9));
    assertThat(verdict.decision()).isEqualTo(Decision.HOLD);
    assertThat(verdict.reasons().get(0).words())
        .startsWith("Whether it keeps to cost of at most 9.00 could not be computed");
  }

  @Test
  void theIncumbentIsNotJudged() {
    Evidence evidence =
        new Evidence(
            "logged",
            "logged",
            List.of(GOOD),
            Evidence.Basis.LOG,
            HEALTHY,
            Optional.empty(),
            false,
            List.of(),
            Optional.empty());
    assertThat(codes(decide(evidence))).containsExactly("is-incumbent");
  }
}
