package dev.hindcast.evaluation.verdict;

import dev.hindcast.core.report.EvaluationReport.AgainstTruth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hipparchus.stat.correlation.SpearmansCorrelation;

/**
 * How well estimates would have chosen among policies whose true values are known, as in a
 * simulator or after an A/B test (sheet section 12; Kiyohara et al. 2023 for the Sharpe ratio).
 */
public final class SelectionQuality {
  private SelectionQuality() {}

  /**
   * One policy.
   *
   * @param name its name
   * @param truth its true value
   * @param estimate what a log says of it
   */
  public record Known(String name, double truth, double estimate) {}

  /**
   * The figures; none for fewer than two policies.
   *
   * @param incumbent the true value of the policy that the others would replace, if it is known
   */
  public static Optional<AgainstTruth> of(List<Known> policies, Optional<Double> incumbent) {
    if (policies.size() < 2) {
      return Optional.empty();
    }
    double[] truths = policies.stream().mapToDouble(Known::truth).toArray();
    double[] estimates = policies.stream().mapToDouble(Known::estimate).toArray();
    List<Known> byEstimate =
        policies.stream().sorted(Comparator.comparingDouble(Known::estimate).reversed()).toList();
    double best = policies.stream().mapToDouble(Known::truth).max().orElseThrow();
    List<Double> regret = new ArrayList<>();
    List<Double> sharpe = new ArrayList<>();
    for (int k = 1; k <= policies.size(); k++) {
      double[] chosen = byEstimate.stream().limit(k).mapToDouble(Known::truth).toArray();
      double top = IntStream.range(0, k).mapToDouble(i -> chosen[i]).max().orElseThrow();
      regret.add(best - top);
      if (k > 1 && incumbent.isPresent()) {
        sharpe.add(sharpeRatio(chosen, top - incumbent.get()));
      }
    }
    double correlation = new SpearmansCorrelation().correlation(truths, estimates);
    return Optional.of(
        new AgainstTruth(
            policies.size(),
            Optional.of(correlation).filter(Double::isFinite),
            regret,
            sharpe,
            incumbent.flatMap(c -> share(policies, c, true)),
            incumbent.flatMap(c -> share(policies, c, false))));
  }

  /** Of the policies worse (or not worse) than the incumbent, how many would be misjudged. */
  private static Optional<Double> share(List<Known> policies, double incumbent, boolean worse) {
    List<Known> those =
        policies.stream().filter(policy -> (policy.truth() < incumbent) == worse).toList();
    long wrong = those.stream().filter(policy -> (policy.estimate() >= incumbent) == worse).count();
    return those.isEmpty() ? Optional.empty() : Optional.of((double) wrong / those.size());
  }

  /** The gain over the standard deviation of what was chosen; at most 100. */
  private static double sharpeRatio(double[] chosen, double gain) {
    double mean = 0;
    for (double value : chosen) {
      mean += value / chosen.length;
    }
    double square = 0;
    for (double value : chosen) {
      square += (value - mean) * (value - mean) / chosen.length;
    }
    return gain == 0 ? 0 : Math.max(-100, Math.min(100, gain / Math.sqrt(square)));
  }
}
