package dev.hindcast.streaming.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import dev.hindcast.gbrl.algorithm.Imitation;
import dev.hindcast.offlinerl.algorithm.Iql;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuningTest {
  @TempDir private static Path folder;
  @TempDir private static Path other;
  @TempDir private static Path spoilt;
  private static Shop shop;

  @BeforeAll
  static void open() {
    shop = new Shop(new DriftingRecommender(4, 0), folder, 300);
    shop.train("iql", Iql.Config.DEFAULT, Shop.small(200));
  }

  private static Season season(String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "stream.learn.diet={warm-up: 20, window: 600, rehearsed-steps: 300, updates-per-step: 0.1}"));
    all.addAll(List.of(overrides));
    StreamConfig config =
        shop.config("{name: iql, hidden: [32, 32], batch-size: 32}", 1, all.toArray(String[]::new));
    return new Season(shop, config, 150, 4);
  }

  private static Recommendation poisoned(Recommendation one) {
    return Math.floorMod(one.id().hashCode(), 10) == 0
        ? one.paying(one.item() == 0 ? 50 : -50)
        : one;
  }

  @Test
  void firstVersionIsTheBundle() {
    Season season = season();
    assertThat(season.standing().latest().number()).isZero();
    season.live(one -> one);
    assertThat(season.events.get(0))
        .contains("\"event\":\"published\"", "\"version\":1", "\"interval\":1");
    Publication child = season.publications.get(0);
    assertThat(child.before()).isNotEqualTo(child.bundle());
    assertThat(child.files()).containsKeys("manifest.json", "weights.safetensors", "model.onnx");
    String manifest = new String(child.files().get("manifest.json"), StandardCharsets.UTF_8);
    assertThat(manifest).contains("\"role\" : \"parent\"").contains(child.before().value());
  }

  @Test
  void strangeRewardsFreezeAndTakeBackWhatWasNotProven() {
    Season season = season();
    season.live(one -> one);
    season.live(one -> one);
    assertThat(season.standing().latest().number()).isEqualTo(2);
    assertThat(season.standing().good().number()).isEqualTo(1);
    season.live(FineTuningTest::poisoned);
    assertThat(season.standing().isFrozen()).isTrue();
    assertThat(season.standing().latest().number()).isEqualTo(1);
    assertThat(season.events.subList(2, 4))
        .satisfiesExactly(
            frozen ->
                assertThat(frozen).contains("\"event\":\"frozen\"", "beyond all of the dataset's"),
            back ->
                assertThat(back)
                    .contains("\"event\":\"rolled-back\"", "\"version\":1", "\"from_version\":2"));
    Publication back = season.publications.get(2);
    assertThat(back.files()).isEmpty();
    assertThat(back.bundle()).isEqualTo(season.publications.get(0).bundle());
    assertThat(back.before()).isEqualTo(season.publications.get(1).bundle());

    season.live(FineTuningTest::poisoned);
    assertThat(season.events.get(4)).contains("\"event\":\"still-frozen\"");
    season.live(one -> one);
    assertThat(season.events.get(5)).contains("so far 1 sound in a row");
    season.live(one -> one);
    assertThat(season.events.subList(6, 8))
        .satisfiesExactly(
            thawed -> assertThat(thawed).contains("\"event\":\"thawed\""),
            published ->
                assertThat(published).contains("\"event\":\"published\"", "\"version\":3"));
    assertThat(season.standing().isFrozen()).isFalse();
  }

  @Test
  void stepIsTakenBackUntilItIsSmallEnough() {
    Season season = season("stream.learn.most-divergence=1e-5");
    season.live(one -> one);
    assertThat(season.events.get(0)).containsPattern("\"step_share\":0\\.[0-9]*");
    assertThat(season.events.get(0)).contains("\"event\":\"published\"");
    Season free = season("stream.learn.most-divergence=10");
    free.live(one -> one);
    assertThat(free.events.get(0)).contains("\"step_share\":1.0");
  }

  @Test
  void intervalThatSaysTooLittleFreezes() {
    Season season = season("stream.learn.guard={effective-share: 0.999}");
    season.live(one -> one);
    assertThat(season.events.get(0))
        .contains("\"event\":\"frozen\"", "the interval says too little of the new policy");
    assertThat(season.publications).isEmpty();
  }

  @Test
  void failingLearnerFreezesInsteadOfEndingTheStream() {
    Season season =
        season(
            "stream.learn.diet={warm-up: 0}",
            "stream.learn.algorithm={name: iql, hidden: [32, 32], learning-rate: 1e30}");
    season.live(one -> one);
    assertThat(season.events.get(0)).contains("\"event\":\"frozen\"", "the learner failed");
    assertThat(season.standing().latest().number()).isZero();
  }

  @Test
  void shadowPromotesNothing() {
    Season season = season("stream.learn.shadow=true");
    season.live(one -> one);
    season.live(one -> one);
    assertThat(season.events.get(1)).contains("\"event\":\"shadowed\"", "\"version\":2");
    assertThat(season.publications).hasSize(2).noneMatch(Publication::isPromoted);
  }

  @Test
  void learnersForFreshEpisodesGoOnAfterAReturn() {
    Season season =
        season(
            "stream.learn.algorithm={name: hybrid-policy-gradient, hidden: [32, 32], batch-size: 32, critic-updates: 6, policy-updates: 2}");
    season.live(one -> one);
    season.live(one -> one);
    season.live(FineTuningTest::poisoned); // back to the first version
    season.live(one -> one);
    season.live(one -> one);
    assertThat(season.events.get(season.events.size() - 1))
        .contains("\"event\":\"published\"", "\"version\":3", "\"updates\":8");
  }

  @Test
  void treesForDatasetsBeginAnewInEveryInterval() {
    Shop trees = new Shop(new DriftingRecommender(4, 0), other, 200);
    trees.train(
        "behavior-cloning-trees",
        new Imitation(20, 0.1, 5, Imitation.DEFAULT.growth()),
        Shop.small(1));
    StreamConfig config =
        trees.config(
            "{name: behavior-cloning-trees, rounds: 10}",
            1,
            "stream.learn.diet={window: 600, rehearsed-steps: 300}",
            "stream.learn.most-divergence=1");
    Season season = new Season(trees, config, 100, 4);
    season.live(one -> one);
    season.live(one -> one);
    assertThat(season.events)
        .allSatisfy(line -> assertThat(line).contains("\"event\":\"published\"", "\"updates\":10"));
    assertThat(season.publications.get(1).files()).containsKey("trees.json");
  }

  @Test
  void bundleWithAnAlteredFileIsRefused() throws IOException {
    Shop altered = new Shop(new DriftingRecommender(4, 0), spoilt, 50);
    altered.train("iql", Iql.Config.DEFAULT, Shop.small(2));
    Files.writeString(spoilt.resolve("bundle/model-card.md"), "Better than it is.");
    StreamConfig config = altered.config("iql", 1);
    StreamPlan plan = StreamPlan.of(config, config.columns());
    assertThatThrownBy(() -> new FineTuning(config.learn().orElseThrow(), plan))
        .hasMessageContaining("model-card.md is not the file that was published");
  }

  @Test
  void bundleOfAnotherFormIsRefused() {
    StreamConfig config = shop.config("{name: iql, hidden: [16]}", 1);
    StreamPlan plan = StreamPlan.of(config, config.columns());
    FineTuning tuning = new FineTuning(config.learn().orElseThrow(), plan);
    assertThatThrownBy(tuning::begin)
        .hasMessageContaining("Cannot train the bundle")
        .hasMessageContaining("hidden layers [32, 32]")
        .hasMessageContaining("with the same networks");
    StreamConfig trees = shop.config("gradient-boosted-ppo", 1);
    FineTuning grown = new FineTuning(trees.learn().orElseThrow(), plan);
    assertThatThrownBy(grown::begin).hasMessageContaining("trees.json is missing");
  }
}
