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
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
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
  private transient ValueState<Awaiting> awaiting;
  private transient FirstVersion before;

  /** For a stream whose decisions and rewards come apart. */
  public RewardJoin(StreamPlan plan) {
    this.plan = plan;
  }

  @Override
  public void open(OpenContext context) {
    rewardColumns = new RewardColumns(plan);
    awaiting = getRuntimeContext().getState(new ValueStateDescriptor<>("awaiting", Awaiting.TYPE));
    before.open(getRuntimeContext());
  }

  @Override
  public void processElement1(EventRow decision, Context context, Collector<EventRow> out)
      throws Exception {
    TimerService timers = context.timerService();
    noteLate(decision, timers);
    long goes = decision.time() + plan.within();
    if (goes <= remembered.time(timers)) {
      refuse(decision, "decision-too-late", "its rewards are no longer waited for", context);
      return;
    }
    Awaiting now = awaiting();
    if (isNew(decision, now.decisions(), context)) {
      awaiting.update(now.withDecisions(and(now.decisions(), decision)));
      timers.registerEventTimeTimer(goes);
    }
  }

  @Override
  public void processElement2(EventRow reward, Context context, Collector<EventRow> out)
      throws Exception {
    TimerService timers = context.timerService();
    noteLate(reward, timers);
    long waits = reward.time() + plan.within();
    Awaiting now = awaiting();
    if (now.hasGone() || waits <= remembered.time(timers)) {
      refuse(reward, TOO_LATE, "its decision is no longer waiting", context);
    } else if (isNew(reward, now.rewards(), context)) {
      awaiting.update(now.withRewards(and(now.rewards(), reward)));
      if (now.decisions().isEmpty()) {
        timers.registerEventTimeTimer(waits); // otherwise it leaves with its decision
      }
    }
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<EventRow> out) throws Exception {
    Awaiting now = awaiting();
    if (now.hasGone() && now.gone() + 2 * plan.within() <= time) {
      now = new Awaiting(now.decisions(), now.rewards(), Awaiting.NOT_YET);
    }
    // what else came for this id leaves with the decision
    now =
        now.decisions().isEmpty()
            ? refuseForgotten(now, time, context)
            : release(now, time, context, out);
    if (now.isNothing()) {
      awaiting.clear();
    } else {
      awaiting.update(now);
    }
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    account = Account.open(getRuntimeContext(), context);
    remembered = Remembered.open(plan.columns(), context);
    before = FirstVersion.open(context);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    account.save();
    remembered.save();
    before.save();
  }

  private Awaiting awaiting() throws Exception {
    Awaiting known = awaiting.value();
    if (known == null) {
      known = before.move();
      if (!known.isNothing()) {
        awaiting.update(known);
      }
    }
    return known;
  }

  /** Rewards whose decision could not come any more. */
  private Awaiting refuseForgotten(Awaiting now, long time, OnTimerContext context) {
    List<EventRow> waiting = new ArrayList<>();
    for (EventRow reward : sorted(now.rewards())) {
      if (reward.time() + plan.within() <= time) {
        refuse(reward, WITHOUT_DECISION, "no decision of its id came", context);
      } else {
        waiting.add(reward);
      }
    }
    return now.withRewards(waiting);
  }

  /** Decisions of one id but with other contents all go: which one is right is for the checks. */
  private Awaiting release(
      Awaiting now, long time, OnTimerContext context, Collector<EventRow> out) {
    List<EventRow> due = new ArrayList<>();
    List<EventRow> later = new ArrayList<>();
    for (EventRow decision : sorted(now.decisions())) {
      (decision.time() + plan.within() <= time ? due : later).add(decision);
    }
    if (due.isEmpty()) {
      return now;
    }
    List<EventRow> came = sorted(now.rewards());
    for (EventRow decision : due) {
      List<EventRow> counting =
          came.stream()
              .filter(reward -> Math.abs(reward.time() - decision.time()) <= plan.within())
              .toList();
      if (counting.isEmpty()) {
        account.add(Account.WITHOUT_REWARD, 1);
      }
      out.collect(rewardColumns.fill(decision, counting));
    }
    if (!later.isEmpty()) {
      return now.withDecisions(later);
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
    context.timerService().registerEventTimeTimer(last + 2 * plan.within());
    return new Awaiting(List.of(), List.of(), last);
  }

  private boolean isNew(EventRow row, List<EventRow> held, Context context) {
    if (!held.isEmpty()) {
      String digest = RowSerializer.digest(row);
      if (held.stream().anyMatch(other -> RowSerializer.digest(other).equals(digest))) {
        account.add(Account.DUPLICATES, 1);
        return false;
      }
    }
    if (held.size() >= plan.mostRows()) {
      refuse(row, "too-many-rows", "its id has " + held.size() + " already", context);
      return false;
    }
    return true;
  }

  private static List<EventRow> and(List<EventRow> rows, EventRow another) {
    List<EventRow> more = new ArrayList<>(rows);
    more.add(another);
    return more;
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
  private static List<EventRow> sorted(List<EventRow> rows) {
    List<EventRow> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingLong(EventRow::time).thenComparing(RowSerializer::digest));
    return sorted;
  }

  /**
   * The state of the first version, which held every row by itself. Rows of an id are moved when
   * something happens to it, as long as a stream lives that began with such a savepoint.
   */
  private static final class FirstVersion {
    private final ListState<Boolean> mark;
    private final boolean isToMove;
    private MapState<String, EventRow> decisions;
    private MapState<String, EventRow> rewards;
    private ValueState<Long> gone;

    private FirstVersion(ListState<Boolean> mark, boolean isToMove) {
      this.mark = mark;
      this.isToMove = isToMove;
    }

    static FirstVersion open(FunctionInitializationContext context) throws Exception {
      ListState<Boolean> mark =
          context
              .getOperatorStateStore()
              .getUnionListState(new ListStateDescriptor<>("to-move", Types.BOOLEAN));
      boolean isToMove = false;
      boolean isMarked = false;
      for (boolean one : mark.get()) {
        isMarked = true;
        isToMove |= one;
      }
      return new FirstVersion(mark, isMarked ? isToMove : context.isRestored());
    }

    void open(RuntimeContext context) {
      decisions =
          context.getMapState(new MapStateDescriptor<>("decisions", Types.STRING, OwnType.ROW));
      rewards = context.getMapState(new MapStateDescriptor<>("rewards", Types.STRING, OwnType.ROW));
      gone = context.getState(new ValueStateDescriptor<>("gone", Types.LONG));
    }

    /** Takes away what the first version knew of the present id. */
    Awaiting move() throws Exception {
      if (!isToMove) {
        return Awaiting.NOTHING;
      }
      List<EventRow> decided = new ArrayList<>();
      decisions.values().forEach(decided::add);
      List<EventRow> rewarded = new ArrayList<>();
      rewards.values().forEach(rewarded::add);
      Long left = gone.value();
      decisions.clear();
      rewards.clear();
      gone.clear();
      return new Awaiting(decided, rewarded, left == null ? Awaiting.NOT_YET : left);
    }

    void save() throws Exception {
      mark.update(List.of(isToMove));
    }
  }
}
