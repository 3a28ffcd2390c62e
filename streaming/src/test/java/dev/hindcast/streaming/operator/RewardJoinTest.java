package dev.hindcast.streaming.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.ingestion.mapping.LogSchema;
import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EventRow;
import org.junit.jupiter.api.Test;

/** Rewards count within 20 seconds of their decision. */
class RewardJoinTest {
  private static final StreamPlan PLAN = Shops.plan(Shops.JOINED);
  private static final Step LAST = Step.of("v", 0, 10_000).selling(2.0).last();

  private static Object of(StreamPlan plan, Pipes pipes, String column) {
    EventRow row = pipes.episodes().get(0).rows().get(0);
    return row.value(plan.columns().place(column));
  }

  private static void watermark(Pipes pipes, long time) throws Exception {
    pipes.watermarkOfDecisions(time);
    pipes.watermarkOfRewards(time);
  }

  @Test
  void decisionGoesOnWithItsRewardWhenNoneCanComeAnyMore() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.reward(LAST.reward(PLAN, 12_000));
      pipes.decision(LAST.decision(PLAN));
      watermark(pipes, 29_999);
      assertThat(pipes.episodes()).isEmpty();
      watermark(pipes, 30_000);
      assertThat(of(PLAN, pipes, "sold")).isEqualTo(2.0);
      assertThat(of(PLAN, pipes, LogSchema.REWARD_OBSERVED)).isEqualTo(true);
    }
  }

  @Test
  void decisionWithoutRewardGetsTheValueForItAndSaysSo() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.decision(LAST.decision(PLAN));
      pipes.end();
      assertThat(of(PLAN, pipes, "sold")).isEqualTo(0.0);
      assertThat(of(PLAN, pipes, LogSchema.REWARD_OBSERVED)).isEqualTo(false);
      assertThat(pipes.counts()).containsEntry("without-reward", 1L);
    }
  }

  @Test
  void withoutAValueForItTheRuleOfBatchDecides() throws Exception {
    StreamPlan none = Shops.plan(Shops.JOINED.replace(", otherwise: 0", ""));
    try (Pipes pipes = new Pipes(none)) {
      pipes.decision(LAST.decision(none));
      pipes.end();
      assertThat(pipes.letters()).extracting(l -> l.reason()).containsExactly("reward-missing");
    }
  }

  @Test
  void rewardsThatComeTooLateAreToldFromThoseOfNoDecision() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      pipes.decision(LAST.decision(PLAN));
      pipes.reward(LAST.reward(PLAN, 30_001)); // 20,001 ms after its decision
      watermark(pipes, 30_000);
      pipes.reward(LAST.selling(3.0).reward(PLAN, 20_000)); // time has passed its decision
      pipes.reward(Step.of("w", 0, 0).reward(PLAN, 31_000));
      pipes.end();
      assertThat(pipes.letters())
          .extracting(letter -> letter.reason() + " " + letter.time())
          .containsExactly(
              "reward-too-late 30001", "reward-too-late 20000", "reward-without-decision 31000");
      assertThat(of(PLAN, pipes, "sold")).isEqualTo(0.0);
      assertThat(pipes.held()).isZero();
    }
  }

  @Test
  void decisionThatNoRewardWaitsForIsRefused() throws Exception {
    try (Pipes pipes = new Pipes(PLAN)) {
      watermark(pipes, 30_000);
      pipes.decision(LAST.decision(PLAN));
      assertThat(pipes.letters()).extracting(l -> l.reason()).containsExactly("decision-too-late");
    }
  }

  @Test
  void severalRewardsCountAsTheConfigSays() throws Exception {
    assertThat(rewardOf("first")).isEqualTo(2.0);
    assertThat(rewardOf("last")).isEqualTo(5.0);
    assertThat(rewardOf("sum")).isEqualTo(7.0);
  }

  private static Object rewardOf(String several) throws Exception {
    StreamPlan plan = Shops.plan(Shops.JOINED, "stream.reward.several=" + several);
    try (Pipes pipes = new Pipes(plan)) {
      pipes.decision(LAST.decision(plan));
      pipes.reward(LAST.selling(5.0).reward(plan, 13_000));
      pipes.reward(LAST.reward(plan, 12_000));
      pipes.reward(LAST.reward(plan, 12_000)); // once more the same
      pipes.end();
      assertThat(pipes.counts()).containsEntry("duplicates", 1L);
      return of(plan, pipes, "sold");
    }
  }
}
