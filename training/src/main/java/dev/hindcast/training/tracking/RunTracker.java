package dev.hindcast.training.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.training.tracking.MlflowServer.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Records runs on an MLflow server from one thread of its own: nothing here blocks or throws. The
 * first failure is said once. After it, figures are no longer sent as they come, but each run's
 * whole record is still tried when the run ends, so an outage in between costs nothing.
 */
public final class RunTracker implements AutoCloseable {
  private static final Duration CALL = Duration.ofSeconds(10);
  private static final Duration LAST_WORDS = Duration.ofSeconds(30);
  private static final String UPDATE = "update";

  private final Tracking tracking;
  private final MlflowServer server;
  private final Duration patience;
  private final Consumer<String> warnings;
  private final ExecutorService thread;

  // all of these belong to that thread
  private final Map<String, Recorded> runs = new HashMap<>();
  private String experiment = "";
  private boolean isDown;
  private boolean hasWarned;

  /** How a run ended. */
  public enum Ending {
    /** All updates were made. */
    FINISHED,
    /** It stopped itself, or broke. */
    FAILED,
    /** It was interrupted. */
    KILLED
  }

  /**
   * What is known of a run before it begins.
   *
   * @param name what people call it
   * @param parameters the settings in force
   * @param tags what made it
   */
  public record Run(String name, Map<String, String> parameters, Map<String, String> tags) {
    /** Copies the maps. */
    public Run {
      parameters = new TreeMap<>(parameters);
      tags = new TreeMap<>(tags);
    }

    /**
     * A run with a JSON object of settings.
     *
     * @param settings nested ones get names with dots
     */
    public static Run of(String name, JsonNode settings, Map<String, String> tags) {
      Map<String, String> parameters = new TreeMap<>();
      flatten("", settings, parameters);
      return new Run(name, parameters, tags);
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> into) {
      node.fields()
          .forEachRemaining(
              field -> {
                JsonNode value = field.getValue();
                if (value.isObject()) {
                  flatten(prefix + field.getKey() + ".", value, into);
                } else {
                  into.put(
                      prefix + field.getKey(),
                      value.isValueNode() ? value.asText() : CanonicalJson.line(value));
                }
              });
    }
  }

  /**
   * What a run leaves.
   *
   * @param metrics the whole metrics file, or empty
   * @param tags what is known only in the end
   */
  public record Result(String metrics, Map<String, String> tags) {
    /** Copies the map. */
    public Result {
      tags = new TreeMap<>(tags);
    }
  }

  /** How far the record of a run has come. */
  private static final class Recorded {
    private final Run run;
    private String id = "";
    private boolean hasParameters;
    private final Set<Long> updates = new HashSet<>();

    Recorded(Run run) {
      this.run = run;
    }
  }

  /**
   * A tracker that has not called its server yet.
   *
   * @param environment where credentials are looked up: MLFLOW_TRACKING_TOKEN, or
   *     MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD
   * @param warnings told what went wrong, at most once, from another thread
   */
  public RunTracker(Tracking tracking, Map<String, String> environment, Consumer<String> warnings) {
    this(tracking, new MlflowServer(tracking.mlflow(), CALL, environment), LAST_WORDS, warnings);
  }

  RunTracker(Tracking tracking, MlflowServer server, Duration patience, Consumer<String> warnings) {
    this.tracking = tracking;
    this.server = server;
    this.patience = patience;
    this.warnings = warnings;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread made = new Thread(work, "tracking");
              made.setDaemon(true);
              return made;
            });
  }

  /** Announces a run. The server hears of it once there is something to say of it. */
  public void expect(Run run) {
    later(() -> runs.put(run.name(), new Recorded(run)));
  }

  /**
   * A line of the metrics file of a run at work; one without figures says that it has begun.
   *
   * @param line a JSON object with the update and its figures
   */
  public void figures(String run, String line) {
    later(
        () -> {
          if (!isDown) {
            attempt(() -> record(begun(run), line));
          }
        });
  }

  /**
   * The end of a run.
   *
   * @param result asked for later, from another thread
   */
  public void end(String run, Ending ending, Supplier<Result> result) {
    later(
        () ->
            attempt(
                () -> {
                  Recorded recorded = begun(run);
                  Result all = result.get();
                  record(recorded, all.metrics());
                  if (!all.tags().isEmpty()) {
                    server.tags(recorded.id, all.tags());
                  }
                  server.end(recorded.id, ending.name(), System.currentTimeMillis());
                }));
  }

  /** Waits a little for what is still to be sent. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
        warn("the last of it was not sent within " + patience.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void later(Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException e) {
      warn("something was said after the end");
    }
  }

  /** The record of a run that the server knows. */
  private Recorded begun(String name) throws IOException, InterruptedException {
    Recorded recorded = runs.get(name);
    if (recorded == null) {
      throw new IOException("nobody has announced the run " + name);
    }
    if (experiment.isEmpty()) {
      experiment = server.experiment(tracking.experiment());
    }
    if (recorded.id.isEmpty()) {
      recorded.id = server.begin(experiment, name, recorded.run.tags(), System.currentTimeMillis());
    }
    if (!recorded.hasParameters) {
      server.parameters(recorded.id, recorded.run.parameters());
      recorded.hasParameters = true;
    }
    return recorded;
  }

  /** Sends those of these lines that were not sent before. */
  private void record(Recorded recorded, String lines) throws IOException, InterruptedException {
    long now = System.currentTimeMillis();
    List<Metric> metrics = new ArrayList<>();
    Set<Long> updates = new HashSet<>();
    lines
        .lines()
        .map(line -> CanonicalJson.tree(line.getBytes(StandardCharsets.UTF_8)))
        .filter(line -> line.has(UPDATE))
        .forEach(
            line -> {
              long update = line.path(UPDATE).asLong();
              if (!recorded.updates.contains(update)) {
                updates.add(update);
                line.fields()
                    .forEachRemaining(
                        field -> {
                          if (!field.getKey().equals(UPDATE)) {
                            metrics.add(
                                new Metric(
                                    field.getKey(), field.getValue().asDouble(), now, update));
                          }
                        });
              }
            });
    server.metrics(recorded.id, metrics);
    recorded.updates.addAll(updates);
  }

  private interface Calls {
    void make() throws IOException, InterruptedException;
  }

  /** Training must not fail because tracking does: whatever goes wrong ends here, in words. */
  private void attempt(Calls calls) {
    try {
      calls.make();
      isDown = false;
    } catch (IOException e) {
      isDown = true;
      warn(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (UncheckedIOException e) {
      isDown = true;
      warn(e.getMessage());
    } catch (RuntimeException e) {
      isDown = true;
      warn("a fault of ours (" + e.getClass().getSimpleName() + ")");
    }
  }

  private synchronized void warn(String what) {
    if (!hasWarned) {
      hasWarned = true;
      warnings.accept(
          "warning: tracking is incomplete: " + what + ". Training goes on without it.");
    }
  }
}
