package dev.hindcast.streaming.sink;

import dev.hindcast.streaming.row.EpisodeRows;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;

/**
 * A folder for each day in UTC. An episode lies whole in the folder of its last row, so that some
 * days make a log of whole episodes.
 */
final class DayFolders implements BucketAssigner<EpisodeRows, String> {
  private static final long serialVersionUID = 1L;

  @Override
  public String getBucketId(EpisodeRows episode, Context context) {
    return "day=" + Instant.ofEpochMilli(episode.lastTime()).atOffset(ZoneOffset.UTC).toLocalDate();
  }

  @Override
  public SimpleVersionedSerializer<String> getSerializer() {
    return SimpleVersionedStringSerializer.INSTANCE;
  }
}
