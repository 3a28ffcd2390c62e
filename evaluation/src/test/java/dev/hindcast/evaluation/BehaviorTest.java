package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.ActionShare;
import dev.hindcast.core.report.EvaluationReport.Calibration;
import dev.hindcast.core.report.EvaluationReport.CalibrationBin;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.GroupWeights;
import dev.hindcast.core.report.EvaluationReport.Maker;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.report.HtmlReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs whose makers are known: a bandit of six actions, three of each of two brands. */
class BehaviorTest {
  private static final int ACTIONS = 6;
  private static final double[] HOPEFUL = {0.02, 0.02, 0.16, 0.3, 0.3, 0.2};
  private static final double[] EAGER = {0.1, 0.1, 0.1, 0.1, 0.1, 0.5};
  private static final double[] TARGET = {0.05, 0.05, 0.05, 0.05, 0.4, 0.4};

  private static final Decisions ONE =
      new Decisions(1, new float[0], new int[] {1}, new boolean[0], new String[] {""}, new int[1]);

  @TempDir Path folder;

  /** One state in which six actions can be taken, each paying 1 with its own chance. */
  private static TabularMdp world(double... chances) {
    TabularMdp.Builder world = new TabularMdp.Builder(2, ACTIONS).initial(0, 1).terminal(1);
    for (int a = 0; a < ACTIONS; a++) {
      world.transition(0, a, 1, chances[a], 1).transition(0, a, 1, 1 - chances[a], 0);
    }
    return world.build();
  }

  private static TabularMdp byBrand() {
    return world(0.2, 0.2, 0.2, 0.5, 0.5, 0.5);
  }

  private static TabularPolicy policy(double... probabilities) {
    double[] table = new double[2 * ACTIONS];
    System.arraycopy(probabilities, 0, table, 0, ACTIONS);
    System.arraycopy(probabilities, 0, table, ACTIONS, ACTIONS);
    return TabularPolicy.of(table, ACTIONS);
  }

  /** Every third episode is the second policy's. */
  private static TransitionColumns log(
      TabularMdp world, TabularPolicy first, TabularPolicy second, int episodes, boolean tells) {
    SplittableRandom random = new SplittableRandom(5);
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(world.observationSpace(), world.actionSpace(), false, tells)
            .withLabels(List.of("arm"));
    for (int e = 0; e < episodes; e++) {
      TabularPolicy acting = e % 3 == 2 ? second : first;
      int action = acting.distribution(ONE).draw(0, random);
      log.beginEpisode("e" + e).labelled(e % 3 == 2 ? "b" : "a");
      double reward = world.outcome(0, action, random).reward();
      double propensity = tells ? acting.probability(0, action) : Double.NaN;
      log.addStep(new float[0], new int[] {1}, new boolean[0], action, reward, propensity);
      log.endEpisode(true);
    }
    return log.build();
  }

  private Fixture fixture(String name, TabularMdp world, TransitionColumns log) {
    return Fixture.of(folder.resolve(name), world, log);
  }

  private static String yaml(Fixture fixture, String evaluate) {
    publish(fixture, "hopeful", HOPEFUL);
    publish(fixture, "eager", EAGER);
    return """
        name: arms
        policies:
          - {name: hopeful, bundle: %s}
          - {name: eager, bundle: %s}
        evaluate:
          replicates: 100
        """
            .formatted(fixture.folder().resolve("hopeful"), fixture.folder().resolve("eager"))
        + evaluate.indent(2);
  }

  private static String publish(Fixture fixture, String name, double[] probabilities) {
    Path place = fixture.folder().resolve(name);
    return Files.exists(place) ? place.toString() : fixture.policy(name, policy(probabilities));
  }

  private static EvaluationReport report(Fixture fixture, String evaluate) {
    return fixture.evaluate(yaml(fixture, evaluate), List.of(publish(fixture, "target", TARGET)));
  }

  private static Estimate estimate(EvaluationReport report, String estimator) {
    return report.policy("target").orElseThrow().estimate(estimator).orElseThrow();
  }

  private static double width(Estimate estimate) {
    return estimate.upper().orElseThrow() - estimate.lower().orElseThrow();
  }

  private static List<String> codes(List<Remark> remarks) {
    return remarks.stream().map(Remark::code).toList();
  }

