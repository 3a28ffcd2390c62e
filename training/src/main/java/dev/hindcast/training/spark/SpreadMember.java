package dev.hindcast.training.spark;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.training.learner.Gathering;
import dev.hindcast.training.learner.Meeting;
import dev.hindcast.training.loop.CheckpointStore;
import dev.hindcast.training.loop.Metrics;
import dev.hindcast.training.loop.Snapshots;
import dev.hindcast.training.loop.TrainingLoop;
import java.util.Optional;
import org.apache.spark.TaskContext;

/**
 * A member of a gathering that trains a trial. The first one also has the place where all meet,
 * keeps the checkpoints, says how far training is, and publishes the bundle. Belongs to one thread.
 */
final class SpreadMember implements AutoCloseable {
  private final SpreadTask task;
  private final Trial trial;
  private final int number;
  private final FolderCheckpoints checkpoints;
  private final Snapshots snapshots;
  private Optional<TransitionColumns> data = Optional.empty();
  private Optional<Meeting.Place> place = Optional.empty();
  private Optional<ArtefactWriter> writer = Optional.empty();
  private Optional<OpenTrial> open = Optional.empty();
  private Metrics metrics = new Metrics();
  private long steps;
  private long leftOut;

  SpreadMember(SpreadTask task, int number) {
    this.task = task;
    this.number = number;
    trial = task.trial();
    checkpoints = FolderCheckpoints.of(task.output(), trial.name());
    snapshots = Snapshots.last(trial.settings().snapshots());
  }

  private boolean isFirst() {
    return number == 0;
  }

  /**
   * Reads its data.
   *
   * @param host of the first member
   * @return where to meet, if this is the first
   */
  String prepare(String host) {
    if (isFirst()) {
      say("reading the dataset");
      task.figures().add(TrackedTrials.begun(trial.name()));
      writer =
          Optional.of(ArtefactWriter.begin(task.output() + "/" + trial.name(), task.existing()));
      place = Optional.of(meeting().open(task.stretches().size(), host));
    }
    data = Optional.of(task.dataset().read(task.stretches().get(number)));
    return place.map(Meeting.Place::address).orElse("");
  }

  private Meeting meeting() {
    return trial.algorithm().meeting().orElseThrow();
  }

  /**
   * Learns with the others, from the last checkpoint on.
   *
   * @return nothing of interest
   */
  String learn(String address) {
    try (Gathering gathering = meeting().join(address, task.stretches().size(), number)) {
      // with a normalizer of its own part: what learns the same from any part has no use for one
      OpenTrial here =
          OpenTrial.on(data.orElseThrow(), Normalizer.fit(data.orElseThrow()), trial, gathering);
      open = Optional.of(here);
      steps = here.all().total(here.sampler().size());
      leftOut = here.all().total(here.sampler().leftOut());
      metrics =
          loop(here)
              .run(
                  trial.fingerprint(),
                  new Shared(gathering),
                  this::say,
                  () -> TaskContext.get().isInterrupted());
      return "";
    }
  }

  private TrainingLoop loop(OpenTrial here) {
    Optional<LiveEvents> events =
        writer.filter(w -> trial.settings().tensorboard()).map(LiveEvents::new);
    return new TrainingLoop(
        trial.name(),
        here.learner(),
        here.sampler(),
        trial.schedule(),
        here.alarms(),
        found -> {
          if (isFirst()) {
            task.figures().add(TrackedTrials.line(trial.name(), found));
          }
          events.ifPresent(live -> live.accept(found));
        },
        snapshots);
  }

  /** Publishes what all have learned, if this is the first. */
  void publish() {
    if (isFirst()) {
      TrialTask.publish(
          writer.orElseThrow(), trial, open.orElseThrow(), snapshots, metrics, steps, leftOut);
      checkpoints.remove();
      say("done");
    }
  }

  private void say(String line) {
    if (isFirst()) {
      task.progress().add(trial.name() + ": " + line);
    }
  }

  @Override
  public void close() {
    open.ifPresent(OpenTrial::close);
    writer.ifPresent(ArtefactWriter::close);
    place.ifPresent(Meeting.Place::close);
  }

  /** All members stand at the same place, so one of them keeps it for all. */
  private final class Shared implements CheckpointStore {
    private final Gathering gathering;

    Shared(Gathering gathering) {
      this.gathering = gathering;
    }

    @Override
    public Optional<byte[]> latest() {
      Optional<byte[]> found = checkpoints.latest();
      long mine = found.map(Shared::hash).orElse(0L);
      for (long[] each : gathering.gather(new long[] {mine})) {
        if (each[0] != mine) {
          throw new IllegalStateException(
              "The members that train " + trial.name() + " found different checkpoints.");
        }
      }
      return found;
    }

    private static long hash(byte[] checkpoint) {
      return StableHash.of(Fingerprint.of(checkpoint).value());
    }

    @Override
    public void save(long updates, byte[] checkpoint) {
      if (isFirst()) {
        checkpoints.save(updates, checkpoint);
      }
    }
  }
}
