package dev.hindcast.streaming.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.ingestion.check.EpisodeScreening;
import dev.hindcast.ingestion.mapping.MappedRow;
import dev.hindcast.ingestion.mapping.Sessionizer;
import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.row.EventRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Batch and stream build the same transitions from the same events, in whatever order they come
 * within the allowed lateness, and however often.
 */
class BatchAndStreamTest {
  private static final long LATENESS = 5_000;

  private static final StreamPlan JOINED = Shops.plan(Shops.JOINED);
  private static final StreamPlan WHOLE = Shops.plan(Shops.WHOLE);
  private static final StreamPlan BY_USER =
      Shops.plan(
          Shops.WHOLE
              .replace(
                  "episode: {id: visit, step: step}",
                  "episode: {id: visit, order-by: at, gap: 30 s}")
              .replace("  close-after: 60 s\n", ""));
  private static final StreamPlan EACH_ROW =
      Shops.plan(
          Shops.WHOLE
              .replace("episode: {id: visit, step: step}", "episode: {id: id}")
              .replace("  close-after: 60 s\n", ""));

  /** An event, and how long after it happened each of its copies arrives. */
  record Happening(Step step, long rewardAfter, List<Long> delays, List<Long> rewardDelays) {}

  private record Arriving(long at, EventRow row, boolean isReward) {}

  @Property(tries = 50, seed = "7", shrinking = ShrinkingMode.BOUNDED)
  void joinedRows(@ForAll("visits") List<Happening> happenings) throws Exception {
    List<Arriving> arriving = new ArrayList<>();
    List<EventRow> log = new ArrayList<>();
    for (Happening happening : happenings) {
      Step step = happening.step();
      for (long delay : happening.delays()) {
        arriving.add(new Arriving(step.millis() + delay, step.decision(JOINED), false));
      }
      boolean isRewarded = step.sold() != null;
      long happened = step.millis() + happening.rewardAfter();
      for (long delay : isRewarded ? happening.rewardDelays() : List.<Long>of()) {
        arriving.add(new Arriving(happened + delay, step.reward(JOINED, happened), true));
      }
      boolean isInTime = isRewarded && happening.rewardAfter() <= JOINED.within();
      log.add(step.selling(isInTime ? step.sold() : Double.valueOf(0)).row(JOINED));
    }
    arriving.sort(Comparator.comparingLong(Arriving::at));
    try (Pipes pipes = new Pipes(JOINED)) {
      long decisions = Long.MIN_VALUE;
      long rewards = Long.MIN_VALUE;
      for (Arriving next : arriving) {
        if (next.isReward()) {
          pipes.reward(next.row());
          rewards = Math.max(rewards, next.row().time());
          pipes.watermarkOfRewards(rewards - LATENESS - 1);
        } else {
          pipes.decision(next.row());
          decisions = Math.max(decisions, next.row().time());
          pipes.watermarkOfDecisions(decisions - LATENESS - 1);
        }
      }
      pipes.end();
      assertSame(JOINED, log, pipes, arriving.size());
    }
  }

  @Property(tries = 50, seed = "7", shrinking = ShrinkingMode.BOUNDED)
  void wholeRows(@ForAll("visits") List<Happening> happenings) throws Exception {
    assertSame(WHOLE, happenings);
  }

  @Property(tries = 50, seed = "7", shrinking = ShrinkingMode.BOUNDED)
  void rowsOfUsersCutByPauses(@ForAll("visits") List<Happening> happenings) throws Exception {
    assertSame(BY_USER, happenings);
  }

  @Property(tries = 30, seed = "7", shrinking = ShrinkingMode.BOUNDED)
  void rowsThatAreEpisodes(@ForAll("visits") List<Happening> happenings) throws Exception {
    assertSame(EACH_ROW, happenings);
  }

  /**
   * Up to five visits of up to seven steps, at most 25 seconds apart, at the same time; in one of
   * four visits something is wrong. Up to three copies of each event arrive.
   */
  @Provide
  Arbitrary<List<Happening>> visits() {
    Arbitrary<List<Happening>> visit =
        Combinators.combine(
                Arbitraries.integers().between(0, 60).map(i -> 1_700_000_000_000L + i * 1000L),
                happening().list().ofMinSize(1).ofMaxSize(7),
                Arbitraries.integers().between(0, 7))
            .as(BatchAndStreamTest::visit);
    return visit
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(
            visits -> {
              List<Happening> all = new ArrayList<>();
              for (int i = 0; i < visits.size(); i++) {
                for (Happening happening : visits.get(i)) {
                  Step step = happening.step();
                  all.add(
                      new Happening(
                          new Step(
                              "v" + i + "-" + step.step() + "-" + step.millis(),
                              "v" + i,
                              step.step(),
                              step.age(),
                              step.offer(),
                              step.p(),
                              step.left(),
                              step.sold(),
                              step.millis()),
                          happening.rewardAfter(),
                          happening.delays(),
                          happening.rewardDelays()));
                }
              }
              return all;
            });
  }

