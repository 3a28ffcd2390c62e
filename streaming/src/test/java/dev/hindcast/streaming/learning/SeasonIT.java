package dev.hindcast.streaming.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import dev.hindcast.gbrl.algorithm.Imitation;
import dev.hindcast.offlinerl.algorithm.Iql;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What learning from a stream is worth in a world that drifts, and what the guard is worth when
 * rewards are poisoned. Values are exact, returns are those of simulated visits.
 */
class SeasonIT {
  private static final int INTERVALS = 12;
  private static final int VISITS = 800;
  // what is frozen for long in a fast world falls behind by itself
  private static final double SLOW = 0.25;
  private static final String NETWORKS =
      "{name: iql, hidden: [32, 32], batch-size: 128, inverse-temperature: 10, learning-rate: 1e-3}";
  private static final String TREES =
      "{name: gradient-boosted-ppo, epochs: 8, parts: 4, divergence-limit: 0.05, entropy-weight: 0.01, growth: {rate: 0.5}}";

  @TempDir private Path folder;

  private Shop networks(double turnsPerDay) {
    return new Shop(new DriftingRecommender(4, turnsPerDay), folder, 3000)
        .train(
            "iql",
            new Iql.Config(0.7, 10, Iql.Config.DEFAULT.policy(), 1e-3, 0.005),
            Shop.small(1500));
  }

  private Shop trees(double turnsPerDay) {
    return new Shop(new DriftingRecommender(4, turnsPerDay), folder, 3000)
        .train("behavior-cloning-trees", Imitation.DEFAULT, Shop.small(1));
  }

  private static Season season(Shop shop, String algorithm, String... more) {
    String[] all = Arrays.copyOf(more, more.length + 2);
    all[more.length] = "stream.learn.diet={fresh-share: 0.9, window: 4000, warm-up: 500}";
    all[more.length + 1] = "stream.learn.most-divergence=0.2";
    return new Season(shop, shop.config(algorithm, 1, all), VISITS, 5);
  }

  /** Returns of the visits of the second half, with a policy that never changes. */
  private static double[] frozen(Shop shop) {
    Policy first = Season.exploring(shop.first());
    Map<String, Double> returns = new HashMap<>();
    shop.world()
        .visits(first, (long) VISITS * INTERVALS / 2, VISITS * INTERVALS / 2, 5)
        .forEach(one -> returns.merge(one.visit(), one.reward(), Double::sum));
    return returns.values().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double mean(double[] all) {
    return Arrays.stream(all).average().orElseThrow();
  }

  private static double squaredError(double[] all) {
    double mean = mean(all);
    double squares = 0;
    for (double one : all) {
      squares += (one - mean) * (one - mean);
    }
    return squares / (all.length - 1) / all.length;
  }

  private static void beatsTheFrozenOne(Shop shop, String algorithm) {
    Season season = season(shop, algorithm);
    for (int i = 0; i < INTERVALS; i++) {
      season.live(one -> one);
    }
    double[] learned =
        season.rewards.subList(season.rewards.size() / 2, season.rewards.size()).stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
    double[] frozen = frozen(shop);
    double error = Math.sqrt(squaredError(learned) + squaredError(frozen));
    assertThat(mean(learned) - mean(frozen))
        .as(
            "mean return of the second half, %s against %s, standard error %s",
            mean(learned), mean(frozen), error)
        .isGreaterThan(2 * error);
    assertThat(season.events).noneMatch(line -> line.contains("\"event\":\"frozen\""));
  }

  @Test
  void networksThatLearnBeatThoseThatDoNot() {
    beatsTheFrozenOne(networks(2), NETWORKS);
  }

  @Test
  void treesThatLearnBeatThoseThatDoNot() {
    beatsTheFrozenOne(trees(2), TREES);
  }

  /**
   * In one step of twenty the reward is what hurts most: a fortune where the item was a bad one, a
   * fine where it was the best.
   */
  private static Recommendation poisoned(DriftingRecommender world, Recommendation one) {
    if (Math.floorMod(one.id().hashCode(), 20) != 0) {
      return one;
    }
    float[] taste = one.seen().numbers();
    long degrees = Math.round(Math.toDegrees(Math.atan2(taste[1], taste[0])));
    int device = one.seen().codes()[0] - 1;
    var visitor = new DriftingRecommender.Visitor((int) Math.floorMod(degrees, 360L), device);
    double day = DriftingRecommender.day(Long.parseLong(one.visit().substring(6)));
    int best = 0;
    for (int item = 1; item < world.items(); item++) {
      best = world.click(visitor, item, day) > world.click(visitor, best, day) ? item : best;
    }
    return one.paying(one.item() == best ? -20 : 20);
  }

  private static Season poisoned(Shop shop, String algorithm, String... more) {
    Season season = season(shop, algorithm, more);
    for (int i = 0; i < 9; i++) {
      boolean isPoisoned = i >= 3;
      season.live(one -> isPoisoned ? poisoned(shop.world(), one) : one);
    }
    return season;
  }

  private static int below(List<Double> values, double gate) {
    int longest = 0;
    int now = 0;
    for (double value : values) {
      now = value < gate ? now + 1 : 0;
      longest = Math.max(longest, now);
    }
    return longest;
  }

  @Test
  void poisonFreezesNetworksBeforeItHarms() {
    Shop shop = networks(SLOW);
    double gate = 0.7 * shop.world().value(shop.first(), 0);
    Season guarded = poisoned(shop, NETWORKS);
    assertThat(guarded.events).anyMatch(line -> line.contains("\"event\":\"frozen\""));
    assertThat(guarded.events).anyMatch(line -> line.contains("\"event\":\"rolled-back\""));
    assertThat(below(guarded.values, gate)).isLessThanOrEqualTo(1);

    Season unguarded =
        poisoned(
            shop,
            NETWORKS,
            "stream.learn.guard={strange-share: 0.99, reward-tolerance: 0.99, effective-share: 0}",
            "stream.learn.most-divergence=100");
    assertThat(below(unguarded.values, gate)).isGreaterThan(1);
  }

  @Test
  void poisonFreezesTreesBeforeItHarms() {
    Shop shop = trees(SLOW);
    double gate = 0.7 * shop.world().value(shop.first(), 0);
    Season guarded = poisoned(shop, TREES);
    assertThat(guarded.events).anyMatch(line -> line.contains("\"event\":\"frozen\""));
    assertThat(guarded.events).anyMatch(line -> line.contains("\"event\":\"rolled-back\""));
    assertThat(below(guarded.values, gate)).isLessThanOrEqualTo(1);
  }
}
