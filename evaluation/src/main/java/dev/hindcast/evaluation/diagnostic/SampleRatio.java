package dev.hindcast.evaluation.diagnostic;

import dev.hindcast.core.report.EvaluationReport.Remark;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.hipparchus.distribution.continuous.ChiSquaredDistribution;

/**
 * Whether the arms of an experiment have the shares of the log that were planned. Where they do
 * not, something chose which episodes are in it, and that something may well depend on how they
 * went (sample ratio mismatch; Fabijan, Gupchup, Gupta and others 2019).
 *
 * @param statistic Pearson's chi-square; infinite where an arm was found that was not planned
 * @param probability of one as large by chance
 */
public record SampleRatio(double statistic, double probability) {
  /** The code of the remark. */
  public static final String CODE = "sample-ratio";

  /** Less probable shares are no chance: the habit of those who run many experiments. */
  private static final double RARE = 0.001;

  /**
   * Compares.
   *
   * @param planned the share of each arm, each above 0, in any unit
   * @param found episodes of each arm
   */
  public static SampleRatio of(Map<String, Double> planned, Map<String, Long> found) {
    double shares = planned.values().stream().mapToDouble(Double::doubleValue).sum();
    double episodes = found.values().stream().mapToDouble(Long::doubleValue).sum();
    double statistic = planned.keySet().containsAll(found.keySet()) ? 0 : Double.POSITIVE_INFINITY;
    for (Map.Entry<String, Double> arm : planned.entrySet()) {
      double expected = episodes * arm.getValue() / shares;
      double off = found.getOrDefault(arm.getKey(), 0L) - expected;
      statistic += off * off / expected;
    }
    if (planned.size() < 2 || Double.isInfinite(statistic)) {
      return new SampleRatio(statistic, Double.isInfinite(statistic) ? 0 : 1);
    }
    return new SampleRatio(
        statistic,
        1 - new ChiSquaredDistribution(planned.size() - 1.0).cumulativeProbability(statistic));
  }

  /**
   * What to say of a label whose arms do not have the shares that were planned; nothing where they
   * may well have.
   */
  public static Optional<Remark> mismatch(
      String label, Map<String, Double> planned, Map<String, Long> found) {
    SampleRatio ratio = of(planned, found);
    if (ratio.probability >= RARE) {
      return Optional.empty();
    }
    double shares = planned.values().stream().mapToDouble(Double::doubleValue).sum();
    double episodes = found.values().stream().mapToDouble(Long::doubleValue).sum();
    TreeSet<String> arms = new TreeSet<>(planned.keySet());
    arms.addAll(found.keySet());
    List<String> words = new ArrayList<>();
    for (String arm : arms) {
      words.add(
          String.format(
              Locale.ROOT,
              "%s %,d instead of %,.0f",
              arm,
              found.getOrDefault(arm, 0L),
              episodes * planned.getOrDefault(arm, 0.0) / shares));
    }
    return Optional.of(
        new Remark(
            CODE,
            String.format(
                Locale.ROOT,
                "The shares of %s are not as planned: %s (%s). Something decides which episodes come to be in this log; find out what before you compare its parts.",
                label,
                String.join(", ", words),
                Double.isInfinite(ratio.statistic)
                    ? "an arm that nobody planned"
                    : String.format(
                        Locale.ROOT, "probability %.2g by chance", ratio.probability))));
  }
}