  /** The pause before it stands where the time will. */
  private static Arbitrary<Happening> happening() {
    Arbitrary<List<Long>> delays =
        Arbitraries.longs().between(0, LATENESS).list().ofMinSize(1).ofMaxSize(3);
    return Combinators.combine(
            Arbitraries.longs().between(1, 25_000),
            Arbitraries.doubles().between(0, 9).ofScale(1).injectNull(0.3),
            Arbitraries.longs().between(0, 22_000),
            delays,
            delays)
        .as(
            (pause, sold, rewardAfter, decisionDelays, rewardDelays) ->
                new Happening(
                    Step.of("v", 0, pause).selling(sold),
                    rewardAfter,
                    decisionDelays,
                    rewardDelays));
  }

  private static List<Happening> visit(long start, List<Happening> steps, int fate) {
    List<Happening> visit = new ArrayList<>();
    long time = start;
    for (int i = 0; i < steps.size(); i++) {
      Happening drawn = steps.get(i);
      time += drawn.step().millis();
      int number = fate == 0 && i > 1 ? i + 1 : i; // a missing step
      Step step = Step.of("v", number, time).selling(drawn.step().sold());
      if (fate == 1 && i == 0) {
        step = step.withP(0);
      }
      if (fate > 3 && i == steps.size() - 1) {
        step = step.last();
      }
      visit.add(new Happening(step, drawn.rewardAfter(), drawn.delays(), drawn.rewardDelays()));
    }
    return visit;
  }

  private static void assertSame(StreamPlan plan, List<Happening> happenings) throws Exception {
    List<Arriving> arriving = new ArrayList<>();
    List<EventRow> log = new ArrayList<>();
    for (Happening happening : happenings) {
      EventRow row = happening.step().row(plan);
      log.add(row);
      for (long delay : happening.delays()) {
        arriving.add(new Arriving(row.time() + delay, row, false));
      }
    }
    arriving.sort(Comparator.comparingLong(Arriving::at));
    try (Pipes pipes = new Pipes(plan)) {
      long latest = Long.MIN_VALUE;
      for (Arriving next : arriving) {
        pipes.row(next.row());
        latest = Math.max(latest, next.row().time());
        pipes.watermark(latest - LATENESS - 1);
      }
      pipes.end();
      assertSame(plan, log, pipes, arriving.size());
    }
  }

  private static void assertSame(StreamPlan plan, List<EventRow> log, Pipes pipes, int arrived) {
    Map<String, List<MappedRow>> byId = new TreeMap<>();
    for (EventRow row : log) {
      byId.computeIfAbsent(plan.mapper().episodeId(row), id -> new ArrayList<>())
          .add(plan.mapper().map(row));
    }
    TransitionColumns.Builder batch = plan.layout().builder();
    List<String> aside = new ArrayList<>();
    byId.forEach(
        (id, rows) -> {
          for (Sessionizer.Piece piece : plan.sessionizer().episodes(rows)) {
            EpisodeScreening.Decision decision = plan.screening().screen(piece.of(rows));
            decision.quarantined().forEach(row -> aside.add(row.rule()));
            if (!decision.kept().isEmpty()) {
              plan.sessionizer().append(decision.kept(), batch);
            }
          }
        });
    List<EpisodeRows> episodes =
        pipes.episodes().stream().sorted(Comparator.comparing(EpisodeRows::episodeId)).toList();
    assertThat(told(Transitions.of(plan, episodes))).isEqualTo(told(batch.build()));
    assertThat(pipes.letters())
        .extracting(letter -> letter.reason())
        .filteredOn(reason -> !reason.startsWith("reward-too") && !reason.startsWith("reward-wi"))
        .containsExactlyInAnyOrderElementsOf(aside);
    // every arrival is somewhere: in an episode, in a dead letter, counted twice, or a reward
    Map<String, Long> counts = pipes.counts();
    long rewarded =
        pipes.episodes().stream()
            .flatMap(episode -> episode.rows().stream())
            .filter(row -> plan.isJoined())
            .count();
    assertThat(counts.getOrDefault("duplicates", 0L)).isLessThan(arrived);
    if (!plan.isJoined()) {
      assertThat(
              counts.getOrDefault("duplicates", 0L)
                  + counts.getOrDefault("steps", 0L)
                  + pipes.letters().size())
          .isEqualTo(arrived);
    } else {
      assertThat(rewarded).isEqualTo(counts.getOrDefault("steps", 0L));
    }
  }

  private static List<String> told(TransitionColumns columns) {
    List<String> told = new ArrayList<>();
    for (int episode = 0; episode < columns.episodes(); episode++) {
      for (int row = columns.start(episode); row < columns.end(episode); row++) {
        int fields = columns.observationSpace().numeric().size();
        told.add(
            columns.episodeId(episode)
                + " "
                + (row - columns.start(episode))
                + " "
                + Arrays.toString(
                    Arrays.copyOfRange(columns.numeric(), row * fields, (row + 1) * fields))
                + " "
                + columns.action(row)
                + " "
                + columns.reward(row)
                + " "
                + columns.propensity(row)
                + " "
                + columns.terminated(row)
                + " "
                + columns.truncated(row));
      }
    }
    java.util.Collections.sort(told);
    return told;
  }
}
