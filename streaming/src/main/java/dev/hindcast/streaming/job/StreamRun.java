package dev.hindcast.streaming.job;

import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.streaming.plan.StreamConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * One run of a stream: on the cluster that {@code flink run} leads to, otherwise inside this
 * process. In this process it goes on from the latest checkpoint below the config's folder, so that
 * the same command carries on what was interrupted; on a cluster {@code flink run} says from where.
 */
public final class StreamRun {
  private StreamRun() {}

  /** What every stream of ours is run with. */
  public static Configuration settings(StreamConfig config) {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.GENERIC_TYPES, false); // no value falls to Kryo unnoticed
    settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, config.running().checkpointEvery());
    settings.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, uri(config.running().checkpoints()));
    return settings;
  }

  /** What a stream inside this process is run with besides. */
  public static Configuration embedded(StreamConfig config) {
    Configuration settings = settings(config);
    settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    // one or two for each id, and on disk every look at them would cost more than the rows do
    settings.set(
        RocksDBOptions.TIMER_SERVICE_FACTORY,
        EmbeddedRocksDBStateBackend.PriorityQueueStateType.HEAP);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
    if (config.running().metricsPort() > 0) {
      settings.setString(
          "metrics.reporter.prometheus.factory.class", PrometheusReporterFactory.class.getName());
      settings.setString(
          "metrics.reporter.prometheus.port", Integer.toString(config.running().metricsPort()));
    }
    return settings;
  }

  /**
   * Runs a stream to its end; one whose sources follow has none.
   *
   * @param isEmbedded whether to run inside this process
   * @return what was counted, by name; nothing where {@code flink run --detached} has only started
   *     it
   */
  public static Map<String, Long> run(StreamConfig config, boolean isEmbedded) throws Exception {
    Configuration settings = isEmbedded ? embedded(config) : settings(config);
    if (isEmbedded) {
      Optional<String> latest = latest(config.running().checkpoints());
      if (latest.isEmpty()) {
        refuseToDouble(config.output().rows());
      }
      latest.ifPresent(path -> settings.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    }
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(settings);
    environment.setParallelism(config.running().parallelism());
    StreamJob job = StreamJob.of(config);
    job.write(job.build(environment));
    return counts(environment.execute("hindcast " + config.name()));
  }

  /** Flink takes no plain path here. */
  private static String uri(String path) {
    return new Path(path).toUri().getScheme() == null
        ? java.nio.file.Path.of(path).toUri().toString()
        : path;
  }

  /** What a finished job has counted; nothing for one that goes on without its client. */
  public static Map<String, Long> counts(JobExecutionResult result) {
    Map<String, Long> counts = new TreeMap<>();
    if (!result.isJobExecutionResult()) {
      return counts;
    }
    result
        .getAllAccumulatorResults()
        .forEach(
            (name, value) -> {
              if (value instanceof Long count) {
                counts.put(name, count);
              }
            });
    return counts;
  }

  /** Rows without a checkpoint are those of a run that ended: another would write them again. */
  private static void refuseToDouble(String rows) {
    if (Storage.exists(rows)
        && Storage.filesBelow(rows).stream().anyMatch(entry -> !entry.name().startsWith("."))) {
      throw UserError.conflict(
          "Cannot write rows to "
              + rows
              + ": a stream that has ended left rows there, and this one would write its events again. Choose another stream.output, or take them away.");
    }
  }

  /** The latest complete checkpoint below a folder, if there is one. */
  static Optional<String> latest(String checkpoints) {
    try {
      Path folder = new Path(checkpoints);
      FileSystem system = folder.getFileSystem();
      if (!system.exists(folder)) {
        return Optional.empty();
      }
      FileStatus latest = null;
      for (FileStatus run : system.listStatus(folder)) {
        FileStatus[] kept = run.isDir() ? system.listStatus(run.getPath()) : new FileStatus[0];
        for (FileStatus checkpoint : kept) {
          Path metadata = new Path(checkpoint.getPath(), "_metadata");
          if (checkpoint.getPath().getName().startsWith("chk-") && system.exists(metadata)) {
            FileStatus found = system.getFileStatus(metadata);
            if (latest == null || found.getModificationTime() > latest.getModificationTime()) {
              latest = found;
            }
          }
        }
      }
      return Optional.ofNullable(latest).map(found -> found.getPath().getParent().toString());
    } catch (java.io.IOException e) {
      throw new UserError(
          UserError.Kind.INPUT_MISSING,
          "Cannot look for checkpoints in " + checkpoints + ": " + e.getMessage(),
          e);
    }
  }
}
