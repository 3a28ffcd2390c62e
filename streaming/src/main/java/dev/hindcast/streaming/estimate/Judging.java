package dev.hindcast.streaming.estimate;

import dev.hindcast.evaluation.running.Alarm;
import dev.hindcast.evaluation.running.EpisodeNumbers;
import dev.hindcast.evaluation.running.EstimateLine;
import dev.hindcast.evaluation.running.RunningPlan;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.sink.EventSinks;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Adds to a stream what judges policies on its episodes. Episodes are scored where they end, added
 * up by bucket in as many tasks as there are, and put together in one. An episode counts in the
 * window of time in which it was over. The same episodes give the same figures, bit for bit, for
 * any number of tasks and after any failure.
 */
public final class Judging {
  private static final OutputTag<EpisodeNumbers> LATE =
      new OutputTag<>("late-episodes", EstimateTypes.EPISODE);

  private final StreamConfig config;
  private final StreamPlan stream;
  private final RunningPlan plan;

  /** For a stream. */
  public Judging(StreamConfig config, StreamPlan stream, RunningPlan plan) {
    this.config = config;
    this.stream = stream;
    this.plan = plan;
  }

  /** Adds operators and sinks. */
  public void judge(DataStream<EpisodeRows> episodes) {
    SingleOutputStreamOperator<EstimateLine> lines = estimates(episodes);
    lines
        .sinkTo(EventSinks.json(config.output().estimates()))
        .setParallelism(1)
        .uid("estimates")
        .name("estimates");
    lines
        .flatMap((EstimateLine line, Collector<Alarm> out) -> line.changes().forEach(out::collect))
        .returns(EstimateTypes.ALARM)
        .setParallelism(1)
        .uid("alarm-changes")
        .name("alarm-changes")
        .sinkTo(EventSinks.json(config.output().alarms()))
        .setParallelism(1)
        .uid("alarms")
        .name("alarms");
    lines
        .process(new EstimatePage(config))
        .returns(Types.VOID)
        .setParallelism(1)
        .uid("estimate-page")
        .name("estimate-page");
  }

  private SingleOutputStreamOperator<EstimateLine> estimates(DataStream<EpisodeRows> episodes) {
    Duration window = Duration.ofMillis(plan.limits().window());
    SingleOutputStreamOperator<BucketSums> buckets =
        episodes
            .process(new EpisodeScoring(stream, plan))
            .returns(EstimateTypes.EPISODE)
            .uid("estimate-scoring")
            .name("estimate-scoring")
            .keyBy(episode -> BucketSums.bucket(episode.episodeId()), Types.INT)
            .window(TumblingEventTimeWindows.of(window))
            .sideOutputLateData(LATE)
            .process(new BucketFolding(plan), EstimateTypes.BUCKET)
            .uid("estimate-buckets")
            .name("estimate-buckets");
    buckets
        .getSideOutput(LATE)
        .process(new LateEpisodes())
        .returns(EstimateTypes.EPISODE)
        .uid("estimate-late")
        .name("estimate-late");
    return buckets
        .windowAll(TumblingEventTimeWindows.of(window))
        .process(new RunningEvaluation(plan), EstimateTypes.LINE)
        .uid("estimate")
        .name("estimate");
  }
}
