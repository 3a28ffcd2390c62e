package dev.hindcast.streaming.row;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Rows and dead letters behind a flag. Version 2 holds rows of version 2. */
public final class ArrivalSerializer extends VersionedSerializer<Arrival> {
  private static final long serialVersionUID = 1L;
  private static final int CURRENT = 2;
  private static final RowSerializer ROWS = new RowSerializer();
  private static final DeadLetterSerializer LETTERS = new DeadLetterSerializer();

  /** For the current version. */
  public ArrivalSerializer() {
    this(CURRENT);
  }

  private ArrivalSerializer(int version) {
    super(version);
  }

  /** What a savepoint says of it. */
  public static final class Snapshot extends VersionedSnapshot<Arrival> {
    /** Found by Flink. */
    public Snapshot() {
      super(new ArrivalSerializer());
    }
  }

  @Override
  protected int currentVersion() {
    return CURRENT;
  }

  @Override
  protected void write(Arrival arrival, DataOutputView out) throws IOException {
    out.writeBoolean(arrival instanceof EventRow);
    if (arrival instanceof EventRow row) {
      ROWS.serialize(row, out);
    } else {
      LETTERS.serialize((DeadLetter) arrival, out);
    }
  }

  @Override
  protected Arrival read(int ofVersion, DataInputView in) throws IOException {
    return in.readBoolean() ? ROWS.read(ofVersion, in) : LETTERS.deserialize(in);
  }

  @Override
  protected VersionedSerializer<Arrival> ofVersion(int other) {
    return new ArrivalSerializer(other);
  }

  @Override
  public TypeSerializerSnapshot<Arrival> snapshotConfiguration() {
    return new Snapshot();
  }
}
