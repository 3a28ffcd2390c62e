package dev.hindcast.streaming.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.row.EventRow;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** What holds before a restart holds after it. */
@SuppressWarnings("try") // harnesses may be interrupted while they close
class RememberedTest {
  private static final StreamPlan PLAN = Shops.plan(Shops.WHOLE);

  private static KeyedOneInputStreamOperatorTestHarness<String, EventRow, EpisodeRows> sessions(
      StreamPlan plan) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new Sessions(plan)),
        row -> plan.mapper().episodeId(row),
        Types.STRING);
  }

  private static OperatorSubtaskState stateAt(long watermark) throws Exception {
    try (var before = sessions(PLAN)) {
      before.open();
      before.processElement(Step.of("a", 0, 100_000).row(PLAN), 100_000);
      before.processWatermark(watermark);
      return before.snapshot(1, 1);
    }
  }

  @Test
  void whatWasTooLateBeforeARestartIsTooLateAfterIt() throws Exception {
    try (var after = sessions(PLAN)) {
      after.initializeState(stateAt(90_000));
      after.open();
      after.processElement(Step.of("b", 0, 90_000).row(PLAN), 90_000);
      after.processElement(Step.of("c", 0, 90_001).row(PLAN), 90_001);
      assertThat(after.getSideOutput(Intake.DEAD_LETTERS))
          .singleElement()
          .satisfies(letter -> assertThat(letter.getValue().reason()).isEqualTo("too-late"));
      after.processWatermark(Long.MAX_VALUE);
      assertThat(after.extractOutputValues())
          .extracting(EpisodeRows::episodeId)
          .containsExactlyInAnyOrder("a", "c");
    }
  }

  @Test
  void rowsInStateAreNotReadByAConfigThatKeepsOtherColumns() throws Exception {
    StreamPlan other =
        Shops.plan(Shops.WHOLE.replace("numeric: [age, spent]", "numeric: [spent, age]"));
    try (var after = sessions(other)) {
      OperatorSubtaskState state = stateAt(90_000);
      assertThatThrownBy(() -> after.initializeState(state))
          .rootCause()
          .hasMessageContaining("Cannot go on from the savepoint or checkpoint")
          .hasMessageContaining("visit: text, step: whole, age: number, spent: number")
          .hasMessageContaining("visit: text, step: whole, spent: number, age: number")
          .hasMessageContaining("flink stop --drain");
    }
  }
}
