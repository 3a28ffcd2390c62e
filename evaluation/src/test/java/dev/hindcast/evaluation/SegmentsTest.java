package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.Ranged;
import dev.hindcast.core.report.Segment;
import dev.hindcast.core.report.Segment.Difference;
import dev.hindcast.core.report.Segment.PolicyValue;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import dev.hindcast.evaluation.report.HtmlReport;
import dev.hindcast.evaluation.report.MarkdownReport;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values by first state in a world where the value of every state is solved exactly. */
class SegmentsTest {
  private static final int STARTS = 6;
  private static final double RARE = 0.004; // how often an episode starts in the last state
  private static final String YAML =
      """
      name: starts
      discount: 0.9
      evaluate: {policies: [logged], replicates: 200, segments: [state]}
      """;

  @TempDir Path folder;

  /**
   * Starting states differ in what the second action pays: everywhere more than the first, but less
   * in state 1. One more round follows in state 6.
   */
  private static TabularMdp world() {
    TabularMdp.Builder builder = new TabularMdp.Builder(STARTS + 2, 2).terminal(STARTS + 1);
    for (int s = 0; s <= STARTS; s++) {
      if (s < STARTS) {
        builder.initial(s, s == STARTS - 1 ? RARE : (1 - RARE) / (STARTS - 1));
      }
      int next = s < STARTS ? STARTS : STARTS + 1;
      double gain = s == 1 ? -1.6 : 0.2 + 0.05 * s;
      builder.transition(s, 0, next, 0.5, s).transition(s, 0, next, 0.5, s + 1);
      builder.transition(s, 1, next, 0.5, s + gain).transition(s, 1, next, 0.5, s + 1 + gain);
    }
    return builder.build();
  }

  private static TabularPolicy second(double probability) {
    double[] table = new double[2 * (STARTS + 2)];
    for (int s = 0; s < STARTS + 2; s++) {
      table[2 * s] = 1 - probability;
      table[2 * s + 1] = probability;
    }
    return TabularPolicy.of(table, 2);
  }

  private static final TabularPolicy BEHAVIOR = second(0.4);
  private static final TabularPolicy TARGET = second(0.8);

  private Fixture fixture(String name) {
    return Fixture.of(folder.resolve(name), world(), world().log(BEHAVIOR, 6000, 10, 1));
  }

  private EvaluationReport report(String yaml, boolean withValues) {
    Fixture fixture = fixture("values-" + withValues);
    String target = fixture.policy("target", TARGET);
    return fixture.evaluate(
        yaml,
        withValues ? List.of(target, fixture.exactQ("target", TARGET, 0.9)) : List.of(target));
  }

  private static PolicyValue value(EvaluationReport report, int state, String policy) {
    return report.segments().stream()
        .filter(segment -> segment.name().equals(Integer.toString(state)))
        .flatMap(segment -> segment.policies().stream())
        .filter(value -> value.policy().equals(policy))
        .findFirst()
        .orElseThrow();
  }

  private static double exact(TabularPolicy policy, int state) {
    return world().stateValues(policy, 0.9)[state];
  }

  @Test
  void valuesAreThoseOfTheStates() {
    for (boolean withValues : new boolean[] {false, true}) {
      EvaluationReport report = report(YAML, withValues);
      assertThat(report.segments()).hasSize(STARTS);
      for (int s = 0; s < STARTS - 1; s++) {
        for (String name : List.of("logged", "target")) {
          Ranged found = value(report, s, name).value().orElseThrow();
          double truth = exact(name.equals("target") ? TARGET : BEHAVIOR, s);
          double reach = found.upper().orElseThrow() - found.value();
          assertThat(found.value()).as(name + " in " + s).isCloseTo(truth, within(2 * reach));
          assertThat(reach).isLessThan(0.2);
        }
        Difference difference = value(report, s, "target").difference().orElseThrow();
        double truth = exact(TARGET, s) - exact(BEHAVIOR, s);
        assertThat(difference.value())
            .isCloseTo(truth, within(2 * (difference.upper() - difference.value())));
      }
    }
  }

  @Test
  void segmentsOfAColumnAverageToTheWhole() {
    EvaluationReport report =
        report(
            YAML.replace("segments: [state]", "segments: [state], estimator: doubly-robust"), true);
    double sum = 0;
    long episodes = 0;
    for (Segment segment : report.segments()) {
      episodes += segment.episodes();
      PolicyValue value =
          segment.policies().stream()
              .filter(v -> v.policy().equals("logged"))
              .findFirst()
              .orElseThrow();
      if (value.value().isPresent()) {
        sum += segment.episodes() * value.value().get().value();
      } else {
        assertThat(segment.name()).isEqualTo("5");
        sum += segment.episodes() * exact(BEHAVIOR, 5);
      }
    }
    assertThat(episodes).isEqualTo(report.dataset().episodes());
    double whole =
        report.policy("logged").orElseThrow().primary().flatMap(Estimate::value).orElseThrow();
    assertThat(sum / episodes).isCloseTo(whole, within(0.01));
  }

