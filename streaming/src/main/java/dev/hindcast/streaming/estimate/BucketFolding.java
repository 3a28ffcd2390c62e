package dev.hindcast.streaming.estimate;

import dev.hindcast.evaluation.running.EpisodeNumbers;
import dev.hindcast.evaluation.running.RunningPlan;
import dev.hindcast.evaluation.running.WindowSums;
import dev.hindcast.streaming.operator.Account;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Adds up the episodes of one bucket in a window, in the order of their ids: a sum of doubles
 * depends on its order, and the order in which episodes arrive is chance.
 */
final class BucketFolding
    extends ProcessWindowFunction<EpisodeNumbers, BucketSums, Integer, TimeWindow>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** Episodes that were scored for policies which are judged no more. */
  static final String OF_OTHER_POLICIES = "of-other-policies";

  private static final Comparator<EpisodeNumbers> ORDER =
      Comparator.comparing(EpisodeNumbers::episodeId)
          .thenComparing(EpisodeNumbers::numbers, Arrays::compare);

  private final RunningPlan plan;
  private transient Account account;

  BucketFolding(RunningPlan plan) {
    this.plan = plan;
  }

  @Override
  public void process(
      Integer bucket,
      Context context,
      Iterable<EpisodeNumbers> episodes,
      Collector<BucketSums> out) {
    List<EpisodeNumbers> sorted = new ArrayList<>();
    for (EpisodeNumbers episode : episodes) {
      if (episode.plan() == plan.id()) {
        sorted.add(episode);
      } else {
        account.add(OF_OTHER_POLICIES, 1);
      }
    }
    if (sorted.isEmpty()) {
      return;
    }
    sorted.sort(ORDER);
    WindowSums sums = new WindowSums(plan);
    sorted.forEach(episode -> sums.add(plan, episode));
    out.collect(new BucketSums(bucket, sums));
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
