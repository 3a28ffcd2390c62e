package dev.hindcast.training.spark;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.loop.Metrics;
import dev.hindcast.training.tracking.RunTracker;
import dev.hindcast.training.tracking.RunTracker.Ending;
import dev.hindcast.training.tracking.Tracking;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Tells the tracking server of a train job's trials, from the driver: executors need not reach it
 * and never see its credentials, and a trial that is tried again stays one run. While a trial is at
 * work its latest figures come with the heartbeats; the whole record comes from its bundle.
 */
final class TrackedTrials implements AutoCloseable {
  private static final char SEPARATOR = '\t';
  private static final String TAG = "hindcast.";

  private final Optional<RunTracker> tracker;
  private final String output;

  private TrackedTrials(Optional<RunTracker> tracker, String output) {
    this.tracker = tracker;
    this.output = output;
  }

  /** As the config says; without tracking nothing happens in any method. */
  static TrackedTrials of(Optional<Tracking> tracking, String output, Consumer<String> warnings) {
    return new TrackedTrials(
        tracking.map(where -> new RunTracker(where, System.getenv(), warnings)), output);
  }

  /** What a task sends when it begins. */
  static String begun(String trial) {
    return trial + SEPARATOR + "{}";
  }

  /** What a task sends with each line of metrics. */
  static String line(String trial, Metrics metrics) {
    return trial + SEPARATOR + metrics.lastLine();
  }

  /** What a task has sent. */
  void figures(String sent) {
    int separator = sent.indexOf(SEPARATOR);
    tracker.ifPresent(
        runs -> runs.figures(sent.substring(0, separator), sent.substring(separator + 1)));
  }

  /** Trials that are about to start. */
  void expect(List<Trial> trials) {
    tracker.ifPresent(runs -> trials.forEach(trial -> runs.expect(run(trial))));
  }

  private RunTracker.Run run(Trial trial) {
    JsonNode provenance = CanonicalJson.tree(trial.provenance().getBytes(StandardCharsets.UTF_8));
    Map<String, String> tags = new TreeMap<>();
    tags.put(TAG + "trial", trial.name());
    tags.put(TAG + "seed", provenance.path("seed").asText());
    CodeVersion code = CodeVersion.current();
    tags.put(TAG + "code", code.version() + " (" + code.commit() + ")");
    provenance
        .path("inputs")
        .forEach(
            input -> {
              String role = TAG + input.path("role").asText();
              tags.put(role, input.path("name").asText());
              tags.put(role + ".fingerprint", input.path("fingerprint").asText());
            });
    tags.put(TAG + "bundle", output + "/" + trial.name());
    return RunTracker.Run.of(trial.name(), provenance.path("config"), tags);
  }

  /** How trials ended. */
  void ended(List<Outcome> outcomes) {
    tracker.ifPresent(runs -> outcomes.forEach(outcome -> ended(runs, outcome)));
  }

  private void ended(RunTracker runs, Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      boolean interrupted = refused.reason().kind() == UserError.Kind.INTERRUPTED;
      stopped(
          runs,
          refused.trial(),
          interrupted ? Ending.KILLED : Ending.FAILED,
          refused.reason().getMessage());
    } else if (outcome instanceof Outcome.Published published) {
      runs.end(published.trial(), Ending.FINISHED, () -> result(output + "/" + published.trial()));
    }
  }

  private static RunTracker.Result result(String bundle) {
    byte[] metrics = Storage.read(Storage.below(bundle, TrainingRecord.METRICS));
    BundleManifest manifest = BundleLoader.manifest(ArtefactFolder.local(bundle));
    return new RunTracker.Result(
        new String(metrics, StandardCharsets.UTF_8),
        Map.of(TAG + "bundle.fingerprint", manifest.fingerprint().value()));
  }

  /** A job that broke took its trials with it. */
  void broke(List<Trial> trials) {
    tracker.ifPresent(
        runs ->
            trials.forEach(
                trial -> stopped(runs, trial.name(), Ending.FAILED, "its Spark job failed")));
  }

  private static void stopped(RunTracker runs, String trial, Ending ending, String reason) {
    runs.end(trial, ending, () -> new RunTracker.Result("", Map.of(TAG + "stopped", reason)));
  }

  @Override
  public void close() {
    tracker.ifPresent(RunTracker::close);
  }
}
