package dev.hindcast.streaming.estimate;

import dev.hindcast.evaluation.running.EpisodeNumbers;
import dev.hindcast.streaming.operator.Account;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Counts episodes that came after their window. Episodes carry the time at which they were over, so
 * time cannot have passed them: there are none unless something is wrong, and then it shows.
 */
final class LateEpisodes extends ProcessFunction<EpisodeNumbers, EpisodeNumbers>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** Episodes that are in no estimate for having come after their window. */
  static final String LATE = "late-episodes";

  private transient Account account;

  @Override
  public void processElement(
      EpisodeNumbers episode, Context context, Collector<EpisodeNumbers> out) {
    account.add(LATE, 1);
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
