package dev.hindcast.streaming.operator;

import dev.hindcast.ingestion.mapping.MappedRow;
import dev.hindcast.streaming.row.OwnType;
import dev.hindcast.streaming.row.VersionedSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What is known of the rows of one id without looking at them.
 *
 * @param state whether they still come
 * @param rows how many there are
 * @param end the order of the first row that says that the episode ended; the greatest number when
 *     none does
 * @param until when to look at them next, or until when a closed episode is remembered
 */
record SessionProgress(State state, int rows, long end, long until) {
  /** Nothing yet. */
  static final SessionProgress NONE =
      new SessionProgress(State.OPEN, 0, Long.MAX_VALUE, Long.MAX_VALUE);

  static final OwnType<SessionProgress> TYPE =
      new OwnType<>(SessionProgress.class, new Serializer());

  /** Whether rows still come. */
  enum State {
    /** They do. */
    OPEN,
    /** The episode is over. */
    CLOSED,
    /** The episode was longer than is allowed. */
    GIVEN_UP
  }

  static SessionProgress remembered(State state, long until) {
    return new SessionProgress(state, 0, Long.MAX_VALUE, until);
  }

  boolean hasEnd() {
    return end != Long.MAX_VALUE;
  }

  SessionProgress with(MappedRow row) {
    long order = Ending.isEnd(row) ? row.order().orElse(Long.MAX_VALUE) : Long.MAX_VALUE;
    return new SessionProgress(state, rows + 1, Math.min(end, order), until);
  }

  SessionProgress checkedAt(long time) {
    return new SessionProgress(state, rows, end, Math.min(until, time));
  }

  SessionProgress unscheduled() {
    return new SessionProgress(state, rows, end, Long.MAX_VALUE);
  }

  /** Field by field. */
  static final class Serializer extends VersionedSerializer<SessionProgress> {
    private static final long serialVersionUID = 1L;
    private static final int CURRENT = 1;

    Serializer() {
      this(CURRENT);
    }

    private Serializer(int version) {
      super(version);
    }

    @Override
    protected int currentVersion() {
      return CURRENT;
    }

    @Override
    protected void write(SessionProgress progress, DataOutputView out) throws IOException {
      out.writeUTF(progress.state.name());
      out.writeInt(progress.rows);
      out.writeLong(progress.end);
      out.writeLong(progress.until);
    }

    @Override
    protected SessionProgress read(int ofVersion, DataInputView in) throws IOException {
      return new SessionProgress(
          State.valueOf(in.readUTF()), in.readInt(), in.readLong(), in.readLong());
    }

    @Override
    protected VersionedSerializer<SessionProgress> ofVersion(int other) {
      return new Serializer(other);
    }

    @Override
    public TypeSerializerSnapshot<SessionProgress> snapshotConfiguration() {
      return new SessionProgressSnapshot();
    }
  }
}
