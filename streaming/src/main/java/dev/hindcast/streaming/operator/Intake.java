package dev.hindcast.streaming.operator;

import dev.hindcast.ingestion.mapping.UnmappedRow.Trouble;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.OwnType;
import java.time.Clock;
import java.util.Locale;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Takes in what a source hands on: rows that can be put together with others go on, all else
 * becomes dead letters.
 */
public final class Intake extends ProcessFunction<Arrival, EventRow>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** Where dead letters leave an operator. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", OwnType.DEAD_LETTER);

  private final StreamPlan plan;
  private final boolean isOfRewards;
  private final Clock clock;
  private transient Account account;

  private Intake(StreamPlan plan, boolean isOfRewards, Clock clock) {
    this.plan = plan;
    this.isOfRewards = isOfRewards;
    this.clock = clock;
  }

  /** For whole rows or decisions. */
  public static Intake ofDecisions(StreamPlan plan, Clock clock) {
    return new Intake(plan, false, clock);
  }

  /** For rewards, which need not say of which episode they are. */
  public static Intake ofRewards(StreamPlan plan, Clock clock) {
    return new Intake(plan, true, clock);
  }

  @Override
  public void processElement(Arrival arrival, Context context, Collector<EventRow> out) {
    account.add(Account.READ, 1);
    if (arrival instanceof DeadLetter letter) {
      refuse(letter, context);
      return;
    }
    EventRow row = (EventRow) arrival;
    long ahead = row.time() - clock.millis();
    if (ahead > plan.clockAhead()) {
      refuse(
          letter(row, "clock-ahead", "it is " + ahead / 1000 + " s ahead of the clock here"),
          context);
    } else if (plan.isJoined() && row.value(plan.decisionId()) == null) {
      refuse(
          letter(
              row,
              "missing-decision-id",
              plan.columns().names().get(plan.decisionId()) + " is empty"),
          context);
    } else if (!isOfRewards && plan.mapper().episodeId(row).isEmpty()) {
      refuse(
          letter(
              row,
              Trouble.MISSING_EPISODE_ID.name().toLowerCase(Locale.ROOT).replace('_', '-'),
              ""),
          context);
    } else {
      out.collect(row);
    }
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    account = Account.open(getRuntimeContext(), context);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    account.save();
  }

  private DeadLetter letter(EventRow row, String reason, String detail) {
    return DeadLetter.of(row, plan.columns(), reason, detail, plan.payloadBytes());
  }

  private void refuse(DeadLetter letter, Context context) {
    account.add(Account.DEAD_LETTERS + letter.reason(), 1);
    context.output(DEAD_LETTERS, letter);
  }
}
