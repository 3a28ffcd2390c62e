package dev.hindcast.streaming.learning;

import dev.hindcast.streaming.row.EpisodeSerializer;
import dev.hindcast.streaming.row.OwnType;
import dev.hindcast.streaming.row.VersionedSerializer;
import dev.hindcast.streaming.row.VersionedSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Episodes that wait: the time, then the episode. */
public final class WaitingSerializer extends VersionedSerializer<Waiting> {
  private static final long serialVersionUID = 1L;
  private static final int CURRENT = 1;
  private static final EpisodeSerializer EPISODES = new EpisodeSerializer();

  static final OwnType<Waiting> TYPE = new OwnType<>(Waiting.class, new WaitingSerializer());

  /** For the current version. */
  public WaitingSerializer() {
    this(CURRENT);
  }

  private WaitingSerializer(int version) {
    super(version);
  }

  /** What a savepoint says of it. */
  public static final class Snapshot extends VersionedSnapshot<Waiting> {
    /** Found by Flink. */
    public Snapshot() {
      super(new WaitingSerializer());
    }
  }

  @Override
  protected int currentVersion() {
    return CURRENT;
  }

  @Override
  protected void write(Waiting waiting, DataOutputView out) throws IOException {
    out.writeLong(waiting.millis());
    EPISODES.serialize(waiting.episode(), out);
  }

  @Override
  protected Waiting read(int ofVersion, DataInputView in) throws IOException {
    return new Waiting(in.readLong(), EPISODES.deserialize(in));
  }

  @Override
  protected VersionedSerializer<Waiting> ofVersion(int other) {
    return new WaitingSerializer(other);
  }

  @Override
  public TypeSerializerSnapshot<Waiting> snapshotConfiguration() {
    return new Snapshot();
  }
}
