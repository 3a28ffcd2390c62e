package dev.hindcast.training.spark;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.loop.CheckpointStore;
import dev.hindcast.training.loop.Metrics;
import dev.hindcast.training.loop.Snapshots;
import dev.hindcast.training.loop.TrainingLoop;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;

/**
 * Trains one trial up to a rung, leaves a checkpoint there, and judges the policy that it has by
 * then: a fitted-Q evaluation on the training side, of which the figure is the mean value of the
 * logged steps if the policy takes over after them. Unlike training losses it means the same
 * whatever the settings are, and the held-out episodes stay unseen.
 *
 * @param dataset where the data is
 * @param output the folder of all bundles
 * @param share of all updates at which the rung is
 * @param judge the algorithm that values policies
 * @param judgeUpdates its updates
 * @param progress carries lines to the driver
 */
record RungTask(
    Dataset dataset,
    String output,
    double share,
    Algorithm judge,
    int judgeUpdates,
    LatestLine progress)
    implements Function<Trial, RungTask.Result> {
  /** How a trial fared. */
  sealed interface Result extends Serializable {}

  /**
   * It has been judged.
   *
   * @param value minus infinity for what diverged
   */
  record Judged(double value) implements Result {}

  /** It met something that trying again would not cure. */
  record Refused(UserError reason) implements Result {}

  static long updates(Trial trial, double share) {
    return Math.max(1, Math.round(share * trial.schedule().updates()));
  }

  @Override
  public Result call(Trial trial) {
    progress.add(trial.name() + ": reading the dataset");
    TransitionColumns data = dataset.read(Split.Part.TRAINING);
    Normalizer normalizer = Normalizer.fit(data);
    try {
      return new Judged(value(judge(trial, trained(trial, data, normalizer)), data, normalizer));
    } catch (UserError e) {
      if (e.kind() == UserError.Kind.DATA) {
        progress.add(trial.name() + ": " + e.getMessage());
        return new Judged(Double.NEGATIVE_INFINITY); // diverged: as hopeless as can be
      }
      return new Refused(e);
    }
  }

  private Policy trained(Trial trial, TransitionColumns data, Normalizer normalizer) {
    try (OpenTrial open = OpenTrial.on(data, normalizer, trial, 0)) {
      TrainingLoop loop =
          new TrainingLoop(
              trial.name(),
              open.learner(),
              open.sampler(),
              trial.schedule(),
              open.alarms(),
              metrics -> {},
              Snapshots.last(trial.settings().snapshots()));
      loop.run(
          trial.fingerprint(),
          FolderCheckpoints.of(output, trial.name()),
          line -> progress.add(trial.name() + ": " + line),
          RungTask::isInterrupted,
          updates(trial, share));
      return open.trainee().policy();
    }
  }

  /** The trial that evaluates a trial's policy. */
  private Trial judge(Trial trial, Policy policy) {
    return new Trial(
        trial.name() + " (its evaluation)",
        judge,
        judge.defaults(),
        trial.settings().evaluating(judgeUpdates),
        trial.discount(),
        trial.seed(),
        List.of(new Trial.Target(trial.name(), "", policy)),
        trial.provenance());
  }

  private double value(Trial judge, TransitionColumns data, Normalizer normalizer) {
    try (OpenTrial open = OpenTrial.on(data, normalizer, judge, 0)) {
      TrainingLoop loop =
          new TrainingLoop(judge.name(), open.learner(), open.sampler(), judge.schedule());
      Metrics metrics =
          loop.run(
              judge.fingerprint(),
              CheckpointStore.none(),
              line -> progress.add(judge.name() + ": " + line),
              RungTask::isInterrupted);
      return Optional.ofNullable(metrics.latest().get("value")).orElseThrow();
    }
  }

  private static boolean isInterrupted() {
    return TaskContext.get().isInterrupted();
  }
}
