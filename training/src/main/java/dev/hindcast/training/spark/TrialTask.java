package dev.hindcast.training.spark;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.loop.Metrics;
import dev.hindcast.training.loop.Snapshots;
import dev.hindcast.training.loop.TrainingLoop;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;

/**
 * One trial on an executor: reads the training side, trains, publishes the bundle.
 *
 * @param dataset where the data is
 * @param output the folder of all bundles
 * @param existing what to do with another bundle in the trial's place
 * @param progress carries lines to the driver
 * @param figures carries the latest line of the metrics file there, for {@link TrackedTrials}
 */
record TrialTask(
    Dataset dataset,
    String output,
    ArtefactWriter.Existing existing,
    LatestLine progress,
    LatestLine figures)
    implements Function<Trial, Outcome> {
  private static final int EXPORT_SAMPLE = 256;

  @Override
  public Outcome call(Trial trial) {
    try {
      train(trial);
      return new Outcome.Published(trial.name());
    } catch (UserError e) {
      progress.add(trial.name() + ": stopped");
      return new Outcome.Refused(trial.name(), e);
    } catch (RuntimeException e) {
      throw new IllegalStateException("Training of " + trial.name() + " failed.", e);
    }
  }

  private void train(Trial trial) {
    if (trial.isAt(output)) {
      // an attempt before this one was lost with its executor, but only after it had published
      progress.add(trial.name() + ": done");
      return;
    }
    progress.add(trial.name() + ": reading the dataset");
    figures.add(TrackedTrials.begun(trial.name()));
    TransitionColumns data = dataset.read(Split.Part.TRAINING);
    FolderCheckpoints checkpoints = FolderCheckpoints.of(output, trial.name());
    try (ArtefactWriter writer = ArtefactWriter.begin(output + "/" + trial.name(), existing);
        OpenTrial open = OpenTrial.on(data, Normalizer.fit(data), trial, 0)) {
      LiveEvents events = new LiveEvents(writer);
      Snapshots snapshots = Snapshots.last(trial.settings().snapshots());
      TrainingLoop loop =
          new TrainingLoop(
              trial.name(),
              open.learner(),
              open.sampler(),
              trial.schedule(),
              open.alarms(),
              metrics -> {
                figures.add(TrackedTrials.line(trial.name(), metrics));
                if (trial.settings().tensorboard()) {
                  events.accept(metrics);
                }
              },
              snapshots);
      Metrics metrics =
          loop.run(
              trial.fingerprint(),
              checkpoints,
              line -> progress.add(trial.name() + ": " + line),
              () -> TaskContext.get().isInterrupted());
      publish(
          writer, trial, open, snapshots, metrics, open.sampler().size(), open.sampler().leftOut());
    }
    checkpoints.remove();
    progress.add(trial.name() + ": done");
  }

  /**
   * Publishes what a trial has learned.
   *
   * @param steps how many it could draw from
   * @param leftOut how many it could not
   */
  static void publish(
      ArtefactWriter writer,
      Trial trial,
      OpenTrial open,
      Snapshots snapshots,
      Metrics metrics,
      long steps,
      long leftOut) {
    if (trial.settings().tensorboard()) {
      new LiveEvents(writer).finish(metrics);
    }
    open.trainee()
        .publish(
            writer,
            record(trial, open.data(), metrics, steps, leftOut),
            snapshots.taken(),
            sample(open.data()));
  }

  private static TrainingRecord record(
      Trial trial, TransitionColumns data, Metrics metrics, long steps, long leftOut) {
    Optional<BundleManifest.Evaluates> evaluates =
        trial.target().stream()
            .findFirst()
            .map(
                target ->
                    new BundleManifest.Evaluates(
                        target.name(), new Fingerprint(target.fingerprint())));
    Map<String, Double> figures = metrics.latest();
    figures.put("steps", (double) steps);
    figures.put("steps_left_out", (double) leftOut);
    return new TrainingRecord(
        trial.name(),
        trial.algorithm().name(),
        trial.algorithm().description(),
        trial.algorithm().yields().bundleKind(),
        data.observationSpace(),
        data.actionSpace(),
        trial.yieldsPolicy() && data.hasMask(),
        evaluates,
        trial.discount(),
        trial.schedule().updates(),
        figures,
        metrics.text(),
        CanonicalJson.read(trial.provenance().getBytes(StandardCharsets.UTF_8), Provenance.class));
  }

  /** Steps spread over the whole data, for checking exports. */
  private static Decisions sample(TransitionColumns data) {
    int n = Math.min(EXPORT_SAMPLE, data.rows());
    int[] rows = new int[n];
    for (int i = 0; i < n; i++) {
      rows[i] = (int) ((long) i * data.rows() / n);
    }
    return data.decisionsAt(rows);
  }
}
