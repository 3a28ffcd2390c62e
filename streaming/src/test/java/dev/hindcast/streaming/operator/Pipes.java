package dev.hindcast.streaming.operator;

import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.OwnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.apache.flink.api.common.accumulators.Accumulator;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** The real operators one after the other, fed by hand: what one hands on, the next one gets. */
final class Pipes implements AutoCloseable {
  private final KeyedTwoInputStreamOperatorTestHarness<String, EventRow, EventRow, EventRow> join;
  private final KeyedOneInputStreamOperatorTestHarness<String, EventRow, EpisodeRows> sessions;
  private final List<EpisodeRows> episodes = new ArrayList<>();
  private final List<DeadLetter> letters = new ArrayList<>();

  Pipes(StreamPlan plan) throws Exception {
    int id = plan.decisionId();
    join =
        plan.isJoined()
            ? new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new RewardJoin(plan)),
                row -> (String) row.value(id),
                row -> (String) row.value(id),
                Types.STRING)
            : null;
    sessions =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new Sessions(plan)),
            row -> plan.mapper().episodeId(row),
            Types.STRING);
    if (join != null) {
      join.setup(OwnType.ROW.createSerializer(join.getExecutionConfig().getSerializerConfig()));
      join.open();
    }
    sessions.setup(
        OwnType.EPISODE.createSerializer(sessions.getExecutionConfig().getSerializerConfig()));
    sessions.open();
  }

  void row(EventRow row) throws Exception {
    sessions.processElement(row, row.time());
    take();
  }

  void decision(EventRow row) throws Exception {
    join.processElement1(new StreamRecord<>(row, row.time()));
    flow();
  }

  void reward(EventRow row) throws Exception {
    join.processElement2(new StreamRecord<>(row, row.time()));
    flow();
  }

  void watermark(long time) throws Exception {
    sessions.processWatermark(time);
    take();
  }

  void watermarkOfDecisions(long time) throws Exception {
    join.processWatermark1(new Watermark(time));
    flow();
  }

  void watermarkOfRewards(long time) throws Exception {
    join.processWatermark2(new Watermark(time));
    flow();
  }

  /** The end of all input. */
  void end() throws Exception {
    if (join != null) {
      watermarkOfDecisions(Long.MAX_VALUE);
      watermarkOfRewards(Long.MAX_VALUE);
    } else {
      watermark(Long.MAX_VALUE);
    }
  }

  List<EpisodeRows> episodes() {
    return episodes;
  }

  List<DeadLetter> letters() {
    return letters;
  }

  /** What was counted, over all operators. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    for (AbstractStreamOperatorTestHarness<?> harness : harnesses()) {
      Map<String, Accumulator<?, ?>> found =
          harness.getEnvironment().getAccumulatorRegistry().getUserMap();
      found.forEach((name, count) -> counts.merge(name, (Long) count.getLocalValue(), Long::sum));
    }
    return counts;
  }

  /** How many entries of keyed state are left. */
  int held() {
    return sessions.numKeyedStateEntries() + (join == null ? 0 : join.numKeyedStateEntries());
  }

  @Override
  public void close() {
    for (AbstractStreamOperatorTestHarness<?> harness : harnesses()) {
      try {
        harness.close();
      } catch (Exception e) {
        throw new IllegalStateException("Cannot close an operator.", e);
      }
    }
  }

  private List<AbstractStreamOperatorTestHarness<?>> harnesses() {
    return join == null ? List.of(sessions) : List.of(join, sessions);
  }

  private void flow() throws Exception {
    letters(join);
    Queue<Object> out = join.getOutput();
    while (!out.isEmpty()) {
      Object element = out.poll();
      if (element instanceof Watermark watermark) {
        sessions.processWatermark(watermark);
      } else if (element instanceof StreamRecord<?> record
          && record.getValue() instanceof EventRow row) {
        sessions.processElement(row, record.getTimestamp());
      }
    }
    take();
  }

  private void take() {
    letters(sessions);
    episodes.addAll(sessions.extractOutputValues());
    sessions.getOutput().clear();
  }

  private void letters(AbstractStreamOperatorTestHarness<?> harness) {
    Queue<StreamRecord<DeadLetter>> side = harness.getSideOutput(Intake.DEAD_LETTERS);
    while (side != null && !side.isEmpty()) {
      letters.add(side.poll().getValue());
    }
  }
}