  @Test
  void policyThatActedSaysWhatTheLogDoesNot() {
    TabularMdp world = byBrand();
    TabularPolicy hopeful = policy(HOPEFUL);
    Fixture silent = fixture("silent", world, log(world, hopeful, hopeful, 3000, false));
    Fixture telling = fixture("telling", world, log(world, hopeful, hopeful, 3000, true));
    EvaluationReport logged = report(telling, "policies: [logged]");
    assertThat(logged.audit().orElseThrow().calibration()).isEmpty();
    for (Fixture fixture : List.of(silent, telling)) {
      EvaluationReport known = report(fixture, "policies: [logged]\nbehavior: hopeful");
      assertThat(known.policy("target").orElseThrow().estimates())
          .isEqualTo(logged.policy("target").orElseThrow().estimates());
      assertThat(known.policy("target").orElseThrow().verdict())
          .isEqualTo(logged.policy("target").orElseThrow().verdict());
      assertThat(known.behavior().propensities()).isEqualTo("policies");
      assertThat(known.audit().orElseThrow().remarks()).isEmpty();
      assertThat(known.provenance().inputs())
          .extracting(Provenance.Input::role)
          .contains("behavior");
    }
    assertThat(codes(report(silent, "policies: [logged]").warnings())).contains("no-propensities");
  }

  @Test
  void calibrationSaysHowOftenEachActionWasToBeExpected() {
    TabularMdp world = byBrand();
    TabularPolicy hopeful = policy(HOPEFUL);
    Fixture fixture = fixture("one", world, log(world, hopeful, hopeful, 3000, true));
    Calibration found =
        report(fixture, "behavior: hopeful").audit().orElseThrow().calibration().orElseThrow();
    assertThat(found.policies()).extracting(Maker::policy).containsExactly("hopeful");
    assertThat(found.rows()).isEqualTo(3000);
    assertThat(found.propensitiesThatDiffer()).contains(0L);
    assertThat(found.largestDifference()).contains(0.0);
    for (ActionShare action : found.actions()) {
      double p = HOPEFUL[action.action()];
      assertThat(action.expected()).isCloseTo(3000 * p, within(1e-9));
      assertThat(action.z().orElseThrow())
          .isCloseTo((action.count() - 3000 * p) / Math.sqrt(3000 * p * (1 - p)), within(1e-9))
          .isBetween(-4.0, 4.0);
    }
    assertThat(found.bins()).extracting(CalibrationBin::from).containsExactly(0.01, 0.1, 0.3);
    assertThat(found.bins()).extracting(CalibrationBin::pairs).containsExactly(6000L, 6000L, 6000L);
    assertThat(found.bins().get(1).probability()).isCloseTo(0.18, within(1e-9));
    assertThat(found.bins().get(1).frequency()).isCloseTo(0.18, within(0.02));
    assertThat(found.error().orElseThrow()).isLessThan(0.01);
  }

  @Test
  void policyThatDidNotActIsFoundOut() {
    TabularMdp world = byBrand();
    TabularPolicy hopeful = policy(HOPEFUL);
    Fixture fixture = fixture("wrong", world, log(world, hopeful, hopeful, 3000, true));
    List<Remark> remarks = report(fixture, "behavior: eager").audit().orElseThrow().remarks();
    assertThat(codes(remarks)).contains("behavior-off", "propensities-differ");
    assertThat(remarks)
        .extracting(Remark::words)
        .anySatisfy(
            words ->
                assertThat(words)
                    .startsWith("eager did not make this log, or not as they are now: action")
                    .contains("where 300 were to be expected"))
        .anySatisfy(
            words ->
                assertThat(words)
                    .startsWith("In 3,000 of 3,000 steps the logged propensity is not the")
                    .contains("by up to 0.3"));
  }

