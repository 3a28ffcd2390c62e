package dev.hindcast.streaming.learning;

import dev.hindcast.core.config.UserError;
import dev.hindcast.streaming.operator.Account;
import dev.hindcast.streaming.plan.LearnConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EpisodeRows;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * The one writer of a policy: gathers episodes into intervals and learns from one after the other.
 * There is one task of it, whatever the parallelism of the rest.
 *
 * <p>Episodes are learned from in the order in which they ended, by the time of events and then by
 * their ids, and only when time has passed them, so that none can come in between any more. So the
 * intervals, and all that is learned from them, depend neither on the order of arrival nor on how
 * many tasks made the episodes, and after a failure the same things are learned again, bit for bit.
 */
public final class FineTune extends AbstractStreamOperator<Publication>
    implements OneInputStreamOperator<EpisodeRows, Publication> {
  private static final long serialVersionUID = 1L;

  /** What happened, a line of JSON each. */
  public static final OutputTag<String> EVENTS = new OutputTag<>("learning", Types.STRING);

  private final LearnConfig learn;
  private final StreamPlan plan;
  private transient FineTuning tuning;
  private transient Standing standing;
  private transient List<Waiting> waiting;
  private transient ListState<Standing> standingState;
  private transient ListState<Waiting> waitingState;
  private transient Account account;

  /** For a stream. */
  public FineTune(LearnConfig learn, StreamPlan plan) {
    this.learn = learn;
    this.plan = plan;
  }

  /**
   * Looks for mistakes before anything runs.
   *
   * @throws dev.hindcast.core.config.UserError when the bundle to begin from is not there, or does
   *     not suit the stream
   */
  public static void check(LearnConfig learn, StreamPlan plan) {
    Origin.check(learn, plan);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    account = Account.open(getRuntimeContext(), context);
    standingState =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("standing", StandingSerializer.TYPE));
    waitingState =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("waiting", WaitingSerializer.TYPE));
    waiting = new ArrayList<>();
    waitingState.get().forEach(waiting::add);
    standing = null;
    for (Standing kept : standingState.get()) {
      standing = kept;
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    try {
      tuning = new FineTuning(learn, plan);
      if (standing == null) {
        standing = tuning.begin();
      }
    } catch (UserError e) {
      throw new SuppressRestartsException(e); // another start would find the same
    } catch (LinkageError e) {
      throw new SuppressRestartsException(
          new UserError(
              UserError.Kind.RESOURCES,
              "Cannot learn from the stream by "
                  + learn.algorithm().name()
                  + ": its native libraries are not on the class path ("
                  + e
                  + "). They are not in this jar, because a process can load them only once: copy"
                  + " them into Flink's lib folder, as docs/guide/streaming.md says, and start its"
                  + " processes again.",
              e));
    }
  }

  @Override
  public void processElement(StreamRecord<EpisodeRows> element) {
    waiting.add(new Waiting(element.getTimestamp(), element.getValue()));
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    waiting.sort(Waiting.ORDER);
    for (Interval interval = next(mark); interval != null; interval = next(mark)) {
      learn(interval);
    }
    super.processWatermark(mark);
  }

  /** Takes the next interval that is over out of what waits; null when there is none. */
  private Interval next(Watermark mark) {
    int end = learn.interval().steps() > 0 ? endBySteps(mark) : endByTime(mark);
    if (end == 0) {
      return null;
    }
    List<Waiting> over = waiting.subList(0, end);
    Interval interval =
        new Interval(over.get(end - 1).millis(), over.stream().map(Waiting::episode).toList());
    over.clear();
    return interval;
  }

  private int endBySteps(Watermark mark) {
    int steps = 0;
    for (int i = 0; i < waiting.size() && waiting.get(i).millis() <= mark.getTimestamp(); i++) {
      steps += waiting.get(i).episode().rows().size();
      if (steps >= learn.interval().steps()) {
        return i + 1;
      }
    }
    return 0;
  }

  private int endByTime(Watermark mark) {
    if (waiting.isEmpty()) {
      return 0;
    }
    long number = Math.floorDiv(waiting.get(0).millis(), learn.interval().millis());
    long last = (number + 1) * learn.interval().millis() - 1;
    if (mark.getTimestamp() < last) {
      return 0;
    }
    int end = 0;
    while (end < waiting.size() && waiting.get(end).millis() <= last) {
      end++;
    }
    return end;
  }

  private void learn(Interval interval) {
    FineTuning.Outcome outcome = tuning.learn(standing, interval);
    account.add("learning.intervals", 1);
    account.add("learning.updates", outcome.standing().updates() - standing.updates());
    account.add("learning.versions", outcome.standing().versions() - standing.versions());
    account.add(
        "learning.rollbacks",
        outcome.standing().latest().number() < standing.latest().number() ? 1 : 0);
    account.add("learning.frozen", outcome.standing().isFrozen() ? 1 : 0);
    standing = outcome.standing();
    outcome.events().forEach(line -> output.collect(EVENTS, new StreamRecord<>(line)));
    outcome.publications().forEach(one -> output.collect(new StreamRecord<>(one)));
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    standingState.update(List.of(standing));
    waitingState.update(waiting);
    account.save();
  }
}
