package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.ComponentValue;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.report.HtmlReport;
import dev.hindcast.evaluation.report.MarkdownReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Components of a reward in a world where the value of each is solved exactly. */
class RewardComponentsTest {
  private static final int HOPS = 3;
  private static final double PRICE = 0.02; // of a push
  private static final double DISCOUNT = 0.9;
  private static final TabularPolicy BEHAVIOR = pushing(0.4);
  private static final TabularPolicy TARGET = pushing(0.7);
  private static final String YAML =
      """
      name: pushes
      discount: 0.9
      reward-weights: {arrival: 1, effort: -0.02}
      evaluate: {policies: [logged], replicates: 300}
      """;

  @TempDir Path folder;

  /**
   * A way of some hops with a reward at its end: a push always gets one hop further and is an
   * effort, waiting does so half of the time.
   */
  private static TabularMdp world(double arrival, double effort) {
    TabularMdp.Builder builder = new TabularMdp.Builder(HOPS + 1, 2).terminal(HOPS).initial(0, 1);
    for (int s = 0; s < HOPS; s++) {
      double there = s + 1 == HOPS ? arrival : 0;
      builder.transition(s, 0, s, 0.5, 0).transition(s, 0, s + 1, 0.5, there);
      builder.transition(s, 1, s + 1, 1, there + effort);
    }
    return builder.build();
  }

  private static TabularPolicy pushing(double probability) {
    double[] table = new double[2 * (HOPS + 1)];
    for (int s = 0; s <= HOPS; s++) {
      table[2 * s] = 1 - probability;
      table[2 * s + 1] = probability;
    }
    return TabularPolicy.of(table, 2);
  }

  /** A log whose reward is the sum of its components, as an ingestion without weights stores it. */
  private static TransitionColumns log() {
    TransitionColumns whole = world(1, 1).log(BEHAVIOR, 4000, 100, 7);
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(
                whole.observationSpace(), whole.actionSpace(), whole.hasMask(), true)
            .withRewardComponents(List.of("effort", "arrival"));
    for (int e = 0; e < whole.episodes(); e++) {
      builder.beginEpisode(whole.episodeId(e));
      for (int row = whole.start(e); row < whole.end(e); row++) {
        int action = whole.action(row);
        builder
            .addStep(
                new float[0],
                new int[] {whole.categories()[row]},
                new boolean[0],
                action,
                whole.reward(row),
                whole.propensity(row))
            .paying(action, whole.reward(row) - action);
      }
      builder.endEpisode(whole.terminated(whole.end(e) - 1));
    }
    return builder.build();
  }

  private Fixture fixture(String name, double heldOut) {
    return Fixture.of(folder.resolve(name), world(1, -PRICE), log(), heldOut);
  }

  private PolicyResult target(String yaml) {
    Fixture fixture = fixture("dataset-" + Integer.toHexString(yaml.hashCode()), 1);
    return fixture
        .evaluate(yaml, List.of(fixture.policy("target", TARGET)))
        .policy("target")
        .orElseThrow();
  }