  /** Sheet section 15.3. */
  @Test
  void weightsOfSeveralLoggersAreBalanced() {
    TabularMdp world = world(1, 1, 1, 1, 1, 1);
    Fixture fixture = fixture("balanced", world, four(world));
    fixture.policy("half", policy(0.5, 0.1, 0.1, 0.1, 0.1, 0.1));
    fixture.policy("quarter", policy(0.25, 0.15, 0.15, 0.15, 0.15, 0.15));
    String policies =
        """
        name: arms
        policies:
          - {name: half, bundle: %s}
          - {name: quarter, bundle: %s}
        evaluate:
          replicates: 100
          policies: [logged, half]
          estimators: [inverse-propensity]
        """
            .formatted(fixture.folder().resolve("half"), fixture.folder().resolve("quarter"));
    EvaluationReport naive = fixture.evaluate(policies, List.of());
    assertThat(value(naive, "half")).isCloseTo((3 * 1 + 2) / 4.0, within(1e-15));
    EvaluationReport balanced =
        fixture.evaluate(
            policies + "  behavior: {by: arm, policies: {a: half, b: quarter}}\n", List.of());
    assertThat(value(balanced, "half")).isCloseTo(8 / 7.0, within(1e-15));
    assertThat(balanced.audit().orElseThrow().calibration().orElseThrow().policies())
        .extracting(Maker::label)
        .containsExactly(Optional.of("a"), Optional.of("b"));
    assertThat(balanced.segments()).isEmpty(); // weights are about both arms together
  }

  private static double value(EvaluationReport report, String policy) {
    return report
        .policy(policy)
        .orElseThrow()
        .estimate("inverse-propensity")
        .flatMap(Estimate::value)
        .orElseThrow();
  }

  /** Three episodes of one policy and one of another, all with action 0 and reward 1. */
  private static TransitionColumns four(TabularMdp world) {
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(world.observationSpace(), world.actionSpace(), false, true)
            .withLabels(List.of("arm"));
    for (int e = 0; e < 4; e++) {
      log.beginEpisode("e" + e).labelled(e < 3 ? "a" : "b");
      log.addStep(new float[0], new int[] {1}, new boolean[0], 0, 1, e < 3 ? 0.5 : 0.25);
      log.endEpisode(true);
    }
    return log.build();
  }

  @Test
  void balancedWeightsScatterLess() {
    TabularMdp world = byBrand();
    Fixture fixture =
        fixture("both", world, log(world, policy(HOPEFUL), policy(EAGER), 6000, true));
    String policies = "policies: [logged]\n";
    Estimate naive = estimate(report(fixture, policies), "inverse-propensity");
    EvaluationReport mixed =
        report(fixture, policies + "behavior: {by: arm, policies: {a: hopeful, b: eager}}");
    Estimate balanced = estimate(mixed, "inverse-propensity");
    assertThat(width(balanced)).isLessThan(0.9 * width(naive));
    double truth = world.value(policy(TARGET), 1);
    assertThat(balanced.lower().orElseThrow()).isLessThan(truth);
    assertThat(balanced.upper().orElseThrow()).isGreaterThan(truth);
    assertThat(mixed.audit().orElseThrow().remarks()).isEmpty();
  }

  /** In longer episodes each step counts with the policy that took it. */
  @Test
  void stepsOfLongEpisodesAreWeighedByWhoTookThem() {
    TabularMdp.Builder steps = new TabularMdp.Builder(3, ACTIONS).initial(0, 1).terminal(2);
    for (int a = 0; a < ACTIONS; a++) {
      steps.transition(0, a, 1, 1, a).transition(1, a, 2, 1, -a);
    }
    TabularMdp world = steps.build();
    double[] table = new double[3 * ACTIONS];
    for (int s = 0; s < 3; s++) {
      System.arraycopy(HOPEFUL, 0, table, s * ACTIONS, ACTIONS);
    }
    TabularPolicy hopeful = TabularPolicy.of(table, ACTIONS);
    Fixture fixture = fixture("long", world, world.log(hopeful, 500, 9, 1));
    fixture.policy("acted", hopeful);
    String yaml =
        "name: long\npolicies:\n  - {name: acted, bundle: %s}\nevaluate:\n  replicates: 100\n  policies: [logged, uniform]\n"
            .formatted(fixture.folder().resolve("acted"));
    EvaluationReport logged = fixture.evaluate(yaml, List.of());
    EvaluationReport known = fixture.evaluate(yaml + "  behavior: acted\n", List.of());
    assertThat(known.policy("uniform").orElseThrow().estimates())
        .isEqualTo(logged.policy("uniform").orElseThrow().estimates());
  }

