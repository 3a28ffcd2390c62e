package dev.hindcast.streaming.operator;

import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.OwnType;
import dev.hindcast.streaming.row.RowSerializer;
import dev.hindcast.streaming.row.VersionedSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What waits for each other under the id of one decision. It is one value, because a look into a
 * map of RocksDB passes over all that was removed from its neighbors not long ago.
 *
 * @param decisions that came, in the order in which they did; as a rule one
 * @param rewards that came
 * @param gone when the last decision happened that has gone; {@link #NOT_YET} while none has
 */
record Awaiting(List<EventRow> decisions, List<EventRow> rewards, long gone) {
  static final long NOT_YET = Long.MIN_VALUE;
  static final Awaiting NOTHING = new Awaiting(List.of(), List.of(), NOT_YET);
  static final OwnType<Awaiting> TYPE = new OwnType<>(Awaiting.class, new Serializer());

  Awaiting {
    decisions = List.copyOf(decisions);
    rewards = List.copyOf(rewards);
  }

  boolean isNothing() {
    return decisions.isEmpty() && rewards.isEmpty() && !hasGone();
  }

  boolean hasGone() {
    return gone != NOT_YET;
  }

  Awaiting withDecisions(List<EventRow> others) {
    return new Awaiting(others, rewards, gone);
  }

  Awaiting withRewards(List<EventRow> others) {
    return new Awaiting(decisions, others, gone);
  }

  /** One list after the other. */
  static final class Serializer extends VersionedSerializer<Awaiting> {
    private static final long serialVersionUID = 1L;
    // a later version of rows is a later version of this
    private static final int CURRENT = 1;
    private static final RowSerializer ROWS = new RowSerializer();

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
    protected void write(Awaiting awaiting, DataOutputView out) throws IOException {
      out.writeLong(awaiting.gone);
      rows(awaiting.decisions, out);
      rows(awaiting.rewards, out);
    }

    @Override
    protected Awaiting read(int ofVersion, DataInputView in) throws IOException {
      long gone = in.readLong();
      return new Awaiting(rows(in), rows(in), gone);
    }

    private static void rows(List<EventRow> rows, DataOutputView out) throws IOException {
      out.writeInt(rows.size());
      for (EventRow row : rows) {
        ROWS.serialize(row, out);
      }
    }

    private static List<EventRow> rows(DataInputView in) throws IOException {
      int size = in.readInt();
      List<EventRow> rows = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        rows.add(ROWS.deserialize(in));
      }
      return rows;
    }

    @Override
    protected VersionedSerializer<Awaiting> ofVersion(int other) {
      return new Serializer(other);
    }

    @Override
    public TypeSerializerSnapshot<Awaiting> snapshotConfiguration() {
      return new AwaitingSnapshot();
    }
  }
}
