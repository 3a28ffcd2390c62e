package dev.hindcast.streaming.learning;

import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A season in a drifting world: the champion acts and explores, its visits are learned from, and
 * what was learned from an interval acts two intervals later, as a live scorer hears of it late.
 */
final class Season {
  private static final double EXPLORATION = 0.1;

  private final Shop shop;
  private final StreamPlan plan;
  private final FineTuning tuning;
  private final int visits;
  private final long seed;
  private Standing standing;
  private final Map<String, Policy> policies = new HashMap<>();
  private Policy acting;
  private Policy next;
  private long first;
  final List<Double> rewards = new ArrayList<>();
  final List<Double> values = new ArrayList<>();
  final List<String> events = new ArrayList<>();
  final List<Publication> publications = new ArrayList<>();

  Season(Shop shop, StreamConfig config, int visits, long seed) {
    this.shop = shop;
    this.visits = visits;
    this.seed = seed;
    plan = StreamPlan.of(config, config.columns());
    tuning = new FineTuning(config.learn().orElseThrow(), plan);
    standing = tuning.begin();
    acting = shop.first();
    next = acting;
    policies.put(standing.latest().bundle().value(), acting);
  }

  /** A policy that also explores. */
  static Policy exploring(Policy policy) {
    return decisions -> {
      ActionDistribution.Categorical choices = policy.categorical(decisions);
      double[] mixed = choices.probabilities().clone();
      for (int i = 0; i < mixed.length; i++) {
        mixed[i] = (1 - EXPLORATION) * mixed[i] + EXPLORATION / choices.actions();
      }
      return new ActionDistribution.Categorical(choices.rows(), choices.actions(), mixed);
    };
  }

  /** One interval. */
  void live(UnaryOperator<Recommendation> tampering) {
    DriftingRecommender world = shop.world();
    List<Recommendation> shown = world.visits(exploring(acting), first, visits, seed);
    values.add(world.value(acting, DriftingRecommender.day(first + visits / 2)));
    Map<String, Double> returns = new HashMap<>();
    shown.forEach(one -> returns.merge(one.visit(), one.reward(), Double::sum));
    rewards.addAll(returns.values());
    first += visits;
    FineTuning.Outcome outcome =
        tuning.learn(
            standing,
            new Interval(
                shown.get(shown.size() - 1).millis(),
                Shop.episodes(plan, shown.stream().map(tampering).toList())));
    standing = outcome.standing();
    events.addAll(outcome.events());
    acting = next;
    for (Publication publication : outcome.publications()) {
      publications.add(publication);
      if (!publication.files().isEmpty()) {
        policies.put(publication.bundle().value(), Shop.policy(publication.files()));
      }
      if (publication.isPromoted()) {
        next = policies.get(publication.bundle().value());
      }
    }
  }

  Standing standing() {
    return standing;
  }
}
