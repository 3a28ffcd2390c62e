package dev.hindcast.evaluation.verdict;

import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.BackTest;
import dev.hindcast.core.report.EvaluationReport.PastPolicy;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Score;
import dev.hindcast.core.report.EvaluationReport.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Tries estimators where the answer is at hand: on policies that have acted themselves, judged from
 * a log that others made, against the mean return of their own (Saito et al. 2021, Evaluating the
 * Robustness of Off-Policy Evaluation; the protocol of the Open Bandit Dataset).
 */
public final class BackTesting {
  /** An estimate so many standard errors from the truth is refuted. */
  public static final double LARGEST_Z = 3;

  private BackTesting() {}

  /**
   * The trials and what they say.
   *
   * @param policies those with a log of their own
   * @param estimates what the evaluated log says of each, by policy name
   * @param propensitiesOff whether the log's propensities do not fit its actions
   */
  public static Optional<BackTest> of(
      List<PastPolicy> policies, Map<String, List<Estimate>> estimates, boolean propensitiesOff) {
    if (policies.isEmpty()) {
      return Optional.empty();
    }
    List<Trial> trials = new ArrayList<>();
    for (PastPolicy policy : policies) {
      for (Estimate estimate : estimates.getOrDefault(policy.name(), List.of())) {
        estimate.value().ifPresent(value -> trials.add(trial(policy, estimate, value)));
      }
    }
    List<Score> scores = scores(policies, trials);
    Optional<Score> best =
        scores.stream().filter(score -> score.largestZ() <= LARGEST_Z).findFirst();
    List<Remark> remarks = new ArrayList<>();
    remarks.add(
        best.map(score -> recommendation(score, policies.size(), propensitiesOff))
            .orElse(
                new Remark(
                    "all-refuted",
                    "Every estimator is refuted by a policy's own log: propensities are wrong, the"
                        + " logs are of other users or days, or rewards are not counted alike.")));
    return Optional.of(new BackTest(policies, trials, scores, best.map(Score::estimator), remarks));
  }

  /** Why a verdict that rests on an estimator should not be trusted, after such a test. */
  static Optional<Remark> doubt(BackTest test, Estimate primary) {
    return test.trials().stream()
        .filter(trial -> trial.estimator().equals(primary.estimator()))
        .filter(trial -> trial.z().map(z -> Math.abs(z) > LARGEST_Z).orElse(false))
        .max(Comparator.comparingDouble((Trial trial) -> Math.abs(trial.z().orElseThrow())))
        .map(
            trial ->
                new Remark(
                    "back-test-failed",
                    String.format(
                        Locale.ROOT,
                        "%s misjudges %s, which has acted itself: its estimate lies %.1f standard errors from what that policy's own log shows.",
                        trial.label(),
                        trial.policy(),
                        Math.abs(trial.z().orElseThrow()))));
  }

  private static Trial trial(PastPolicy policy, Estimate estimate, double value) {
    double error = value - policy.value();
    Optional<Double> z =
        estimate
            .standardError()
            .map(own -> error / Math.hypot(own, policy.standardError()))
            .filter(Double::isFinite);
    return new Trial(policy.name(), estimate.estimator(), estimate.label(), value, error, z);
  }

  /** Only estimators that could say something of every policy, with a standard error. */
  private static List<Score> scores(List<PastPolicy> policies, List<Trial> trials) {
    List<Score> scores = new ArrayList<>();
    for (String estimator : trials.stream().map(Trial::estimator).distinct().toList()) {
      double square = 0;
      double largest = 0;
      int told = 0;
      String label = "";
      for (PastPolicy policy : policies) {
        Optional<Trial> found =
            trials.stream()
                .filter(t -> t.estimator().equals(estimator) && t.policy().equals(policy.name()))
                .filter(t -> t.z().isPresent())
                .findFirst();
        if (found.isEmpty()) {
          continue;
        }
        told++;
        label = found.get().label();
        double scaled = found.get().error() / (policy.deviation() > 0 ? policy.deviation() : 1);
        square += scaled * scaled / policies.size();
        largest = Math.max(largest, Math.abs(found.get().z().orElseThrow()));
      }
      if (told == policies.size()) {
        scores.add(new Score(estimator, label, Math.sqrt(square), largest));
      }
    }
    scores.sort(Comparator.comparingDouble(Score::error));
    return scores;
  }

  private static Remark recommendation(Score best, int policies, boolean propensitiesOff) {
    String where =
        policies == 1
            ? "On the one policy that has a log of its own "
            : "On " + policies + " policies that have logs of their own ";
    String words =
        where
            + best.label()
            + String.format(
                Locale.ROOT,
                " came closest: off by %.2g standard deviations of a return, at most %.1f standard errors from the truth.",
                best.error(),
                best.largestZ());
    return new Remark(
        "recommended-estimator",
        propensitiesOff
            ? words
                + " Mind that the log's propensities do not fit its actions: what is right here may"
                + " be so by luck."
            : words);
  }
}
