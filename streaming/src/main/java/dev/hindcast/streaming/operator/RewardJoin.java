package dev.hindcast.streaming.operator;

import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.OwnType;
import dev.hindcast.streaming.row.RowSerializer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Joins decisions with their rewards by the decision's id. A decision waits until time has passed
 * it by the span in which rewards count, and then goes on with the rewards that came, whatever the
 * order in which all of them came: rows as the log of a system would hold that writes both at once.
 * A reward counts when it happened at most that span after its decision, or, as clocks differ, as
 * little before it. Rows with the same content count once.
 *
 * <p>Rewards and decisions that time has passed are still taken while they are of use. A reward
 * waits as long for its decision, and is then a dead letter. After a decision has gone it is
 * remembered for another such span, to tell rewards that come too late from those of no decision.
 */
public final class RewardJoin extends KeyedCoProcessFunction<String, EventRow, EventRow, EventRow>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;
  private static final String TOO_LATE = "reward-too-late";
  private static final String WITHOUT_DECISION = "reward-without-decision";

  private final StreamPlan plan;
  private transient Account account;
  private transient Remembered remembered;
  private transient RewardColumns rewardColumns;
  private transient MapState<String, EventRow> decisions;
  private transient MapState<String, EventRow> rewards;
  private transient ValueState<Long> gone;

  /** For a stream whose decisions and rewards come apart. */
  public RewardJoin(StreamPlan plan) {
    this.plan = plan;
  }

  @Override
  public void open(OpenContext context) {
    rewardColumns = new RewardColumns(plan);
    decisions =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("decisions", Types.STRING, OwnType.ROW));
    rewards =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("rewards", Types.STRING, OwnType.ROW));
    gone = getRuntimeContext().getState(new ValueStateDescriptor<>("gone", Types.LONG));
  }

  @Override
  public void processElement1(EventRow decision, Context context, Collector<EventRow> out)
      throws Exception {
    TimerService timers = context.timerService();
    noteLate(decision, timers);
    long goes = decision.time() + plan.within();
    if (goes <= remembered.time(timers)) {
      refuse(decision, "decision-too-late", "its rewards are no longer waited for", context);
    } else if (add(decision, decisions, context)) {
      timers.registerEventTimeTimer(goes);
    }
  }

  @Override
  public void processElement2(EventRow reward, Context context, Collector<EventRow> out)
      throws Exception {
    TimerService timers = context.timerService();
    noteLate(reward, timers);
    long waits = reward.time() + plan.within();
    if (gone.value() != null || waits <= remembered.time(timers)) {
      refuse(reward, TOO_LATE, "its decision is no longer waiting", context);
    } else if (add(reward, rewards, context)) {
      timers.registerEventTimeTimer(waits);
    }
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<EventRow> out) throws Exception {
    Long left = gone.value();
    if (left != null && left + 2 * plan.within() <= time) {
      gone.clear();
    }
    release(time, context, out);
    if (!decisions.isEmpty()) {
      return; // what else came for this id leaves with the decision
    }
    for (EventRow reward : sorted(rewards)) {
      if (reward.time() + plan.within() <= time) {
        rewards.remove(RowSerializer.digest(reward));
        refuse(reward, WITHOUT_DECISION, "no decision of its id came", context);
      }
    }
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    account = Account.open(getRuntimeContext(), context);
    remembered = Remembered.open(plan.columns(), context);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    account.save();
    remembered.save();
  }

  /** Decisions of one id but with other contents all go: which one is right is for the checks. */
  private void release(long time, OnTimerContext context, Collector<EventRow> out)
      throws Exception {
    List<EventRow> due = new ArrayList<>();
    List<EventRow> held = sorted(decisions);
    for (EventRow decision : held) {
      if (decision.time() + plan.within() <= time) {
        due.add(decision);
      }
    }
    if (due.isEmpty()) {
      return;
    }
    List<EventRow> came = sorted(rewards);
    for (EventRow decision : due) {
      List<EventRow> counting =
          came.stream()
              .filter(reward -> Math.abs(reward.time() - decision.time()) <= plan.within())
              .toList();
      if (counting.isEmpty()) {
        account.add(Account.WITHOUT_REWARD, 1);
      }
      out.collect(rewardColumns.fill(decision, counting));
      if (due.size() < held.size()) {
        decisions.remove(RowSerializer.digest(decision));
      }
    }
    if (due.size() == held.size()) {
      decisions.clear();
    }
    if (due.size() < held.size()) {
      return; // another of this id still waits
    }
    long last = due.get(due.size() - 1).time();
    for (EventRow reward : came) {
      long after = reward.time() - last;
      if (Math.abs(after) > plan.within()) {
        refuse(
            reward,
            after > 0 ? TOO_LATE : WITHOUT_DECISION,
            "it happened "
                + Math.abs(after)
                + " ms "
                + (after > 0 ? "after" : "before")
                + " its decision",
            context);
      }
    }
    rewards.clear();
    gone.update(last);
    context.timerService().registerEventTimeTimer(last + 2 * plan.within());
  }

  private boolean add(EventRow row, MapState<String, EventRow> rows, Context context)
      throws Exception {
    String digest = RowSerializer.digest(row);
    if (rows.contains(digest)) {
      account.add(Account.DUPLICATES, 1);
      return false;
    }
    int held = 0;
    for (String ignored : rows.keys()) {
      held++;
    }
    if (held >= plan.mostRows()) {
      refuse(row, "too-many-rows", "its id has " + held + " already", context);
      return false;
    }
    rows.put(digest, row);
    return true;
  }

  private void noteLate(EventRow row, TimerService timers) {
    if (row.time() <= remembered.time(timers)) {
      account.add(Account.LATE, 1);
    }
  }

  private void refuse(EventRow row, String reason, String detail, Context context) {
    account.add(Account.DEAD_LETTERS + reason, 1);
    context.output(
        Intake.DEAD_LETTERS,
        DeadLetter.of(row, plan.columns(), reason, detail, plan.payloadBytes()));
  }

  /** By time, and among those of one time by content: never by the order in which they came. */
  private static List<EventRow> sorted(MapState<String, EventRow> rows) throws Exception {
    List<EventRow> sorted = new ArrayList<>();
    for (EventRow row : rows.values()) {
      sorted.add(row);
    }
    sorted.sort(Comparator.comparingLong(EventRow::time).thenComparing(RowSerializer::digest));
    return sorted;
  }
}
