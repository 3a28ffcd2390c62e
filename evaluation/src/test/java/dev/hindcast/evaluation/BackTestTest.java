package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.BackTest;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.PastPolicy;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Score;
import dev.hindcast.core.report.EvaluationReport.Trial;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.dataset.DatasetWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Estimators tried on a policy that has acted itself. */
class BackTestTest {
  private static final TabularMdp WORLD = ChainMdp.slippery(4, 0.1);
  private static final TabularPolicy PAST = right(0.8);
  private static final TabularPolicy CANDIDATE = right(0.85);
  private static final double DISCOUNT = 0.95;
  private static final int EPISODES = 4000;

  @TempDir private Path folder;
  private Fixture fixture;
  private List<String> bundles;

  private static TabularPolicy right(double probability) {
    double[] table = new double[WORLD.states() * 2];
    for (int s = 0; s < WORLD.states(); s++) {
      table[2 * s] = 1 - probability;
      table[2 * s + 1] = probability;
    }
    return TabularPolicy.of(table, 2);
  }

  @BeforeEach
  void logTheWorld() {
    fixture = Fixture.of(folder, WORLD, WORLD.log(right(0.7), EPISODES, 1000, 1));
    bundles = List.of(fixture.policy("past", PAST), fixture.policy("candidate", CANDIDATE));
    DatasetWriter.write(
        folder.resolve("honest").toString(),
        "own-log",
        new Split(0.3, "test"),
        WORLD.log(PAST, EPISODES, 1000, 2));
    DatasetWriter.write(
        folder.resolve("other-world").toString(),
        "own-log",
        new Split(0.3, "test"),
        ChainMdp.slippery(4, 0.4).log(PAST, EPISODES, 1000, 2));
  }

  private EvaluationReport evaluate(String backTest) {
    return fixture.evaluate(
        "{name: chain, discount: 0.95, evaluate: {policies: [logged], replicates: 200, back-test: "
            + backTest
            + "}}",
        bundles);
  }

  @Test
  void estimatesStandBesideWhatThePolicysOwnLogShows() {
    EvaluationReport report = evaluate("{past: honest}");
    BackTest test = report.backTest().orElseThrow();
    PastPolicy past = test.policies().get(0);
    assertThat(past.episodes()).isEqualTo(EPISODES); // both sides of the split
    assertThat(past.value())
        .isCloseTo(WORLD.value(PAST, DISCOUNT), within(4 * past.standardError()));
    assertThat(past.standardError())
        .isCloseTo(past.deviation() / Math.sqrt(EPISODES), within(1e-12));
    assertThat(test.trials())
        .extracting(Trial::label)
        .contains("TIS", "SNTIS", "PDIS", "SNPDIS")
        .doesNotContain("SNDR"); // there is no Q-function of it
    for (Trial trial : test.trials()) {
      assertThat(trial.error()).isEqualTo(trial.value() - past.value());
      assertThat(Math.abs(trial.z().orElseThrow())).as(trial.label()).isLessThan(3);
    }
    assertThat(test.scores()).extracting(Score::error).isSorted();
    assertThat(test.recommended()).contains(test.scores().get(0).estimator());
    assertThat(test.remarks())
        .singleElement()
        .satisfies(
            remark ->
                assertThat(remark.words())
                    .startsWith("On the one policy that has a log of its own")
                    .contains(test.scores().get(0).label() + " came closest"));
    assertThat(report.policy("candidate").orElseThrow().verdict().decision())
        .isEqualTo(Decision.PROMOTE);
  }

  @Test
  void nobodyIsPromotedByAnEstimatorThatItsOwnDataRefute() {
    EvaluationReport report = evaluate("{past: other-world}");
    BackTest test = report.backTest().orElseThrow();
    assertThat(test.recommended()).isEmpty();
    assertThat(test.remarks()).extracting(Remark::code).containsExactly("all-refuted");
    var verdict = report.policy("candidate").orElseThrow().verdict();
    assertThat(verdict.decision()).isEqualTo(Decision.HOLD);
    assertThat(verdict.reasons())
        .filteredOn(reason -> reason.code().equals("back-test-failed"))
        .singleElement()
        .satisfies(
            reason ->
                assertThat(reason.words()).startsWith("SNPDIS misjudges past, which has acted"));
  }

  @Test
  void logsThatCannotBeUsedAreRefused() {
    assertThatThrownBy(() -> evaluate("{pastt: honest}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot try estimators on policy pastt (evaluate.back-test)")
        .hasMessageContaining("no policy to evaluate is called so")
        .hasMessageContaining("past");
    assertThatThrownBy(() -> evaluate("{logged: honest}"))
        .hasMessageContaining("the evaluated log is its own");
    assertThatThrownBy(() -> evaluate("{past: dataset}"))
        .hasMessageContaining("is the one that is evaluated");
    assertThatThrownBy(() -> evaluate("{past: nowhere}"))
        .hasMessageContaining("Cannot open dataset")
        .hasMessageContaining("nowhere");
  }
}