  private static ComponentValue component(PolicyResult result, String name) {
    return result.components().stream()
        .filter(value -> value.component().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void assertCovers(Estimate estimate, double truth) {
    assertThat(estimate.value().orElseThrow())
        .isCloseTo(truth, within(3 * estimate.standardError().orElseThrow()));
    assertThat(estimate.standardError().orElseThrow()).isLessThan(0.03);
    assertThat(estimate.lower().orElseThrow()).isLessThan(truth);
    assertThat(estimate.upper().orElseThrow()).isGreaterThan(truth);
  }

  @Test
  void everyComponentIsWorthWhatTheWorldSays() {
    Fixture fixture = fixture("exact", 1);
    EvaluationReport report = fixture.evaluate(YAML, List.of(fixture.policy("target", TARGET)));
    for (PolicyResult result : report.policies()) {
      TabularPolicy policy = result.name().equals("target") ? TARGET : BEHAVIOR;
      assertThat(result.components())
          .extracting(ComponentValue::component)
          .containsExactly("effort", "arrival");
      Estimate arrival = component(result, "arrival").estimate();
      Estimate effort = component(result, "effort").estimate();
      assertCovers(arrival, world(1, 0).value(policy, DISCOUNT));
      assertCovers(effort, world(0, 1).value(policy, DISCOUNT));
      assertThat(result.primary().orElseThrow().value().orElseThrow())
          .isCloseTo(
              arrival.value().orElseThrow() - PRICE * effort.value().orElseThrow(), within(1e-12));
    }
    PolicyResult logged = report.policy("logged").orElseThrow();
    PolicyResult target = report.policy("target").orElseThrow();
    assertThat(component(logged, "effort").differenceToIncumbent()).isEmpty();
    var difference = component(target, "effort").differenceToIncumbent().orElseThrow();
    assertThat(difference.value())
        .isCloseTo(
            component(target, "effort").estimate().value().orElseThrow()
                - component(logged, "effort").estimate().value().orElseThrow(),
            within(1e-12));
    double truth = world(0, 1).value(TARGET, DISCOUNT) - world(0, 1).value(BEHAVIOR, DISCOUNT);
    assertThat(difference.lower()).isLessThan(truth).isGreaterThan(0);
    assertThat(difference.upper()).isGreaterThan(truth);
  }

  /** A Q-function of the whole reward knows nothing of its components. */
  @Test
  void componentsAreWeighedWithoutTheQFunctionOfTheWhole() {
    Fixture fixture = fixture("values", 1);
    List<String> bundles =
        List.of(fixture.policy("target", TARGET), fixture.exactQ("target", TARGET, DISCOUNT));
    PolicyResult withValues = fixture.evaluate(YAML, bundles).policy("target").orElseThrow();
    PolicyResult without = target(YAML);
    assertThat(withValues.primary().orElseThrow().estimator())
        .isEqualTo("self-normalized-doubly-robust");
    assertThat(component(withValues, "effort").estimate())
        .isEqualTo(component(without, "effort").estimate());
    assertThat(component(withValues, "effort").estimate().estimator())
        .isEqualTo("self-normalized-per-decision-importance-sampling");
  }

  @Test
  void filesInPartsSayTheSameAsOne() {
    Fixture parts = fixture("parts", 0.5);
    Fixture one = fixture("one", 1);
    PolicyResult merged = evaluateAll(parts);
    PolicyResult whole = evaluateAll(one);
    for (String name : List.of("effort", "arrival")) {
      Estimate expected = component(whole, name).estimate();
      Estimate found = component(merged, name).estimate();
      assertThat(found.value().orElseThrow())
          .isCloseTo(expected.value().orElseThrow(), within(1e-12));
      assertThat(found.lower().orElseThrow())
          .isCloseTo(expected.lower().orElseThrow(), within(1e-9));
      assertThat(component(merged, name).differenceToIncumbent().orElseThrow().lower())
          .isCloseTo(
              component(whole, name).differenceToIncumbent().orElseThrow().lower(), within(1e-9));
    }
  }

  private static PolicyResult evaluateAll(Fixture fixture) {
    String yaml = YAML.replace("policies:", "split: all, policies:");
    List<String> target = List.of(fixture.policy("target", TARGET));
    return fixture.evaluate(yaml, target).policy("target").orElseThrow();
  }

  private PolicyResult under(String constraints) {
    return target(
        YAML.replace("replicates", "promote-if: {constraints: " + constraints + "}, replicates"));
  }

  @Test
  void aPolicyThatEarnsMoreIsHeldWhenItCostsTooMuch() {
    double effort = world(0, 1).value(TARGET, DISCOUNT);
    assertThat(target(YAML).verdict().decision()).isEqualTo(Decision.PROMOTE);
    assertThat(under("{effort: {at-most: " + (effort + 0.2) + "}}").verdict().decision())
        .isEqualTo(Decision.PROMOTE);
    PolicyResult held = under("{effort: {at-most: " + (effort - 0.2) + "}}");
    assertThat(held.verdict().decision()).isEqualTo(Decision.HOLD);
    assertThat(held.verdict().reasons())
        .extracting(Remark::code)
        .containsExactly("constraint-broken");
    assertThat(under("{effort: {at-most: incumbent}}").verdict().reasons())
        .extracting(Remark::code)
        .containsExactly("constraint-broken");
    assertThat(
            under("{effort: {at-most: incumbent, margin: 1}, arrival: {at-least: incumbent}}")
                .verdict()
                .decision())
        .isEqualTo(Decision.PROMOTE);
  }

  @Test
  void constraintsThatCannotBeHeldAreRefused() {
    assertThatThrownBy(() -> under("{efort: {at-most: 1}}"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot hold policies to evaluate.promote-if.constraints.efort on dataset world: its"
                + " reward has no such component. Did you mean effort?");
    assertThatThrownBy(() -> under("{effort: {at-most: 1, margin: 0.1}, arrival: {}}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("constraints.effort.margin")
        .hasMessageContaining("by how much a policy may do worse than the incumbent")
        .hasMessageContaining("constraints.arrival")
        .hasMessageContaining("says no bound: give at-most or at-least");
    assertThatThrownBy(() -> under("{effort: {at-most: incumbant}}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is 'incumbant', but should be 'incumbent' or a number");
    Fixture plain =
        Fixture.of(folder.resolve("plain"), world(1, 1), world(1, 1).log(BEHAVIOR, 50, 100, 7));
    assertThatThrownBy(
            () ->
                plain.evaluate(
                    "evaluate: {promote-if: {constraints: {effort: {at-most: 1}}}}", List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("its reward is one column, without components");
  }

  /** A policy of which the log can say nothing is not better, whatever its difference. */
  @Test
  void theLeadKnowsWhatIsBetterAndStillHeld() {
    Fixture fixture = fixture("lead", 1);
    List<String> bundles =
        List.of(fixture.policy("target", TARGET), fixture.policy("same", BEHAVIOR));
    EvaluationReport report =
        fixture.evaluate(
            YAML.replace(
                "replicates", "promote-if: {constraints: {effort: {at-most: 0.5}}}, replicates"),
            bundles);
    assertThat(MarkdownReport.text(report))
        .contains("No policy meets every condition for being promoted over logged.");
    ObjectNode tree = (ObjectNode) CanonicalJson.tree(report);
    for (JsonNode policy : tree.path("policies")) {
      if (policy.path("name").asText().equals("target")) {
        ((ObjectNode) policy.path("verdict")).put("decision", "not-evaluable");
      }
    }
    EvaluationReport blind = CanonicalJson.read(CanonicalJson.bytes(tree), EvaluationReport.class);
    assertThat(MarkdownReport.text(blind))
        .contains("No policy is shown to be better than logged well enough to promote it.");
  }

  @Test
  void reportsSayAndKeepThem() {
    Fixture fixture = fixture("report", 1);
    EvaluationReport report =
        fixture.evaluate(
            YAML.replace(
                "replicates", "promote-if: {constraints: {effort: {at-most: 0.5}}}, replicates"),
            List.of(fixture.policy("target", TARGET)));
    EvaluationReport again =
        CanonicalJson.read(CanonicalJson.bytes(report), EvaluationReport.class);
    assertThat(CanonicalJson.text(again)).isEqualTo(CanonicalJson.text(report));
    assertThat(report.provenance().config().at("/promote_if/constraints/0"))
        .isEqualTo(
            CanonicalJson.tree(
                Map.of("component", "effort", "side", "at-most", "bound", 0.5, "margin", 0.0)));
    assertThat(HtmlReport.page(report))
        .contains(
            "What the reward is made of", "effort", "must be at most 0.5", "\u00d7 \u22120.02");
    assertThat(MarkdownReport.text(report)).contains("## What the reward is made of", "`effort`");
  }
}
