package dev.hindcast.streaming.job;

import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.evaluation.running.RunningPlan;
import dev.hindcast.streaming.estimate.Judging;
import dev.hindcast.streaming.learning.FineTune;
import dev.hindcast.streaming.learning.Publication;
import dev.hindcast.streaming.learning.PublicationSerializer;
import dev.hindcast.streaming.operator.Intake;
import dev.hindcast.streaming.operator.RewardJoin;
import dev.hindcast.streaming.operator.Sampling;
import dev.hindcast.streaming.operator.Sessions;
import dev.hindcast.streaming.plan.LearnConfig;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.OwnType;
import dev.hindcast.streaming.sink.BundleSink;
import dev.hindcast.streaming.sink.EventSinks;
import dev.hindcast.streaming.source.EventSources;
import java.time.Clock;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The stream: events in, episodes and dead letters out. Every operator with state has a uid of its
 * own, by which savepoints know it: never rename one.
 */
public final class StreamJob {
  private final StreamConfig config;
  private final StreamPlan plan;
  private final Optional<RunningPlan> judging;

  private StreamJob(StreamConfig config, StreamPlan plan, Optional<RunningPlan> judging) {
    this.config = config;
    this.plan = plan;
    this.judging = judging;
  }

  /**
   * Finds the config's columns in the events.
   *
   * @throws dev.hindcast.core.config.UserError when they are not there, or a source is not
   */
  public static StreamJob of(StreamConfig config) {
    StreamPlan plan = StreamPlan.of(config, EventSources.columns(config));
    config.learn().ifPresent(learn -> FineTune.check(learn, plan));
    Optional<RunningPlan> judging =
        config.estimate().map(estimate -> plan.judging(estimate, Wiring.bundles()));
    return new StreamJob(config, plan, judging);
  }

  /** What its operators know. */
  public StreamPlan plan() {
    return plan;
  }

  /** What a stream is made of, to be built upon: episodes as they end, and what was refused. */
  public record Flow(DataStream<EpisodeRows> episodes, DataStream<DeadLetter> deadLetters) {}

  /** Adds sources and operators to an environment. */
  public Flow build(StreamExecutionEnvironment environment) {
    SingleOutputStreamOperator<EventRow> decisions =
        EventSources.open(environment, config.decisions(), plan, "decisions")
            .process(Intake.ofDecisions(plan, Clock.systemUTC()))
            .returns(OwnType.ROW)
            .uid("decisions-intake")
            .name("decisions-intake");
    DataStream<DeadLetter> letters = decisions.getSideOutput(Intake.DEAD_LETTERS);
    SingleOutputStreamOperator<EventRow> whole = decisions;
    if (plan.isJoined()) {
      int idColumn = plan.decisionId();
      KeySelector<EventRow, String> decisionId = row -> CategoricalField.text(row.value(idColumn));
      SingleOutputStreamOperator<EventRow> rewards =
          EventSources.open(environment, config.rewards().orElseThrow(), plan, "rewards")
              .process(Intake.ofRewards(plan, Clock.systemUTC()))
              .returns(OwnType.ROW)
              .uid("rewards-intake")
              .name("rewards-intake");
      whole =
          decisions
              .connect(rewards)
              .keyBy(decisionId, decisionId, Types.STRING)
              .process(new RewardJoin(plan), OwnType.ROW)
              .uid("reward-join")
              .name("reward-join");
      letters =
          letters.union(
              rewards.getSideOutput(Intake.DEAD_LETTERS), whole.getSideOutput(Intake.DEAD_LETTERS));
    }
    whole = whole.process(new Sampling(plan)).returns(OwnType.ROW).uid("sampling").name("sampling");
    StreamPlan known = plan;
    SingleOutputStreamOperator<EpisodeRows> episodes =
        whole
            .keyBy(row -> known.mapper().episodeId(row), Types.STRING)
            .process(new Sessions(plan), OwnType.EPISODE)
            .uid("sessions")
            .name("sessions");
    return new Flow(episodes, letters.union(episodes.getSideOutput(Intake.DEAD_LETTERS)));
  }

  /** Adds the sinks. */
  public void write(Flow flow) {
    flow.episodes().sinkTo(EventSinks.rows(config.output().rows(), plan)).uid("rows").name("rows");
    flow.deadLetters()
        .sinkTo(EventSinks.deadLetters(config.output().deadLetters()))
        .uid("dead-letters")
        .name("dead-letters");
    judging.ifPresent(running -> new Judging(config, plan, running).judge(flow.episodes()));
    config.learn().ifPresent(learn -> learn(learn, flow.episodes()));
  }

  private void learn(LearnConfig learn, DataStream<EpisodeRows> episodes) {
    SingleOutputStreamOperator<Publication> published =
        episodes
            .global()
            .transform("fine-tune", PublicationSerializer.TYPE, new FineTune(learn, plan))
            .uid("fine-tune")
            .forceNonParallel();
    published
        .sinkTo(new BundleSink(learn.publish(), learn.registry(), learn.policy()))
        .setParallelism(1)
        .uid("bundles")
        .name("bundles");
    published
        .getSideOutput(FineTune.EVENTS)
        .sinkTo(EventSinks.lines(learn.events()))
        .setParallelism(1)
        .uid("learning")
        .name("learning");
  }
}
