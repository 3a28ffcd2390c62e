package dev.hindcast.training.loop;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.training.learner.Learner;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import dev.hindcast.training.learner.TrainingStopped;
import dev.hindcast.training.sampling.Sampler;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Trains one learner to the end, from a checkpoint where there is one. Resumed training equals
 * uninterrupted training bit for bit.
 */
public final class TrainingLoop {
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(2);

  private final String trial;
  private final Learner learner;
  private final Sampler sampler;
  private final Schedule schedule;
  private final Alarms alarms;
  private final Consumer<Metrics> watcher;
  private final Snapshots snapshots;
  private final Metrics metrics = new Metrics();
  private long updates;

  /**
   * A run that has made no update yet.
   *
   * @param trial what messages call it
   */
  public TrainingLoop(String trial, Learner learner, Sampler sampler, Schedule schedule) {
    this(trial, learner, sampler, schedule, Alarms.off(), metrics -> {}, Snapshots.last(0));
  }

  /**
   * A run that has made no update yet and that is watched.
   *
   * @param trial what messages call it
   * @param alarms stop it when its figures say so
   * @param watcher shown the metrics after each of their lines, and when a checkpoint is taken up
   * @param snapshots takes them on the way
   */
  public TrainingLoop(
      String trial,
      Learner learner,
      Sampler sampler,
      Schedule schedule,
      Alarms alarms,
      Consumer<Metrics> watcher,
      Snapshots snapshots) {
    this.trial = trial;
    this.learner = learner;
    this.sampler = sampler;
    this.schedule = schedule;
    this.alarms = alarms;
    this.watcher = watcher;
    this.snapshots = snapshots;
  }

  /**
   * Trains until all updates are made.
   *
   * @param run what this run is; checkpoints of other runs are not used
   * @param store where checkpoints are kept
   * @param progress told every few seconds, and when a checkpoint is taken up or passed over
   * @param stop asked before every update; training ends early when it says so
   * @throws UserError when a figure is no longer a finite number, or the learner or an alarm stops
   *     the run
   */
  public Metrics run(
      Fingerprint run, CheckpointStore store, Consumer<String> progress, BooleanSupplier stop) {
    return run(run, store, progress, stop, schedule.updates());
  }

  /**
   * The same up to some update, where it leaves a checkpoint to go on from.
   *
   * @param until the number of updates in all after which to stop
   */
  public Metrics run(
      Fingerprint run,
      CheckpointStore store,
      Consumer<String> progress,
      BooleanSupplier stop,
      long until) {
    resume(run, store, progress);
    long begun = updates;
    long began = System.nanoTime();
    long reported = began;
    while (updates < until) {
      refuseInterruption(stop);
      MiniBatch batch = sampler.sample(updates, schedule.updates(), schedule.batchSize());
      Losses losses = update(batch);
      metrics.add(losses);
      updates++;
      snapshots.consider(updates, schedule.updates(), learner);
      if (updates % schedule.metricsEvery() == 0 || updates == schedule.updates()) {
        metrics.endLine(updates);
        watcher.accept(metrics);
      }
      boolean isDue =
          updates == until
              || (schedule.checkpointEvery() > 0 && updates % schedule.checkpointEvery() == 0);
      if (isDue && updates < schedule.updates()) {
        RunState state = RunState.of(updates, learner, metrics, alarms);
        store.save(updates, Checkpoint.write(run, state, snapshots));
      }
      long now = System.nanoTime();
      if (now - reported >= PROGRESS_INTERVAL.toNanos()) {
        progress.accept(progress(begun, now - began, losses).inWords());
        reported = now;
      }
    }
    return metrics;
  }

  /**
   * Trains up to some update and says where the run stands then: for machines that train together.
   *
   * @param from where it stood; none for a run that begins, which then stands where the learner
   *     does
   * @param until the number of updates in all after which to stop
   * @param stop asked before every update; training ends early when it says so
   * @throws UserError as {@link #run} does
   */
  public RunState advance(Optional<RunState> from, long until, BooleanSupplier stop) {
    from.ifPresent(this::takeUp);
    while (updates < until) {
      refuseInterruption(stop);
      metrics.add(update(sampler.sample(updates, schedule.updates(), schedule.batchSize())));
      updates++;
      if (updates % schedule.metricsEvery() == 0 || updates == schedule.updates()) {
        metrics.endLine(updates);
        watcher.accept(metrics);
      }
    }
    return RunState.of(updates, learner, metrics, alarms);
  }

  /** Goes on where a run stands. */
  private void takeUp(RunState state) {
    state.into(learner);
    state.into(metrics);
    state.into(alarms);
    updates = state.updates();
  }

  private void refuseInterruption(BooleanSupplier stop) {
    if (stop.getAsBoolean()) {
      throw new UserError(
          UserError.Kind.INTERRUPTED,
          "Training of "
              + trial
              + " was interrupted after "
              + updates
              + " updates. Run it again to go on from its last checkpoint.");
    }
  }

  private void resume(Fingerprint run, CheckpointStore store, Consumer<String> progress) {
    Optional<byte[]> latest = store.latest();
    if (latest.isEmpty()) {
      return;
    }
    Optional<RunState> state = Checkpoint.read(latest.get(), run, snapshots, learner);
    if (state.isPresent()) {
      takeUp(state.get());
      watcher.accept(metrics);
      progress.accept(String.format(Locale.ROOT, "going on after %,d updates", updates));
    } else {
      progress.accept(
          "starting anew: the checkpoint there is damaged, or of another config, dataset, seed or build");
    }
  }

  private Losses update(MiniBatch batch) {
    try {
      Losses losses = learner.update(batch);
      for (Map.Entry<String, Double> loss : losses.values().entrySet()) {
        if (!Double.isFinite(loss.getValue())) {
          throw new TrainingStopped(
              "its "
                  + loss.getKey().replace('_', ' ')
                  + " is "
                  + loss.getValue()
                  + ". Look for values that are not finite in that batch, or try a lower learning-rate.");
        }
      }
      alarms.check(losses);
      return losses;
    } catch (TrainingStopped e) {
      throw new UserError(
          UserError.Kind.DATA,
          String.format(
              Locale.ROOT,
              "Stopped training %s at update %,d (a batch of %s): %s",
              trial,
              updates + 1,
              batch.inWords(),
              e.getMessage()),
          e);
    }
  }

  private Progress progress(long begun, long nanos, Losses losses) {
    double speed = (updates - begun) / (nanos / 1e9);
    return new Progress(
        updates,
        schedule.updates(),
        speed,
        losses,
        Duration.ofSeconds(Math.round((schedule.updates() - updates) / speed)));
  }
}
