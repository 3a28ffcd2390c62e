package dev.hindcast.streaming.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import dev.hindcast.offlinerl.algorithm.Iql;
import dev.hindcast.serving.registry.Alias;
import dev.hindcast.serving.registry.Generation;
import dev.hindcast.serving.registry.Objection;
import dev.hindcast.serving.registry.Promotion;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Registry;
import dev.hindcast.streaming.sink.BundleSink;
import dev.hindcast.streaming.sink.BundleSink.Staged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of publications in the folder of bundles and in a registry. */
class PublishingTest {
  @TempDir private Path folder;
  private Season season;
  private BundleSink sink;
  private RegisteredPolicy known;

  @BeforeEach
  void open() {
    Shop shop = new Shop(new DriftingRecommender(4, 0), folder, 200);
    shop.train("iql", Iql.Config.DEFAULT, Shop.small(50));
    season =
        new Season(
            shop,
            shop.config(
                "{name: iql, hidden: [32, 32], batch-size: 32}",
                1,
                "stream.learn.diet={warm-up: 20, window: 300, rehearsed-steps: 300, updates-per-step: 0.1}"),
            100,
            4);
    String registry = folder.resolve("registry").toString();
    sink = new BundleSink(folder.resolve("bundles").toString(), registry, "shop");
    known = Registry.at(registry).policy("shop");
  }

  private void promoteTheFirst() {
    int first =
        known.register(folder.resolve("bundle").toString(), Optional.empty(), "me").number();
    known.promote(
        new Promotion(
            first,
            Optional.empty(),
            Optional.empty(),
            EnumSet.allOf(Objection.class),
            "to begin with",
            "me",
            Optional.empty()));
  }

  /** Publishes as a checkpoint does that is committed so many times. */
  private List<Throwable> publish(List<Publication> some, int times) throws Exception {
    CommittingSinkWriter<Publication, Staged> writer = sink.createWriter(null);
    for (Publication one : some) {
      writer.write(one, null);
    }
    List<Throwable> refused = new ArrayList<>();
    var serializer = sink.getCommittableSerializer();
    List<CommitRequest<Staged>> requests = new ArrayList<>();
    for (Staged staged : writer.prepareCommit()) {
      Staged back = serializer.deserialize(serializer.getVersion(), serializer.serialize(staged));
      requests.add(new Request(back, refused));
    }
    for (int i = 0; i < times; i++) {
      sink.createCommitter(null).commit(requests);
    }
    return refused;
  }

  private List<String> bundles() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("bundles"))) {
      return all.map(path -> path.getFileName().toString())
          .filter(n -> !n.startsWith("."))
          .toList();
    }
  }

  private static Recommendation poisoned(Recommendation one) {
    return Math.floorMod(one.id().hashCode(), 5) == 0 ? one.paying(50) : one;
  }

  @Test
  void championFollowsWhatIsLearnedAndGoesBackWithIt() throws Exception {
    promoteTheFirst();
    season.live(one -> one);
    season.live(one -> one);
    assertThat(publish(season.publications, 3)).isEmpty();
    assertThat(bundles()).hasSize(2);
    assertThat(known.versions()).hasSize(3);
    assertThat(known.version(Alias.CHAMPION).orElseThrow().fingerprint())
        .isEqualTo(season.publications.get(1).bundle());
    assertThat(known.history()).hasSize(3);
    assertThat(known.version(2).parent()).contains(known.version(1).fingerprint());

    season.live(PublishingTest::poisoned);
    assertThat(publish(season.publications.subList(2, 3), 2)).isEmpty();
    assertThat(known.version(Alias.CHAMPION).orElseThrow().fingerprint())
        .isEqualTo(season.publications.get(0).bundle());
    assertThat(known.history().get(3).move()).isEqualTo(Generation.Move.ROLLBACK);
    assertThat(known.history()).hasSize(4);
  }

  @Test
  void whoeverElseMovedTheChampionKeepsTheLastWord() throws Exception {
    promoteTheFirst();
    season.live(one -> one);
    publish(season.publications, 1);
    known.rollback(Optional.of(1), Optional.empty(), "I do not like it", "me");
    season.live(one -> one);
    assertThat(publish(season.publications.subList(1, 2), 1))
        .singleElement()
        .satisfies(
            refusal ->
                assertThat(refusal)
                    .hasMessageContaining("Cannot put version 3")
                    .hasMessageContaining("the champion is version 1"));
    assertThat(bundles()).hasSize(2);
    assertThat(known.version(Alias.CHAMPION).orElseThrow().number()).isEqualTo(1);
  }

  @Test
  void withoutAChampionVersionsAreOnlyRegistered() throws Exception {
    season.live(one -> one);
    assertThat(publish(season.publications, 1))
        .singleElement()
        .satisfies(
            refusal ->
                assertThat(refusal)
                    .hasMessageContaining(
                        "shop has no champion to go on from. Promote the bundle"));
    assertThat(known.versions()).hasSize(1);
    assertThat(known.generation()).isEmpty();
  }

  /** One that remembers why it was refused. */
  private record Request(Staged getCommittable, List<Throwable> refused)
      implements CommitRequest<Staged> {
    @Override
    public int getNumberOfRetries() {
      return 0;
    }

    @Override
    public void signalFailedWithKnownReason(Throwable reason) {
      refused.add(reason);
    }

    @Override
    public void signalFailedWithUnknownReason(Throwable reason) {
      throw new AssertionError(reason);
    }

    @Override
    public void retryLater() {
      throw new AssertionError("Nothing is to be tried again.");
    }

    @Override
    public void updateAndRetryLater(Staged other) {
      throw new AssertionError("Nothing is to be tried again.");
    }

    @Override
    public void signalAlreadyCommitted() {}
  }
}