  @Test
  void whereItDoesHarmStandsOut() {
    EvaluationReport report = report(YAML, true);
    Difference harm = value(report, 1, "target").difference().orElseThrow();
    assertThat(harm.standsOut()).contains("worse");
    assertThat(harm.adjustedP()).isLessThan(1e-4);
    assertThat(harm.shrunk().value()).isGreaterThan(harm.value()); // drawn to the others
    assertThat(report.warnings())
        .filteredOn(remark -> remark.code().equals("worse-in-segments"))
        .extracting(Remark::words)
        .singleElement()
        .asString()
        .startsWith("target: where episodes begin with state 1, it is worse than logged");
    assertThat(value(report, 4, "target").difference().orElseThrow().standsOut())
        .contains("better");
    assertThat(value(report, 1, "logged").difference()).isEmpty();
    String page = HtmlReport.page(report);
    assertThat(page).contains("Who gains and who loses", "data-chart=\"segments\"", ", worse<");
    assertThat(MarkdownReport.text(report)).contains("better for state", "worse for state 1");
  }

  @Test
  void fewEpisodesSayNothing() {
    PolicyValue rare = value(report(YAML, false), STARTS - 1, "target");
    assertThat(rare.value()).isEmpty();
    assertThat(rare.difference()).isEmpty();
    assertThat(rare.absentBecause().orElseThrow()).startsWith("too few: ");
    assertThat(rare.effectiveSampleSize().orElseThrow()).isBetween(1.0, 30.0);
  }

  @Test
  void estimatesByVisitsOfStatesHaveNoSegments() {
    EvaluationReport report =
        report(YAML.replace("[state]", "[state], estimator: state-marginal-doubly-robust"), false);
    PolicyValue target = value(report, 0, "target");
    assertThat(target.value()).isEmpty();
    assertThat(target.absentBecause().orElseThrow()).contains("follows visits of states");
    assertThat(value(report, 0, "logged").value()).isPresent();
  }

  @Test
  void intervalsHoldTheTruthAsOftenAsTheySay() {
    Fixture fixture = fixture("redrawn");
    EvaluationPlan plan =
        EvaluationPlan.of(
            fixture.config(YAML),
            fixture.manifest(),
            List.of(fixture.policy("target", TARGET)),
            TableBundles.loader());
    int draws = 100;
    int looked = 0;
    int values = 0;
    int plain = 0;
    int shrunk = 0;
    for (int seed = 0; seed < draws; seed++) {
      TransitionColumns log = world().log(BEHAVIOR, 1200, 10, 900L + seed);
      EvaluationReport report = Evaluation.of(plan, List.of(log), List.of());
      for (int s = 0; s < STARTS - 1; s++) {
        PolicyValue found = value(report, s, "target");
        Difference difference = found.difference().orElseThrow();
        double truth = exact(TARGET, s) - exact(BEHAVIOR, s);
        looked++;
        values += holds(found.value().orElseThrow(), exact(TARGET, s));
        plain += difference.lower() <= truth && truth <= difference.upper() ? 1 : 0;
        shrunk += holds(difference.shrunk(), truth);
      }
    }
    assertThat((double) values / looked).as("values").isBetween(0.93, 0.975);
    assertThat((double) plain / looked).as("differences").isBetween(0.93, 0.975);
    assertThat((double) shrunk / looked).as("shrunk").isBetween(0.92, 0.985);
  }

  private static int holds(Ranged figure, double truth) {
    return figure.lower().orElseThrow() <= truth && truth <= figure.upper().orElseThrow() ? 1 : 0;
  }

  @Test
  void columnsThatTheDatasetDoesNotKeepAreRefused() {
    assertThatThrownBy(() -> report(YAML.replace("[state]", "[stat]"), false))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot evaluate by segments of stat: dataset world keeps no such")
        .hasMessageContaining("Did you mean state?")
        .hasMessageContaining("ingest.observation");
  }

  @Test
  void reportsOfEarlierBuildsHaveNone() {
    EvaluationReport report = report(YAML.replace(", segments: [state]", ""), false);
    assertThat(report.segments()).isEmpty();
    ObjectNode tree = (ObjectNode) CanonicalJson.tree((Object) report);
    tree.remove("segments");
    EvaluationReport read = CanonicalJson.read(CanonicalJson.bytes(tree), EvaluationReport.class);
    assertThat(CanonicalJson.text(read)).isEqualTo(CanonicalJson.text(report));
    assertThat(HtmlReport.page(report)).doesNotContain("Who gains and who loses");
  }
}
