package dev.hindcast.streaming.estimate;

import dev.hindcast.evaluation.running.EpisodeNumbers;
import dev.hindcast.evaluation.running.RunningPlan;
import dev.hindcast.streaming.operator.Account;
import dev.hindcast.streaming.operator.Transitions;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EpisodeRows;
import java.util.List;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Shows each episode to all policies. Those longer than the horizon are counted and left out. */
final class EpisodeScoring extends ProcessFunction<EpisodeRows, EpisodeNumbers>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** Episodes that have more steps than are estimated. */
  static final String BEYOND_HORIZON = "beyond-horizon";

  private final StreamPlan stream;
  private final RunningPlan plan;
  private transient Account account;

  EpisodeScoring(StreamPlan stream, RunningPlan plan) {
    this.stream = stream;
    this.plan = plan;
  }

  @Override
  public void processElement(EpisodeRows episode, Context context, Collector<EpisodeNumbers> out) {
    List<EpisodeNumbers> scored = plan.numbers(Transitions.of(stream, List.of(episode)));
    if (scored.isEmpty()) {
      account.add(BEYOND_HORIZON, 1);
    }
    scored.forEach(out::collect);
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    account = Account.open(getRuntimeContext(), context);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    account.save();
  }
}
