package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.Ranged;
import dev.hindcast.core.report.ReturnDistribution;
import dev.hindcast.core.report.ReturnDistribution.Point;
import dev.hindcast.core.report.ReturnDistribution.Quantile;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import dev.hindcast.evaluation.report.HtmlReport;
import dev.hindcast.evaluation.report.MarkdownReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Distributions of returns in a world where every path, its probability and its return is known.
 */
class ReturnDistributionTest {
  private static final double DISCOUNT = 0.9;
  private static final String YAML =
      """
      name: gamble
      discount: 0.9
      evaluate: {policies: [logged], replicates: 300, returns: {tail: 20%}}
      """;

  @TempDir Path folder;

  /**
   * Two rounds; the second action is a gamble: it pays more on average, and now and then nothing.
   */
  private static TabularMdp world() {
    TabularMdp.Builder builder = new TabularMdp.Builder(3, 2).initial(0, 1).terminal(2);
    for (int s = 0; s < 2; s++) {
      builder.transition(s, 0, s + 1, 0.7, 1).transition(s, 0, s + 1, 0.3, 2);
      builder.transition(s, 1, s + 1, 0.25, 0).transition(s, 1, s + 1, 0.75, 3);
    }
    return builder.build();
  }

  private static TabularPolicy gambling(double first, double second) {
    return TabularPolicy.of(new double[] {1 - first, first, 1 - second, second, 0.5, 0.5}, 2);
  }

  private static final TabularPolicy BEHAVIOR = gambling(0.5, 0.4);
  private static final TabularPolicy TARGET = gambling(0.8, 0.3);

