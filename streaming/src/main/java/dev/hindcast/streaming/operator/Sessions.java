package dev.hindcast.streaming.operator;

import dev.hindcast.core.config.UserError;
import dev.hindcast.ingestion.check.EpisodeScreening;
import dev.hindcast.ingestion.check.Treatments.Treat;
import dev.hindcast.ingestion.mapping.Event;
import dev.hindcast.ingestion.mapping.MappedRow;
import dev.hindcast.ingestion.mapping.Sessionizer;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.EpisodeRows;
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
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Puts rows together to episodes, by the id of their episode, and hands on those that batch would
 * have kept: the same mapper, sessionizer and checks decide. Rows of episodes that were set aside
 * become dead letters under the rules that batch would have named.
 *
 * <p>An episode is over when time has passed its end: the end that its rows tell, or the last of
 * them by the pause after which nothing more belongs to it. Until then its rows wait in state,
 * those with the same content once. {@link Ending} says when that is; it follows from the times in
 * the rows alone, never from the order in which they came, as long as none of them is late.
 *
 * <p>Where rewards are joined, rows come here later than they happened by the span in which rewards
 * are waited for, and time counts as later by that span.
 */
public final class Sessions extends KeyedProcessFunction<String, EventRow, EpisodeRows>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;
  private static final String TOO_LONG = "episode-too-long";
  private static final String CLOSED = "episode-closed";

  private final StreamPlan plan;
  private transient Account account;
  private transient Remembered remembered;
  private transient Ending ending;
  private transient MapState<String, EventRow> rows;
  private transient ValueState<SessionProgress> progress;

  /** For a stream. */
  public Sessions(StreamPlan plan) {
    this.plan = plan;
  }

  @Override
  public void open(OpenContext context) {
    ending = new Ending(plan);
    rows =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("rows", Types.STRING, OwnType.ROW));
    progress =
        getRuntimeContext().getState(new ValueStateDescriptor<>("progress", SessionProgress.TYPE));
  }

  @Override
  public void processElement(EventRow row, Context context, Collector<EpisodeRows> out)
      throws Exception {
    SessionProgress before = progress();
    if (ending.reached(row) <= remembered.time(context.timerService())) {
      account.add(Account.LATE, 1);
      refuse(row, "too-late", "time has passed it", context);
      return;
    }
    if (before.state() == SessionProgress.State.CLOSED) {
      refuse(row, CLOSED, "its episode is over", context);
      return;
    }
    if (before.state() == SessionProgress.State.GIVEN_UP) {
      refuse(row, TOO_LONG, "its episode was given up", context);
      return;
    }
    String digest = RowSerializer.digest(row);
    if (before.rows() > 0 && rows.contains(digest)) {
      account.add(Account.DUPLICATES, 1);
      return;
    }
    rows.put(digest, row);
    SessionProgress now = before.with(plan.mapper().map(row));
    if (now.rows() > plan.mostRows()) {
      giveUp(context);
      return;
    }
    long check = ending.reached(row) + ending.pause();
    if (ending.mayBeComplete(now)) {
      List<EventRow> held = held();
      check = Math.min(check, ending.end(held, mapped(held)));
    }
    schedule(now, check, context.timerService());
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<EpisodeRows> out)
      throws Exception {
    SessionProgress now = progress();
    if (now.state() != SessionProgress.State.OPEN) {
      if (now.until() <= time) {
        progress.clear();
      }
      return;
    }
    List<EventRow> waiting = held();
    List<MappedRow> mapped = mapped(waiting);
    while (!waiting.isEmpty()) {
      Ending.Cut cut = ending.cut(waiting, mapped);
      if (cut.at() > time) {
        schedule(now.unscheduled(), cut.at(), context.timerService());
        return;
      }
      List<EventRow> inside = waiting.subList(0, cut.inside());
      close(inside, mapped.subList(0, cut.inside()), context, out);
      waiting = waiting.subList(cut.inside(), waiting.size());
      mapped = mapped.subList(cut.inside(), mapped.size());
      if (plan.sessionizer().gap() == 0) {
        for (EventRow row : waiting) {
          refuse(row, CLOSED, "its episode was over before it", context);
        }
        rows.clear();
        remember(SessionProgress.State.CLOSED, cut.at(), context.timerService());
        return;
      }
      for (EventRow row : inside) {
        rows.remove(RowSerializer.digest(row));
      }
      now = SessionProgress.NONE;
      for (MappedRow row : mapped) {
        now = now.with(row);
      }
    }
    progress.clear();
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

  private void close(
      List<EventRow> inside, List<MappedRow> mapped, Context context, Collector<EpisodeRows> out) {
    for (Sessionizer.Piece piece : plan.sessionizer().episodes(mapped)) {
      EpisodeScreening.Decision decision = plan.screening().screen(piece.of(mapped));
      for (int i = 0; i < decision.quarantined().size(); i++) {
        String rule = decision.quarantined().get(i).rule();
        String detail = decision.quarantined().get(i).detail();
        EventRow row = inside.get(piece.places().get(decision.places().get(i)));
        if (plan.screening().treatments().of(rule).treat() == Treat.STOP) {
          throw new SuppressRestartsException(
              UserError.data(
                  "Cannot go on with the stream: a row breaks the rule "
                      + rule
                      + ", and ingest.checks says to stop at the first. "
                      + decision.quarantined().get(i).inWords()
                      + ", from "
                      + row.origin()
                      + " at "
                      + row.offset()
                      + "."));
        }
        refuse(row, rule, detail, context);
      }
      decision
          .warnings()
          .forEach((rule, broken) -> account.add(Account.WARNINGS + rule, broken.size()));
      if (!decision.kept().isEmpty()) {
        account.add(Account.EPISODES, 1);
        account.add(Account.STEPS, decision.kept().size());
        out.collect(new EpisodeRows(piece.episodeId(), inOrder(piece, mapped, inside)));
      }
    }
  }

  private static List<EventRow> inOrder(
      Sessionizer.Piece piece, List<MappedRow> mapped, List<EventRow> inside) {
    return piece.places().stream()
        .sorted(Comparator.comparingLong(place -> ((Event) mapped.get(place)).order().orElse(0)))
        .map(inside::get)
        .toList();
  }

  private void giveUp(Context context) throws Exception {
    long last = Long.MIN_VALUE;
    for (EventRow row : held()) {
      last = Math.max(last, ending.reached(row));
      refuse(row, TOO_LONG, "its episode has more than " + plan.mostRows() + " rows", context);
    }
    rows.clear();
    remember(SessionProgress.State.GIVEN_UP, last + ending.pause(), context.timerService());
  }

  private void remember(SessionProgress.State state, long since, TimerService timers)
      throws Exception {
    long until = since + plan.remember();
    progress.update(SessionProgress.remembered(state, until));
    timers.registerEventTimeTimer(until);
  }

  /** One timer at a time, the earliest: the next is known when it has gone off. */
  private void schedule(SessionProgress now, long check, TimerService timers) throws Exception {
    if (check < now.until()) {
      timers.registerEventTimeTimer(check);
    }
    progress.update(now.checkedAt(check));
  }

  private SessionProgress progress() throws Exception {
    SessionProgress known = progress.value();
    return known == null ? SessionProgress.NONE : known;
  }

  private List<MappedRow> mapped(List<EventRow> some) {
    List<MappedRow> mapped = new ArrayList<>(some.size());
    for (EventRow row : some) {
      mapped.add(plan.mapper().map(row));
    }
    return mapped;
  }

  private List<EventRow> held() throws Exception {
    List<EventRow> held = new ArrayList<>();
    for (EventRow row : rows.values()) {
      held.add(row);
    }
    held.sort(Comparator.comparingLong(EventRow::time).thenComparing(RowSerializer::digest));
    return held;
  }

  private void refuse(EventRow row, String reason, String detail, Context context) {
    account.add(Account.DEAD_LETTERS + reason, 1);
    context.output(
        Intake.DEAD_LETTERS,
        DeadLetter.of(row, plan.columns(), reason, detail, plan.payloadBytes()));
  }
}
