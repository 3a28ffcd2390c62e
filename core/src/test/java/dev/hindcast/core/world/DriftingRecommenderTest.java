package dev.hindcast.core.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.UniformPolicy;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DriftingRecommenderTest {
  private static final DriftingRecommender WORLD = DriftingRecommender.DEFAULT;

  private static double mean(List<Recommendation> shown) {
    return shown.stream().mapToDouble(Recommendation::reward).sum()
        / shown.stream().map(Recommendation::visit).distinct().count();
  }

  @Test
  void bestPolicyIsWorthTheSameEveryDayAndIsWrongOnOthers() {
    for (double day : new double[] {0, 0.1, 0.4, 1.3}) {
      assertThat(WORLD.value(WORLD.best(day), day)).isCloseTo(WORLD.bestValue(), within(2e-3));
    }
    assertThat(WORLD.value(WORLD.best(0), 0.5)).isLessThan(0.2 * WORLD.bestValue());
    assertThat(WORLD.value(WORLD.best(0), 1)).isCloseTo(WORLD.bestValue(), within(1e-9));
  }

  @Test
  void noItemChangesTheBestPolicyForTheBetter() {
    Policy best = WORLD.best(0.2);
    for (int item = 0; item < WORLD.items(); item++) {
      int other = item;
      Policy always = new RulePolicy(WORLD.items(), 0, (numbers, codes) -> other);
      assertThat(WORLD.value(always, 0.2)).isLessThan(WORLD.value(best, 0.2));
    }
    assertThat(WORLD.value(new UniformPolicy(WORLD.items()), 0.2))
        .isLessThan(0.6 * WORLD.value(best, 0.2));
  }

  @Test
  void visitsEarnWhatThePolicyIsWorth() {
    DriftingRecommender still = new DriftingRecommender(4, 0);
    Policy policy = still.nearest(0, 0.3);
    double[] returns = still.on(0).returns(policy, DiscreteWorld.Acting.DRAWN, 20_000, 1, 3);
    double ofLives = java.util.Arrays.stream(returns).average().orElseThrow();
    assertThat(mean(still.visits(policy, 0, 20_000, 5)))
        .isCloseTo(still.value(policy, 0), within(0.03));
    assertThat(ofLives).isCloseTo(still.value(policy, 0), within(0.03));
  }

  @Test
  void visitIsTheSameWhoeverComesBeforeIt() {
    Policy policy = WORLD.nearest(0, 0.5);
    List<Recommendation> all = WORLD.visits(policy, 0, 60, 7);
    List<Recommendation> later = WORLD.visits(policy, 40, 20, 7);
    assertThat(later.stream().map(Recommendation::whole).toList())
        .isEqualTo(
            all.subList(all.size() - later.size(), all.size()).stream()
                .map(Recommendation::whole)
                .toList());
    assertThat(later.get(0).millis())
        .isEqualTo(DriftingRecommender.START_MILLIS + 40 * DriftingRecommender.PACE_MILLIS);
  }

  @Test
  void eventsTellPropensitiesAndTheEndOfVisits() {
    Policy policy = WORLD.nearest(0, 0.4);
    List<Recommendation> shown = WORLD.visits(policy, 0, 500, 1);
    assertThat(shown)
        .allSatisfy(one -> assertThat(one.propensity()).isIn(0.1, 0.7))
        .allSatisfy(one -> assertThat(one.step()).isBetween(0, 4));
    var visits = shown.stream().collect(Collectors.groupingBy(Recommendation::visit));
    assertThat(visits).hasSize(500);
    visits
        .values()
        .forEach(
            steps -> {
              assertThat(steps.subList(0, steps.size() - 1)).noneMatch(Recommendation::isLast);
              assertThat(steps.get(steps.size() - 1).isLast()).isTrue();
            });
  }

  @Test
  void logOfADayIsTruncatedAfterFiveStepsOnly() {
    TransitionColumns log = WORLD.on(0).log(WORLD.on(0).behaviors(), 300, 1);
    for (int episode = 0; episode < log.episodes(); episode++) {
      int last = log.end(episode) - 1;
      assertThat(log.end(episode) - log.start(episode)).isLessThanOrEqualTo(5);
      assertThat(log.terminated(last) || log.end(episode) - log.start(episode) == 5).isTrue();
    }
  }

  @Test
  void liveVisitMeetsTheLuckOfTheLoggedOne() {
    Policy always = new RulePolicy(WORLD.items(), 0, (numbers, codes) -> 1);
    for (int number = 0; number < 50; number++) {
      List<Recommendation> logged = WORLD.visits(always, number, 1, 7);
      DriftingRecommender.Visit visit = WORLD.visit(number, 7);
      for (Recommendation one : logged) {
        assertThat(visit.isOver()).isFalse();
        assertThat(visit.device()).isEqualTo(one.device());
        assertThat(visit.seen().numbers()).isEqualTo(one.seen().numbers());
        assertThat(visit.recommend(1, DriftingRecommender.day(number)))
            .isEqualTo(one.reward() == 1);
      }
      assertThat(visit.isOver()).isTrue();
      assertThatThrownBy(() -> visit.recommend(1, 0)).hasMessage("The visitor has left.");
    }
  }
}
