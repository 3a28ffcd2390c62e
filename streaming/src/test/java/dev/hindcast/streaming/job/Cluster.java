package dev.hindcast.streaming.job;

import dev.hindcast.streaming.plan.StreamConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;

/**
 * Flink with several task managers in this process: they can be killed, and streams on them stopped
 * with savepoints and gone on with from there, as its command line does it.
 */
final class Cluster implements AutoCloseable {
  // longer than the timeouts of Flink and Kafka, into which a busy machine may run: what fails
  // after
  // this is stuck, not slow
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final MiniCluster flink;
  private int started;

  /** A cluster of task managers with so many slots each. */
  Cluster(int taskManagers, int slots) throws Exception {
    Configuration settings = new Configuration();
    // counts come with heartbeats
    settings.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofMillis(100));
    flink =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(slots)
                .withRandomPorts()
                .build());
    flink.start();
    started = taskManagers;
  }

  /**
   * Starts a stream.
   *
   * @param backend of its state: hashmap or rocksdb
   * @param from the savepoint that it goes on from, if any
   */
  JobID start(StreamConfig config, String backend, Optional<String> from) throws Exception {
    Configuration settings = StreamRun.settings(config);
    settings.set(StateBackendOptions.STATE_BACKEND, backend);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    // a savepoint is then one file
    settings.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ofMebiBytes(1));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(settings);
    environment.setParallelism(config.running().parallelism());
    StreamJob job = StreamJob.of(config);
    job.write(job.build(environment));
    JobGraph graph = environment.getStreamGraph().getJobGraph();
    from.ifPresent(
        path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path)));
    flink.submitJob(graph).get();
    return graph.getJobID();
  }

  /** Runs a job to its end. */
  void run(StreamExecutionEnvironment environment) throws Exception {
    flink.executeJobBlocking(environment.getStreamGraph().getJobGraph());
  }

  /** Stops a stream where it is, as {@code flink stop} does, and gives the savepoint's path. */
  String stop(JobID job, Path folder) throws Exception {
    return stop(job, folder, false);
  }

  /** Stops a stream as if its sources had ended, as {@code flink stop --drain} does. */
  String drain(JobID job, Path folder) throws Exception {
    return stop(job, folder, true);
  }

  private String stop(JobID job, Path folder, boolean isEnd) throws Exception {
    AtomicReference<String> savepoint = new AtomicReference<>();
    // a failure from just before may still be on its way; then the stream goes on, and is asked
    // again
    await(
        "it stops",
        job,
        () -> {
          if (isRunning(job)) {
            savepoint.set(savepoint(job, folder, isEnd));
          }
          return savepoint.get() != null;
        });
    flink.requestJobResult(job).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return savepoint.get();
  }

  /** Where the savepoint lies; null when tasks were just about to start again. */
  private String savepoint(JobID job, Path folder, boolean isEnd) throws Exception {
    try {
      return flink
          .stopWithSavepoint(job, folder.toUri().toString(), isEnd, SavepointFormatType.CANONICAL)
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (ExceptionUtils.findThrowable(e, CheckpointException.class).isEmpty()) {
        throw e;
      }
      return null;
    }
  }

  /** Kills the task manager started so many before the latest, and starts another. */
  void kill(int before) throws Exception {
    flink.terminateTaskManager(started - 1 - before).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    flink.startTaskManager();
    started++;
  }

  /** What a stream that runs or has ended has counted so far. */
  Map<String, Long> counts(JobID job) throws Exception {
    Map<String, Long> counts = new TreeMap<>();
    for (var count : graph(job).getAccumulatorsSerialized().entrySet()) {
      Object value = count.getValue().deserializeValue(getClass().getClassLoader()).getUnchecked();
      if (value instanceof Long number) {
        counts.put(count.getKey(), number);
      }
    }
    return counts;
  }

  /** How often tasks were started again after a failure. */
  long restarts(JobID job) throws Exception {
    return graph(job).getCheckpointStatsSnapshot().getCounts().getNumberOfRestoredCheckpoints();
  }

  /** How large the latest complete checkpoint is, in bytes, and how many milliseconds it took. */
  long[] latestCheckpoint(JobID job) throws Exception {
    var latest =
        graph(job).getCheckpointStatsSnapshot().getHistory().getLatestCompletedCheckpoint();
    return new long[] {latest.getStateSize(), latest.getEndToEndDuration()};
  }

  /** How many checkpoints are complete. */
  long checkpoints(JobID job) throws Exception {
    return graph(job).getCheckpointStatsSnapshot().getCounts().getNumberOfCompletedCheckpoints();
  }

  /** In which state each task is, and for the how-manieth time it was started. */
  private Map<String, String> tasks(JobID job) throws Exception {
    Map<String, String> tasks = new TreeMap<>();
    for (AccessExecutionVertex task : graph(job).getAllExecutionVertices()) {
      tasks.put(
          task.getTaskNameWithSubtaskIndex(),
          task.getExecutionState() + " #" + task.getCurrentExecutionAttempt().getAttemptNumber());
    }
    return tasks;
  }

  private boolean isRunning(JobID job) throws Exception {
    for (AccessExecutionVertex task : graph(job).getAllExecutionVertices()) {
      if (task.getExecutionState() != ExecutionState.RUNNING) {
        return false;
      }
    }
    return true;
  }

  private AccessExecutionGraph graph(JobID job) throws InterruptedException, ExecutionException {
    return flink.getExecutionGraph(job).get();
  }

  /** Waits until something holds; fails when the stream has failed or patience is at its end. */
  void await(String what, JobID job, Callable<Boolean> holds) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.call()) {
      if (flink.getJobStatus(job).get() == JobStatus.FAILED) {
        throw new AssertionError("The stream failed.", failure(job));
      }
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "Waited in vain until " + what + "; counted " + counts(job) + "; tasks " + tasks(job),
            failure(job));
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private Throwable failure(JobID job) throws InterruptedException, ExecutionException {
    var failure = graph(job).getFailureInfo();
    return failure == null
        ? null
        : failure.getException().deserializeError(getClass().getClassLoader());
  }

  @Override
  public void close() {
    flink.closeAsync().join();
  }
}
