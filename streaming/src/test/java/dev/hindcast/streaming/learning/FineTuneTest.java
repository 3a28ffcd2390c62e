package dev.hindcast.streaming.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import dev.hindcast.offlinerl.algorithm.Iql;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EpisodeRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuneTest {
  private static final int VISITS = 400;

  @TempDir private static Path folder;
  private static Shop shop;

  @BeforeAll
  static void open() {
    shop = new Shop(DriftingRecommender.DEFAULT, folder, 200);
    shop.train("iql", Iql.Config.DEFAULT, Shop.small(50));
  }

  private static StreamConfig config(String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "stream.learn.diet={warm-up: 20, window: 600, rehearsed-steps: 300, updates-per-step: 0.1}"));
    all.addAll(List.of(overrides));
    return shop.config(
        "{name: iql, hidden: [32, 32], batch-size: 32}", 250, all.toArray(String[]::new));
  }

  private static List<StreamRecord<EpisodeRows>> episodes(StreamPlan plan) {
    List<Recommendation> shown = shop.world().visits(shop.world().nearest(0, 0.5), 0, VISITS, 9);
    return new ArrayList<>(
        Shop.episodes(plan, shown).stream()
            .map(episode -> new StreamRecord<>(episode, episode.lastTime() / 4000 * 4000))
            .toList()); // several at the same time
  }

  /** One operator, fed by hand. */
  private static final class Fed implements AutoCloseable {
    private OneInputStreamOperatorTestHarness<EpisodeRows, Publication> harness;
    private final StreamConfig config;
    private final StreamPlan plan;
    private final List<String> bundles = new ArrayList<>();
    private final List<String> events = new ArrayList<>();

    Fed(StreamConfig config) throws Exception {
      this.config = config;
      plan = StreamPlan.of(config, config.columns());
      begin(null);
    }

    private void begin(OperatorSubtaskState state) throws Exception {
      harness =
          new OneInputStreamOperatorTestHarness<>(
              new FineTune(config.learn().orElseThrow(), plan), 1, 1, 0);
      harness.setup(
          PublicationSerializer.TYPE.createSerializer(
              harness.getExecutionConfig().getSerializerConfig()));
      if (state != null) {
        harness.initializeState(state);
      }
      harness.open();
    }

    /** Written down, thrown away and taken up by another one. */
    void restart() throws Exception {
      OperatorSubtaskState state = harness.snapshot(1, 1);
      harness.close();
      begin(state);
    }

    void feed(List<StreamRecord<EpisodeRows>> some, long watermark) throws Exception {
      harness.processElements(some);
      harness.processWatermark(watermark);
      harness.extractOutputValues().forEach(one -> bundles.add(one.bundle().value()));
      harness.getOutput().clear();
      Queue<StreamRecord<String>> side = harness.getSideOutput(FineTune.EVENTS);
      while (side != null && !side.isEmpty()) {
        events.add(side.poll().getValue());
      }
    }

    @Override
    public void close() {
      try {
        harness.close();
      } catch (Exception e) {
        throw new IllegalStateException("Cannot close the operator.", e);
      }
    }
  }

  private static Fed inOneGo(StreamConfig config) throws Exception {
    try (Fed fed = new Fed(config)) {
      fed.feed(episodes(fed.plan), Long.MAX_VALUE);
      return fed;
    }
  }

  @Test
  void orderOfArrivalAndOfWatermarksIsOfNoConsequence() throws Exception {
    Fed expected = inOneGo(config());
    assertThat(expected.bundles).hasSizeGreaterThanOrEqualTo(3).doesNotHaveDuplicates();
    try (Fed fed = new Fed(config())) {
      List<StreamRecord<EpisodeRows>> all = episodes(fed.plan);
      Random random = new Random(5);
      for (int from = 0; from < all.size(); from += 50) {
        List<StreamRecord<EpisodeRows>> some =
            new ArrayList<>(all.subList(from, Math.min(all.size(), from + 50)));
        long time = some.stream().mapToLong(StreamRecord::getTimestamp).min().orElseThrow();
        Collections.shuffle(some, random);
        fed.feed(some, time - 1);
      }
      fed.feed(List.of(), Long.MAX_VALUE);
      assertThat(fed.bundles).isEqualTo(expected.bundles);
      assertThat(fed.events).isEqualTo(expected.events);
    }
  }

  @Test
  void restartedLearnerIsTheUndisturbedOneBitForBit() throws Exception {
    Fed expected = inOneGo(config());
    try (Fed fed = new Fed(config())) {
      List<StreamRecord<EpisodeRows>> all = episodes(fed.plan);
      for (int from = 0; from < all.size(); from += 80) {
        fed.restart();
        List<StreamRecord<EpisodeRows>> some = all.subList(from, Math.min(all.size(), from + 80));
        fed.feed(some, some.get(some.size() - 1).getTimestamp() - 4000);
      }
      fed.restart();
      fed.feed(List.of(), Long.MAX_VALUE);
      // a bundle's fingerprint covers its weights, its figures and all that made it
      assertThat(fed.bundles).isEqualTo(expected.bundles);
      assertThat(fed.events).isEqualTo(expected.events);
    }
  }

  @Test
  void intervalsOfTimeCloseWhenTimeHasPassedThem() throws Exception {
    String every = "stream.learn.interval={time: 100 s}";
    Fed expected = inOneGo(config(every));
    assertThat(expected.events).hasSizeBetween(4, 6);
    try (Fed fed = new Fed(config(every))) {
      List<StreamRecord<EpisodeRows>> all = episodes(fed.plan);
      long end = (DriftingRecommender.START_MILLIS / 100_000 + 1) * 100_000 - 1;
      fed.feed(all, end - 1);
      assertThat(fed.events).isEmpty();
      fed.feed(List.of(), end);
      assertThat(fed.events).hasSize(1);
      fed.feed(List.of(), Long.MAX_VALUE);
      assertThat(fed.bundles).isEqualTo(expected.bundles);
    }
  }
}
