package dev.hindcast.serving.scorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.serving.Bundles;
import dev.hindcast.serving.Shop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyScorerTest {
  @TempDir private Path folder;
  private BundleManifest manifest;

  /** Notes what it was shown. */
  private static final class Witness implements Policy {
    private static final long serialVersionUID = 1L;
    private transient Decisions seen;

    @Override
    public ActionDistribution distribution(Decisions decisions) {
      seen = decisions;
      return new Bundles.Certain(0.25).distribution(decisions);
    }
  }

  @BeforeEach
  void write() {
    manifest = BundleLoader.manifest(Bundles.write(folder.resolve("b"), 0.25, Optional.empty()));
  }

  private PolicyScorer scorer(Policy policy, String yaml, Behavior behavior) {
    return PolicyScorer.of(
        new Bundle(manifest, Optional.of(policy), Optional.empty()),
        new ServedVersion("shop", manifest.fingerprint(), "b", Optional.of(3), Optional.of(1)),
        Shop.mapping(yaml),
        false,
        behavior);
  }

  private PolicyScorer scorer(ActingMode mode, double epsilon) {
    return scorer(new Bundles.Certain(0.25), Shop.INGEST, new Behavior(mode, epsilon, 7));
  }

  private static Decision one(PolicyScorer scorer, ObjectNode request, String id) {
    return scorer.decide(List.of(request), List.of(id)).get(0);
  }

  private static void refused(PolicyScorer scorer, ObjectNode request, String words) {
    assertThatThrownBy(() -> one(scorer, request, "x"))
        .isInstanceOf(UserError.class)
        .hasMessage(words);
  }

  @Test
  void fieldsAreReadAsBatchReadsColumns() {
    Witness witness = new Witness();
    PolicyScorer scorer = scorer(witness, Shop.INGEST, Behavior.DEFAULT);
    ObjectNode request = Shop.request();
    one(scorer, request, "a");
    assertThat(witness.seen.numeric()).containsExactly(31, 0.5f, 1);
    assertThat(witness.seen.categories()).containsExactly(1);
    assertThat(witness.seen.mask()).containsExactly(true, true);
    request.put("country", 3.0);
    one(scorer, request, "a");
    assertThat(witness.seen.categories()).as("3.0 is spelled 3").containsExactly(3);
    request.put("country", "atlantis");
    request.set("possible", Shop.json("{\"m\": [false, true]}").get("m"));
    one(scorer, request, "a");
    assertThat(witness.seen.categories()).as("never seen in training").containsExactly(0);
    assertThat(witness.seen.mask()).as("flags do as well").containsExactly(false, true);
  }

  @Test
  void whatIsMissingOrWrongIsNamed() {
    PolicyScorer scorer = scorer(ActingMode.SAMPLE, 0);
    refused(
        scorer,
        (ObjectNode) Shop.request().put("aeg", 31).without("age"),
        "Cannot decide: field age is missing. Is it aeg?");
    refused(scorer, Shop.request().putNull("country"), "Cannot decide: country is empty.");
    refused(
        scorer,
        Shop.request().put("age", "old"),
        "Cannot decide: field age is \"old\", but should be a number.");
    refused(
        scorer,
        Shop.request().put("step", 1.5),
        "Cannot decide: field step is 1.5, but should be a whole number.");
    refused(
        scorer,
        Shop.request().put("taste", 1),
        "Cannot decide: field taste is 1, but should be a list of numbers.");
    refused(
        scorer,
        (ObjectNode) Shop.request().without("visit"),
        "Cannot decide: field visit is missing.");
    ObjectNode nothing = Shop.request();
    nothing.putArray("possible");
    refused(scorer, nothing, "Cannot decide: no action is admissible.");
    assertThatThrownBy(
            () ->
                scorer.decide(
                    List.of(Shop.request(), Shop.request().put("age", "old")), List.of("a", "b")))
        .hasMessage("Cannot decide on object 2: field age is \"old\", but should be a number.");
  }

  @Test
  void drawsAreThoseOfThePolicyAndRepeatForAnId() {
    PolicyScorer scorer = scorer(ActingMode.SAMPLE, 0);
    int second = 0;
    for (int i = 0; i < 4000; i++) {
      Decision decision = one(scorer, Shop.request(), "d" + i);
      second += decision.action();
      assertThat(decision.propensity().getAsDouble())
          .isEqualTo(decision.action() == 1 ? 0.25 : 0.75);
      assertThat(one(scorer, Shop.request(), "d" + i).action()).isEqualTo(decision.action());
    }
    assertThat(second / 4000.0).isCloseTo(0.25, within(0.03)); // four standard errors
  }

  @Test
  void greedyIsCertain() {
    Decision decision = one(scorer(ActingMode.GREEDY, 0), Shop.request(), "a");
    assertThat(decision.action()).isZero();
    assertThat(decision.propensity()).hasValue(1);
    assertThat(decision.version().number()).contains(3);
  }

  @Test
  void epsilonIsSharedAmongAdmissibleActions() {
    PolicyScorer scorer = scorer(ActingMode.EPSILON, 0.2);
    assertThat(one(scorer, Shop.request(), "a").probabilities())
        .usingComparatorWithPrecision(1e-12)
        .containsExactly(0.9, 0.1);
    ObjectNode first = Shop.request();
    first.putArray("possible").add(0);
    assertThat(one(scorer, first, "a").probabilities()).containsExactly(1, 0);
    List<Integer> actions = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      actions.add(one(scorer, Shop.request(), "d" + i).action());
    }
    assertThat(actions.stream().mapToInt(a -> a).average().orElseThrow())
        .isCloseTo(0.1, within(0.02));
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeTheFirstRequest() {
    assertThatThrownBy(
            () ->
                scorer(
                    new Bundles.Certain(0.5),
                    Shop.INGEST.replace("size: 2", "size: 3"),
                    Behavior.DEFAULT))
        .hasMessageContaining(
            "it chooses from 2 discrete actions, but the mapping (ingest.action) says 3 discrete actions");
    assertThatThrownBy(
            () ->
                scorer(
                    new Bundles.Certain(0.5),
                    Shop.INGEST.replace("[age, taste]", "[\"a*\"]"),
                    Behavior.DEFAULT))
        .hasMessageContaining(
            "it must be shown taste.0, which ingest.observation.numeric does not name.");
    assertThatThrownBy(() -> new Behavior(ActingMode.EPSILON, 1.5, 0))
        .hasMessage("epsilon is 1.5, but must lie in [0, 1].");
  }

  @Test
  void whatIsNoProbabilityIsNeverAnswered() {
    PolicyScorer broken =
        scorer(
            decisions ->
                new ActionDistribution.Categorical(1, 2, new double[] {Double.NaN, Double.NaN}),
            Shop.INGEST,
            Behavior.DEFAULT);
    assertThatThrownBy(() -> one(broken, Shop.request(), "a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("chose an action with probability NaN");
  }
}
