package dev.hindcast.training.spark;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.training.loop.RunState;
import dev.hindcast.training.loop.Snapshots;
import dev.hindcast.training.loop.TrainingLoop;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/**
 * One shard's part of a round: from the common state to that after its own updates.
 *
 * @param trial what is trained
 * @param normalizer of all shards together
 * @param from the common state; none in the first round
 * @param until the updates made when the round is over
 */
record RoundTask(Trial trial, Normalizer normalizer, Broadcast<List<RunState>> from, long until)
    implements Function<Shard, RoundTask.Result> {
  /** How it ended. */
  sealed interface Result extends Serializable {}

  /**
   * With all its updates.
   *
   * @param state where the shard's learner stands
   * @param steps how many it could draw from
   * @param leftOut how many it could not
   */
  record Advanced(RunState state, long steps, long leftOut) implements Result {}

  /** By something that trying again would not cure. */
  record Stopped(UserError reason) implements Result {}

  @Override
  public Result call(Shard shard) {
    try (OpenTrial open = OpenTrial.on(shard.data(), normalizer, trial, shard.index())) {
      TrainingLoop loop =
          new TrainingLoop(
              trial.name() + " (shard " + shard.index() + ")",
              open.learner(),
              open.sampler(),
              trial.schedule(),
              open.alarms(),
              metrics -> {},
              Snapshots.last(0));
      RunState state =
          loop.advance(
              from.value().stream().findFirst(), until, () -> TaskContext.get().isInterrupted());
      return new Advanced(state, open.sampler().size(), open.sampler().leftOut());
    } catch (UserError e) {
      return new Stopped(e);
    }
  }
}
