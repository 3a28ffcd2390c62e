package dev.hindcast.evaluation.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.EvaluationReport.Remark;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Every customer comes twice; a retried decision is logged again as it was. */
class RepeatedEpisodesTest {
  private static final int ACTIONS = 10;

  private static TransitionColumns.Builder file() {
    return new TransitionColumns.Builder(
        ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(ACTIONS), false, true);
  }

  /** Some customers' logs, in files of so many episodes each. */
  private static Optional<Remark> found(int customers, double retried, int each) {
    SplittableRandom random = new SplittableRandom(4);
    RepeatedEpisodes all = new RepeatedEpisodes();
    TransitionColumns.Builder file = file();
    for (int c = 0; c < customers; c++) {
      int action = random.nextInt(ACTIONS);
      boolean again = random.nextDouble() < retried;
      for (int visit = 0; visit < 2; visit++) {
        file.beginEpisode("visit-" + (2 * c + visit));
        file.addStep(new float[] {c}, new int[0], new boolean[0], action, 1, 1.0 / ACTIONS);
        file.endEpisode(true);
        action = again ? action : random.nextInt(ACTIONS);
        if (file.episodes() == each) {
          all.merge(of(file.build()));
          file = file();
        }
      }
    }
    all.merge(of(file.build()));
    return all.remark();
  }

  private static RepeatedEpisodes of(TransitionColumns file) {
    RepeatedEpisodes repeated = new RepeatedEpisodes();
    repeated.add(file);
    return repeated;
  }

  @Test
  void customersWhoComeTwiceAreNoRepetition() {
    assertThat(found(5000, 0, 700)).isEmpty();
  }

  @Test
  void retriedDecisionsAreFoundHoweverTheLogIsCut() {
    Remark whole = found(5000, 0.1, 20_000).orElseThrow();
    assertThat(whole.code()).isEqualTo("repeated-episodes");
    assertThat(whole.words())
        .startsWith("Of 5,000 pairs of episodes that begin alike")
        .contains("at most 500 were to be expected");
    for (int each : new int[] {37, 700}) {
      assertThat(found(5000, 0.1, each)).contains(whole);
    }
    int many = RepeatedEpisodes.SIZE + 5000;
    assertThat(found(many, 0.1, 999)).isEqualTo(found(many, 0.1, 2 * many)).isPresent();
  }

  @Test
  void fewPairsSayNothing() {
    assertThat(found(29, 1, 10)).isEmpty();
    assertThat(found(30, 1, 10)).isPresent();
  }
}