  @Test
  void groupsOfActionsThatAreAlikeWeighTogether() {
    TabularMdp world = byBrand();
    TabularPolicy hopeful = policy(HOPEFUL);
    Fixture fixture = fixture("alike", world, log(world, hopeful, hopeful, 3000, true));
    EvaluationReport report = report(fixture, "behavior: hopeful\n" + groups(fixture, "brand"));
    Estimate plain = estimate(report, "inverse-propensity");
    for (String name :
        List.of(
            "marginalized-inverse-propensity", "self-normalized-marginalized-inverse-propensity")) {
      Estimate grouped = estimate(report, name);
      assertThat(grouped.tuning().orElseThrow().words())
          .isEqualTo("actions with the same brand weigh together (2 groups)");
      assertThat(width(grouped)).isLessThan(0.8 * width(plain));
      double truth = world.value(policy(TARGET), 1);
      assertThat(grouped.lower().orElseThrow()).isLessThan(truth);
      assertThat(grouped.upper().orElseThrow()).isGreaterThan(truth);
    }
    assertThat(HtmlReport.page(report))
        .contains(
            "Said to have made this log: hopeful. Probability and frequency of what could be done",
            "Logged propensities are the same as theirs.",
            "<td class=\"name\">brand</td><td class=\"n\">2</td>");
    List<GroupWeights> weights =
        report.policy("target").orElseThrow().diagnostics().orElseThrow().actionGroups();
    assertThat(weights).extracting(GroupWeights::by).containsExactly("brand");
    assertThat(weights.get(0).maxWeight().orElseThrow())
        .isCloseTo(0.85 / 0.8, within(1e-12)); // of the better brand; the other's is 0.15 / 0.2
    assertThat(estimate(report, "marginalized-inverse-propensity").effectiveSampleSize())
        .isEqualTo(weights.get(0).effectiveSampleSize());
    assertThat(weights.get(0).effectiveSampleSize().orElseThrow())
        .isGreaterThan(plain.effectiveSampleSize().orElseThrow());
  }

  @Test
  void actionsThatDifferAreNotPutTogether() {
    TabularMdp world = world(0.1, 0.2, 0.3, 0.1, 0.5, 0.9);
    TabularPolicy hopeful = policy(HOPEFUL);
    Fixture fixture = fixture("differ", world, log(world, hopeful, hopeful, 9000, true));
    EvaluationReport report =
        report(fixture, "behavior: hopeful\n" + groups(fixture, "everything, brand, series"));
    Estimate grouped = estimate(report, "marginalized-inverse-propensity");
    assertThat(grouped.tuning().orElseThrow().words())
        .isEqualTo(
            "actions with the same everything, brand, series weigh together (6 groups)"); // each
    assertThat(grouped.value().orElseThrow())
        .isCloseTo(estimate(report, "inverse-propensity").value().orElseThrow(), within(1e-12));
    List<GroupWeights> weights =
        report.policy("target").orElseThrow().diagnostics().orElseThrow().actionGroups();
    assertThat(weights).extracting(GroupWeights::groups).containsExactly(6, 2, 1);
  }

  @Test
  void actionThatWasNeverTakenIsJudgedByItsGroup() {
    TabularMdp world = byBrand();
    TabularPolicy cautious = policy(0.2, 0.2, 0.2, 0.2, 0.2, 0);
    Fixture fixture = fixture("new", world, log(world, cautious, cautious, 3000, true));
    fixture.policy("cautious", cautious);
    String yaml =
        """
        name: arms
        policies:
          - {name: cautious, bundle: %s}
        evaluate:
          replicates: 100
          behavior: cautious
        """
                .formatted(fixture.folder().resolve("cautious"))
            + groups(fixture, "brand").indent(2);
    List<String> bundles = List.of(fixture.policy("target", policy(TARGET)));
    PolicyResult alone = fixture.evaluate(yaml, bundles).policy("target").orElseThrow();
    assertThat(alone.verdict().decision()).isEqualTo(Decision.NOT_EVALUABLE);
    assertThat(codes(alone.verdict().reasons())).contains("unsupported");
    PolicyResult grouped =
        fixture
            .evaluate(yaml + "  estimator: marginalized-inverse-propensity\n", bundles)
            .policy("target")
            .orElseThrow();
    assertThat(codes(grouped.verdict().reasons())).doesNotContain("unsupported");
    Estimate estimate = grouped.primary().orElseThrow();
    double truth = world.value(policy(TARGET), 1);
    assertThat(estimate.lower().orElseThrow()).isLessThan(truth);
    assertThat(estimate.upper().orElseThrow()).isGreaterThan(truth);
  }

