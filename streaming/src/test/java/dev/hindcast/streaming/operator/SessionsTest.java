package dev.hindcast.streaming.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private static final StreamPlan PLAN = Shops.plan(Shops.WHOLE);
  private static final long MINUTE = 60_000;

  private static List<String> shown(Pipes pipes) {
    List<String> shown = new ArrayList<>();
    pipes.episodes().forEach(e -> shown.add(e.episodeId() + " of " + e.rows().size()));
    return shown;
  }

  private static List<String> reasons(Pipes pipes) {
    return pipes.letters().stream().map(DeadLetter::reason).toList();
  }

  @Test
  void episodeIsOverWhenTimeHasPassedItsLastStep() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.row(Step.of("v", 1, 2000).last().row(PLAN));
      pipes.row(Step.of("v", 0, 1000).row(PLAN));
      pipes.watermark(1999);
      assertThat(pipes.episodes()).isEmpty();
      pipes.watermark(2000);
      assertThat(shown(pipes)).containsExactly("v of 2");
      assertThat(pipes.episodes().get(0).rows()).extracting(row -> row.time()).isSorted();
    }
  }

  /** Clocks differ: the last step seems to have happened before the one before it. */
  @Test
  void episodeWaitsForTheLatestOfItsSteps() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.row(Step.of("v", 1, 2000).last().row(PLAN));
      pipes.watermark(2500);
      pipes.row(Step.of("v", 0, 3000).row(PLAN));
      pipes.watermark(2999);
      assertThat(pipes.episodes()).isEmpty();
      pipes.watermark(3000);
      assertThat(shown(pipes)).containsExactly("v of 2");
    }
  }

  @Test
  void episodeWithoutAnEndIsOverAfterThePause() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.row(Step.of("v", 0, 1000).row(PLAN));
      pipes.watermark(MINUTE);
      pipes.row(Step.of("v", 1, 1000 + MINUTE).row(PLAN));
      pipes.watermark(999 + 2 * MINUTE);
      assertThat(pipes.episodes()).isEmpty();
      pipes.watermark(1000 + 2 * MINUTE);
      assertThat(shown(pipes)).containsExactly("v of 2");
    }
  }

  @Test
  void whatComesBackToAClosedEpisodeIsRefusedUntilItIsForgotten() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.row(Step.of("v", 0, 1000).last().row(PLAN));
      pipes.watermark(1000);
      pipes.row(Step.of("v", 1, 5000).row(PLAN));
      assertThat(reasons(pipes)).containsExactly("episode-closed");
      pipes.watermark(1000 + 10 * MINUTE);
      assertThat(pipes.held()).isZero();
      pipes.row(Step.of("v", 0, 2000 + 10 * MINUTE).last().row(PLAN));
      pipes.end();
      assertThat(shown(pipes)).containsExactly("v of 1", "v of 1");
    }
  }

  /** The same row is refused when it came before the episode was closed: order changes nothing. */
  @Test
  void whatFollowsTheEndIsRefusedWheneverItCame() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.row(Step.of("v", 1, 5000).row(PLAN));
      pipes.row(Step.of("v", 0, 1000).last().row(PLAN));
      pipes.watermark(1000);
      assertThat(shown(pipes)).containsExactly("v of 1");
      assertThat(reasons(pipes)).containsExactly("episode-closed");
    }
  }

  @Test
  void rowsThatTimeHasPassedAreRefusedAndCounted() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.watermark(1000);
      pipes.row(Step.of("v", 0, 1000).row(PLAN));
      assertThat(reasons(pipes)).containsExactly("too-late");
      assertThat(pipes.counts())
          .containsEntry("late", 1L)
          .containsEntry("dead-letters.too-late", 1L);
      assertThat(pipes.held()).isZero();
    }
  }

  @Test
  void sameContentCountsOnceAndOtherContentBreaksTheRuleOfBatch() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.row(Step.of("v", 0, 1000).row(PLAN));
      pipes.row(Step.of("v", 0, 1000).row(PLAN));
      pipes.row(Step.of("v", 0, 1000).selling(7.0).row(PLAN));
      pipes.end();
      assertThat(pipes.counts()).containsEntry("duplicates", 1L);
      assertThat(reasons(pipes)).containsExactly("duplicate-step", "duplicate-step");
      assertThat(pipes.letters().get(0).payload()).contains("\"visit\":\"v\"");
    }
  }

  @Test
  void deadLettersNameTheRuleOfTheirOwnRow() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.row(Step.of("v", 0, 1000).row(PLAN));
      pipes.row(Step.of("v", 1, 2000).withP(1.5).row(PLAN));
      pipes.end();
      assertThat(pipes.letters())
          .extracting(letter -> letter.reason() + " at " + letter.time())
          .containsExactlyInAnyOrder(
              "invalid-propensity at 2000", "episode-of-quarantined-row at 1000");
    }
  }

  @Test
  void tooLongAnEpisodeIsGivenUpAsAWhole() throws Exception {
    StreamPlan narrow = Shops.plan(Shops.WHOLE, "stream.most-rows=3");
    try (Pipes pipes = new Pipes(narrow)) {
      for (int step = 0; step < 5; step++) {
        pipes.row(Step.of("v", step, 1000 + step).row(narrow));
      }
      assertThat(reasons(pipes)).containsOnly("episode-too-long").hasSize(5);
      pipes.end();
      assertThat(pipes.episodes()).isEmpty();
      assertThat(pipes.held()).isZero();
    }
  }

  @Test
  void streamStopsWhereChecksSaySo() throws Exception {
    StreamPlan strict =
        Shops.plan(Shops.WHOLE, "ingest.checks={invalid-propensity: {treat: stop}}");
    try (Pipes pipes = new Pipes(strict)) {
      pipes.row(Step.of("v", 0, 1000).withP(2).row(strict));
      assertThatThrownBy(pipes::end)
          .isInstanceOf(SuppressRestartsException.class)
          .rootCause()
          .hasMessageContaining("breaks the rule invalid-propensity")
          .hasMessageContaining("episode v step 0 (propensity is 2.0), from test at 0");
    }
  }
}
