package dev.hindcast.streaming.sink;

import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.EpisodeRows;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/**
 * The sinks of a stream. Files are begun under hidden names, which no reader of a log looks at, and
 * get their own name when the checkpoint that they belong to is complete.
 */
public final class EventSinks {
  private EventSinks() {}

  /** The rows of episodes, in one folder for each day. */
  public static Sink<EpisodeRows> rows(String folder, StreamPlan plan) {
    return FileSink.forBulkFormat(
            new Path(folder), new RowParquet(plan.columns(), plan.isSampled()))
        .withBucketAssigner(new DayFolders())
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(new OutputFileConfig("part", ".parquet"))
        .build();
  }

  /** Anything that is JSON, one object in each line. */
  public static <T> Sink<T> json(String folder) {
    return FileSink.forRowFormat(new Path(folder), new JsonLines<T>())
        .withBucketAssigner(new BasePathBucketAssigner<>())
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(new OutputFileConfig("part", ".jsonl"))
        .build();
  }

  /** Dead letters. */
  public static Sink<DeadLetter> deadLetters(String folder) {
    return FileSink.forRowFormat(new Path(folder), new DeadLetterLines())
        .withBucketAssigner(new BasePathBucketAssigner<>())
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(new OutputFileConfig("part", ".jsonl"))
        .build();
  }

  /** Lines of what happened. */
  public static Sink<String> lines(String folder) {
    return FileSink.forRowFormat(new Path(folder), new SimpleStringEncoder<String>())
        .withBucketAssigner(new BasePathBucketAssigner<>())
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(new OutputFileConfig("part", ".jsonl"))
        .build();
  }
}
