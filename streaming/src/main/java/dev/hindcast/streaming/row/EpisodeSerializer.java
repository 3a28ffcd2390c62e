package dev.hindcast.streaming.row;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Episodes: the id, and the rows one after another. Version 2 holds rows of version 2. */
public final class EpisodeSerializer extends VersionedSerializer<EpisodeRows> {
  private static final long serialVersionUID = 1L;
  private static final int CURRENT = 2;
  private static final RowSerializer ROWS = new RowSerializer();

  /** For the current version. */
  public EpisodeSerializer() {
    this(CURRENT);
  }

  private EpisodeSerializer(int version) {
    super(version);
  }

  /** What a savepoint says of it. */
  public static final class Snapshot extends VersionedSnapshot<EpisodeRows> {
    /** Found by Flink. */
    public Snapshot() {
      super(new EpisodeSerializer());
    }
  }

  @Override
  protected int currentVersion() {
    return CURRENT;
  }

  @Override
  protected void write(EpisodeRows episode, DataOutputView out) throws IOException {
    RowSerializer.text(episode.episodeId(), out);
    out.writeInt(episode.rows().size());
    for (EventRow row : episode.rows()) {
      ROWS.serialize(row, out);
    }
  }

  @Override
  protected EpisodeRows read(int ofVersion, DataInputView in) throws IOException {
    String id = RowSerializer.text(in);
    int size = in.readInt();
    List<EventRow> rows = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      rows.add(ROWS.read(ofVersion, in));
    }
    return new EpisodeRows(id, rows);
  }

  @Override
  protected VersionedSerializer<EpisodeRows> ofVersion(int other) {
    return new EpisodeSerializer(other);
  }

  @Override
  public TypeSerializerSnapshot<EpisodeRows> snapshotConfiguration() {
    return new Snapshot();
  }
}