  @Test
  void whatCannotBeIsRefusedInWords() {
    TabularMdp world = byBrand();
    TabularPolicy hopeful = policy(HOPEFUL);
    Fixture fixture = fixture("words", world, log(world, hopeful, hopeful, 300, true));
    fixture.policy("never", policy(0.5, 0.5, 0, 0, 0, 0));
    String never =
        yaml(fixture, "behavior: {bundle: %s}".formatted(fixture.folder().resolve("never")));
    refused(fixture, never)
        .hasMessageMatching(
            "Cannot evaluate on dataset world with evaluate.behavior never: in \\d+ of 300 steps the"
                + " logged action is one that would never have been taken, such as episode e\\d+, step"
                + " 0, action \\d\\. So something else acted there\\. .*");
    refused(fixture, yaml(fixture, "behavior: {by: arm, policies: {a: hopeful}}"))
        .hasMessage(
            "Cannot say who made every episode: evaluate.behavior.policies names no policy for arm = 'b' (100 episodes). Name one for each, or ingest the log without these episodes.");
    refused(
            fixture,
            yaml(
                fixture,
                "segments: [arm]\nbehavior: {by: arm, policies: {a: hopeful, b: hopeful}}"))
        .hasMessageContaining("balanced weights are about all of them together");
    refused(fixture, yaml(fixture, "behavior: {by: arms, policies: {a: hopeful}}"))
        .hasMessageContaining(
            "(evaluate.behavior.by): dataset world has no such label. Did you mean arm?");
    refused(fixture, yaml(fixture, "behavior: logged"))
        .hasMessageContaining("is 'logged', which says nothing: name the policy that made the log");
    refused(fixture, yaml(fixture, "behavior: {by: arm, policies: {}}"))
        .hasMessageContaining("names no policies");
    refused(fixture, yaml(fixture, groups(fixture, "brand")))
        .hasMessageContaining("needs the key behavior beside it");
    refused(fixture, yaml(fixture, "behavior: hopeful\naction-groups: {table: t, action: a}"))
        .hasMessageContaining("by is missing");
    Path broken = items(fixture.folder().resolve("broken.parquet"), List.of(0, 0, 1, 9, 3, 5));
    refused(
            fixture,
            yaml(
                fixture,
                "behavior: hopeful\naction-groups: {table: %s, action: item, by: [brand]}"
                    .formatted(broken)))
        .hasMessageContaining(
            "broken.parquet: action 0 has more than one row; row 3 has action 9; action 2 has no row; action 4 has no row. It takes one row for each of the actions 0 to 5.");
    PointMass point = new PointMass(1, 2);
    Fixture box =
        Fixture.of(
            folder.resolve("box"),
            world,
            point.log(LinearPolicy.uniform(point.actionSpace(), 1), 20, 3));
    refused(box, "name: box\nevaluate: {behavior: uniform}")
        .hasMessageContaining("it is for discrete actions, and the dataset has");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> refused(
      Fixture fixture, String yaml) {
    return assertThatThrownBy(() -> fixture.evaluate(yaml, List.of()))
        .isInstanceOf(UserError.class);
  }

  private static String groups(Fixture fixture, String by) {
    Path table = items(fixture.folder().resolve("items.parquet"), List.of(5, 4, 3, 2, 1, 0));
    return "action-groups: {table: %s, action: item, by: [%s]}%n".formatted(table, by);
  }

  /** A table of items, of which the first three and the last three are of a brand each. */
  private static Path items(Path file, List<Integer> items) {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message items { required int32 item; required binary brand (STRING); required int32 series; required boolean everything; }");
    org.apache.hadoop.fs.Path place = new org.apache.hadoop.fs.Path(file.toUri());
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(place)
            .withConf(new Configuration())
            .withType(schema)
            .withWriteMode(org.apache.parquet.hadoop.ParquetFileWriter.Mode.OVERWRITE)
            .build()) {
      for (int item : items) {
        writer.write(
            new SimpleGroupFactory(schema)
                .newGroup()
                .append("item", item)
                .append("brand", item < 3 ? "plain" : "fancy")
                .append("series", item)
                .append("everything", true));
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
