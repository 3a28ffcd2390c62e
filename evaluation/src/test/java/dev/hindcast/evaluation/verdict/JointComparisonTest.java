package dev.hindcast.evaluation.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.report.EvaluationReport.Comparison;
import dev.hindcast.core.report.EvaluationReport.Difference;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Standing;
import dev.hindcast.evaluation.interval.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JointComparisonTest {
  private static final int REPLICATES = 1000;
  private static final double LEVEL = 0.9;

  /** An incumbent of value 0 and others, whose replicates are normal around their estimates. */
  private static List<JointComparison.Contender> contenders(
      SplittableRandom random, double... estimates) {
    List<JointComparison.Contender> all = new ArrayList<>();
    all.add(
        new JointComparison.Contender(
            "incumbent", 0, new double[REPLICATES], Optional.empty(), new double[0]));
    for (int i = 0; i < estimates.length; i++) {
      double estimate = estimates[i];
      double[] replicates = random.doubles(REPLICATES).map(u -> 0).toArray();
      double[] distances = new double[REPLICATES];
      for (int b = 0; b < REPLICATES; b++) {
        double noise = random.nextGaussian();
        replicates[b] = estimate + noise;
        distances[b] = Math.abs(noise);
      }
      double reach = Interval.quantile(Arrays.stream(distances).sorted().toArray(), LEVEL);
      all.add(
          new JointComparison.Contender(
              "p" + i,
              estimate,
              replicates,
              Optional.of(new Difference(estimate, estimate - reach, estimate + reach)),
              distances));
    }
    return all;
  }

  @Test
  void allOfTenHoldTogetherAsOftenAsPromised() {
    int logs = 400;
    int alone = 0;
    int together = 0;
    SplittableRandom random = new SplittableRandom(5);
    for (int log = 0; log < logs; log++) {
      double[] estimates = new double[10]; // every true difference is 0
      Arrays.setAll(estimates, i -> random.nextGaussian());
      List<JointComparison.Contender> contenders = contenders(random, estimates);
      Comparison comparison = JointComparison.of(contenders, LEVEL).orElseThrow();
      alone += contenders.stream().allMatch(c -> holdsZero(c.alone())) ? 1 : 0;
      together +=
          comparison.standings().stream().allMatch(s -> holdsZero(s.jointDifference())) ? 1 : 0;
    }
    assertThat((double) alone / logs).isLessThan(0.5); // 0.9 to the tenth is 0.35
    assertThat((double) together / logs).isCloseTo(LEVEL, within(0.045)); // three standard errors
  }

  private static boolean holdsZero(Optional<Difference> difference) {
    return difference.map(d -> d.lower() <= 0 && d.upper() >= 0).orElse(true);
  }

  @Test
  void oneAloneKeepsItsInterval() {
    Standing only =
        JointComparison.of(contenders(new SplittableRandom(1), 2), LEVEL)
            .orElseThrow()
            .standings()
            .get(0);
    Difference alone = contenders(new SplittableRandom(1), 2).get(1).alone().orElseThrow();
    assertThat(only.jointDifference()).contains(alone);
  }

  /** One whose replicates lie far out now and then, and one that differs by rounding alone. */
  @Test
  void wildOneAndOneThatIsTheSameWidenNobodyElse() {
    List<JointComparison.Contender> tame = contenders(new SplittableRandom(2), 1, 1, 1);
    List<JointComparison.Contender> all = new ArrayList<>(tame);
    for (double scale : new double[] {1000, 1e-15}) {
      JointComparison.Contender like = contenders(new SplittableRandom(7), 1).get(1);
      double[] far = Arrays.stream(like.distances()).map(d -> scale * d * d * d).toArray();
      double reach =
          Math.min(scale, 1)
              * Interval.quantile(Arrays.stream(far).sorted().toArray(), LEVEL)
              / Math.max(1, scale);
      all.add(
          new JointComparison.Contender(
              "scale " + scale,
              1,
              like.replicates(),
              Optional.of(new Difference(1, 1 - reach, 1 + reach)),
              far));
    }
    double before = width(JointComparison.of(tame, LEVEL).orElseThrow(), "p0");
    double after = width(JointComparison.of(all, LEVEL).orElseThrow(), "p0");
    assertThat(after).isBetween(before, 1.15 * before); // four instead of three
  }

  private static double width(Comparison comparison, String name) {
    return comparison.standings().stream()
        .filter(standing -> standing.name().equals(name))
        .map(standing -> standing.jointDifference().orElseThrow())
        .mapToDouble(difference -> difference.upper() - difference.lower())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void sharesOfBestAddUpAndTiesAreSplit() {
    double[] same = {1, 2, 3};
    List<JointComparison.Contender> twins = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      twins.add(new JointComparison.Contender(name, 2, same, Optional.empty(), new double[0]));
    }
    double[] other = {0, 5, Double.NaN};
    twins.add(new JointComparison.Contender("c", 1, other, Optional.empty(), new double[0]));
    assertThat(JointComparison.of(twins, LEVEL).orElseThrow().standings())
        .extracting(Standing::bestShare)
        .satisfies(
            shares -> {
              assertThat(shares.get(0)).isCloseTo(1.0 / 3, within(1e-12));
              assertThat(shares.get(1)).isCloseTo(1.0 / 3, within(1e-12));
              assertThat(shares.get(2)).isCloseTo(1.0 / 3, within(1e-12));
            });
  }

  @Test
  void whoIsBetterAloneButNotTogetherIsNamed() {
    List<JointComparison.Contender> many =
        contenders(new SplittableRandom(3), 1.9, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    Comparison comparison = JointComparison.of(many, LEVEL).orElseThrow();
    assertThat(many.get(1).alone().orElseThrow().lower()).isPositive();
    assertThat(JointComparison.doubt(comparison, List.of("p0")).map(Remark::words).orElseThrow())
        .startsWith("10 policies are compared")
        .contains("does not show that p0 is better");
    assertThat(JointComparison.doubt(comparison, List.of())).isEmpty();
  }
}