  /** All returns with their probabilities. */
  private static NavigableMap<Double, Double> exact(TabularPolicy policy) {
    double[] rewards = {1, 2, 0, 3};
    double[] chances = {0.7, 0.3, 0.25, 0.75};
    NavigableMap<Double, Double> masses = new TreeMap<>();
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        double chance =
            chances[i] * policy.probability(0, i / 2) * chances[j] * policy.probability(1, j / 2);
        masses.merge(rewards[i] + DISCOUNT * rewards[j], chance, Double::sum);
      }
    }
    return masses;
  }

  private static double share(NavigableMap<Double, Double> masses, double at) {
    return masses.headMap(at + 1e-9, true).values().stream().mapToDouble(m -> m).sum();
  }

  private static double quantile(NavigableMap<Double, Double> masses, double share) {
    return masses.keySet().stream()
        .filter(at -> share(masses, at) >= share - 1e-12)
        .findFirst()
        .orElseThrow();
  }

  private static double tailMean(NavigableMap<Double, Double> masses, double tail) {
    double left = tail;
    double sum = 0;
    for (var mass : masses.entrySet()) {
      double part = Math.min(left, mass.getValue());
      sum += part * mass.getKey();
      left -= part;
    }
    return sum / tail;
  }

  private static double variance(NavigableMap<Double, Double> masses) {
    double mean = masses.entrySet().stream().mapToDouble(m -> m.getKey() * m.getValue()).sum();
    return masses.entrySet().stream()
        .mapToDouble(m -> m.getValue() * (m.getKey() - mean) * (m.getKey() - mean))
        .sum();
  }

  private EvaluationPlan plan() {
    Fixture fixture = Fixture.of(folder, world(), world().log(BEHAVIOR, 100, 10, 0));
    return EvaluationPlan.of(
        fixture.config(YAML),
        fixture.manifest(),
        List.of(fixture.policy("target", TARGET)),
        TableBundles.loader());
  }

  private static ReturnDistribution returns(EvaluationReport report, String policy) {
    return report.policy(policy).orElseThrow().returns().orElseThrow();
  }

  @Test
  void figuresApproachTheExactOnes() {
    TransitionColumns log = world().log(BEHAVIOR, 40_000, 10, 1);
    EvaluationReport report = Evaluation.of(plan(), List.of(log), List.of());
    for (String name : List.of("logged", "target")) {
      ReturnDistribution found = returns(report, name);
      NavigableMap<Double, Double> masses = exact(name.equals("target") ? TARGET : BEHAVIOR);
      assertThat(found.exact()).isTrue();
      assertThat(found.points()).hasSameSizeAs(masses.keySet());
      for (Point point : found.points()) {
        assertThat(point.share()).isCloseTo(share(masses, point.at()), within(0.015));
      }
      assertThat(found.tailMean().orElseThrow().value())
          .isCloseTo(tailMean(masses, 0.2), within(0.02));
      assertThat(found.variance().orElseThrow().value()).isCloseTo(variance(masses), within(0.03));
      for (Quantile quantile : found.quantiles()) {
        assertThat(quantile.value()).isCloseTo(quantile(masses, quantile.share()), within(1e-12));
      }
    }
    PolicyResult target = report.policy("target").orElseThrow();
    assertThat(returns(report, "target").mean().orElseThrow())
        .isCloseTo(
            target
                .estimate("self-normalized-trajectory-importance-sampling")
                .flatMap(Estimate::value)
                .orElseThrow(),
            within(1e-12));
  }

  @Test
  void bandsAndIntervalsHoldTheTruthAsOftenAsTheySay() {
    EvaluationPlan plan = plan();
    NavigableMap<Double, Double> masses = exact(TARGET);
    int draws = 200;
    int points = 0;
    int held = 0;
    int tails = 0;
    int variances = 0;
    int medians = 0;
    for (int seed = 0; seed < draws; seed++) {
      TransitionColumns log = world().log(BEHAVIOR, 300, 10, 5000L + seed);
      ReturnDistribution found = returns(Evaluation.of(plan, List.of(log), List.of()), "target");
      for (Point point : found.points().subList(0, found.points().size() - 1)) {
        double truth = share(masses, point.at());
        points++;
        held += point.lower() <= truth + 1e-9 && truth <= point.upper() + 1e-9 ? 1 : 0;
      }
      tails += holds(found.tailMean().orElseThrow(), tailMean(masses, 0.2));
      variances += holds(found.variance().orElseThrow(), variance(masses));
      Quantile median = found.quantiles().get(2);
      double truth = quantile(masses, median.share());
      medians += median.lower() <= truth + 1e-9 && truth <= median.upper() + 1e-9 ? 1 : 0;
    }
    assertThat((double) held / points).as("band").isBetween(0.93, 0.985);
    assertThat((double) tails / draws).as("tail mean").isBetween(0.9, 0.99);
    assertThat((double) variances / draws).as("variance").isBetween(0.9, 0.99);
    assertThat((double) medians / draws)
        .as("median")
        .isGreaterThan(0.93); // discrete: it may be wide
  }

  private static int holds(Ranged figure, double truth) {
    return figure.lower().orElseThrow() <= truth && truth <= figure.upper().orElseThrow() ? 1 : 0;
  }

  /** What a policy never did in this log it may still do: as often as a few episodes can miss. */
  @Test
  void bandsReachWhereNoWeightLies() {
    TabularMdp world = world();
    Fixture fixture = Fixture.of(folder, world, world.log(BEHAVIOR, 2000, 10, 7));
    EvaluationReport report =
        fixture.evaluate(YAML, List.of(fixture.policy("careful", gambling(0, 0))));
    double size =
        report
            .policy("careful")
            .flatMap(EvaluationReport.PolicyResult::diagnostics)
            .flatMap(EvaluationReport.Diagnostics::effectiveSampleSize)
            .orElseThrow();
    Point nothing = returns(report, "careful").points().get(0);
    assertThat(nothing.at()).isZero();
    assertThat(nothing.share()).isZero();
    assertThat(nothing.lower()).isZero();
    assertThat(nothing.upper()).isCloseTo(1 - Math.pow(0.025, 1 / size), within(1e-9));
    List<Point> points = returns(report, "careful").points();
    Point all = points.get(points.size() - 2); // only gambles end with the greatest return
    assertThat(all.share()).isEqualTo(1);
    assertThat(all.upper()).isEqualTo(1);
    assertThat(all.lower()).isCloseTo(Math.pow(0.025, 1 / size), within(1e-9));
  }

  @Test
  void bandsRiseAndHoldTheirShares() {
    TabularMdp world = ChainMdp.slippery(4, 0.3);
    TabularPolicy behavior = TabularPolicy.uniform(world);
    Fixture fixture = Fixture.of(folder, world, world.log(behavior, 3000, 1000, 2));
    EvaluationReport report =
        fixture.evaluate(
            YAML,
            List.of(fixture.policy("target", world.optimal(DISCOUNT).mixedWith(behavior, 0.7))));
    for (String name : List.of("logged", "target")) {
      ReturnDistribution found = returns(report, name);
      List<Point> points = found.points();
      assertThat(points).hasSizeGreaterThan(5);
      for (int k = 0; k < points.size(); k++) {
        Point point = points.get(k);
        assertThat(point.lower()).isBetween(0.0, point.share());
        assertThat(point.upper()).isBetween(point.share(), 1.0);
        if (k > 0) {
          Point before = points.get(k - 1);
          assertThat(point.at()).isGreaterThan(before.at());
          assertThat(point.share()).isGreaterThanOrEqualTo(before.share());
          assertThat(point.lower()).isGreaterThanOrEqualTo(before.lower());
          assertThat(point.upper()).isGreaterThanOrEqualTo(before.upper());
        }
      }
      assertThat(points.get(points.size() - 1).share()).isEqualTo(1);
      for (Quantile quantile : found.quantiles()) {
        assertThat(quantile.lower()).isLessThanOrEqualTo(quantile.value());
        assertThat(quantile.upper()).isGreaterThanOrEqualTo(quantile.value());
      }
    }
  }

  /** Under the behavior policy itself every weight is 1: the distribution is that of the log. */
  @Test
  void samePolicyHasTheLogsOwnDistribution() {
    TabularMdp world = world();
    Fixture fixture = Fixture.of(folder, world, world.log(BEHAVIOR, 500, 10, 3));
    EvaluationReport report = fixture.evaluate(YAML, List.of(fixture.policy("same", BEHAVIOR)));
    assertThat(returns(report, "same")).isEqualTo(returns(report, "logged"));
  }

  @Test
  void filesChangeNoShare() {
    TransitionColumns log = world().log(BEHAVIOR, 700, 10, 4);
    List<TransitionColumns> files = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      var builder =
          new TransitionColumns.Builder(
              log.observationSpace(), log.actionSpace(), log.hasMask(), true);
      for (int e = 100 * i; e < 100 * (i + 1); e++) {
        builder.addEpisode(log, e);
      }
      files.add(builder.build());
    }
    EvaluationPlan plan = plan();
    ReturnDistribution one = returns(Evaluation.of(plan, List.of(log), List.of()), "target");
    ReturnDistribution many = returns(Evaluation.of(plan, files, List.of()), "target");
    for (int k = 0; k < one.points().size(); k++) {
      assertThat(many.points().get(k).at()).isEqualTo(one.points().get(k).at());
      assertThat(many.points().get(k).share())
          .isCloseTo(one.points().get(k).share(), within(1e-12));
      assertThat(many.points().get(k).lower())
          .isCloseTo(one.points().get(k).lower(), within(1e-10));
    }
    assertThat(many.tailMean().orElseThrow().lower().orElseThrow())
        .isCloseTo(one.tailMean().orElseThrow().lower().orElseThrow(), within(1e-10));
  }

  @Test
  void reportsOfEarlierBuildsHaveNone() {
    TabularMdp world = world();
    Fixture fixture = Fixture.of(folder, world, world.log(BEHAVIOR, 50, 10, 6));
    ObjectNode report = (ObjectNode) CanonicalJson.tree((Object) fixture.evaluate(YAML, List.of()));
    report.path("policies").forEach(policy -> ((ObjectNode) policy).remove("returns"));
    EvaluationReport read = CanonicalJson.read(CanonicalJson.bytes(report), EvaluationReport.class);
    assertThat(read.policy("logged").orElseThrow().returns()).isEmpty();
    assertThat(HtmlReport.page(read)).doesNotContain("How returns spread");
    assertThat(MarkdownReport.text(read)).doesNotContain("How returns spread");
  }

  @Test
  void nothingIsSaidOfWhatCannotBeEvaluated() {
    TabularMdp world = world();
    Fixture fixture = Fixture.of(folder, world, world.log(gambling(0, 0), 300, 10, 5));
    EvaluationReport report =
        fixture.evaluate(YAML, List.of(fixture.policy("target", gambling(0.5, 0.5))));
    assertThat(report.policy("target").orElseThrow().verdict().decision())
        .isEqualTo(Decision.NOT_EVALUABLE);
    ReturnDistribution found = returns(report, "target");
    assertThat(found.isThere()).isFalse();
    assertThat(found.mean()).isEmpty();
    assertThat(found.quantiles()).isEmpty();
    assertThat(found.absentBecause().orElseThrow()).contains("this log cannot say");
    assertThat(returns(report, "logged").isThere()).isTrue();
    assertThat(HtmlReport.page(report))
        .contains("How returns spread", "target: this log cannot say");
  }
}
