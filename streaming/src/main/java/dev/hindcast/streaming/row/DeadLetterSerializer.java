package dev.hindcast.streaming.row;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Dead letters, field by field. */
public final class DeadLetterSerializer extends VersionedSerializer<DeadLetter> {
  private static final long serialVersionUID = 1L;
  private static final int CURRENT = 1;

  /** For the current version. */
  public DeadLetterSerializer() {
    this(CURRENT);
  }

  private DeadLetterSerializer(int version) {
    super(version);
  }

  /** What a savepoint says of it. */
  public static final class Snapshot extends VersionedSnapshot<DeadLetter> {
    /** Found by Flink. */
    public Snapshot() {
      super(new DeadLetterSerializer());
    }
  }

  @Override
  protected int currentVersion() {
    return CURRENT;
  }

  @Override
  protected void write(DeadLetter letter, DataOutputView out) throws IOException {
    RowSerializer.text(letter.reason(), out);
    RowSerializer.text(letter.detail(), out);
    RowSerializer.text(letter.origin(), out);
    out.writeLong(letter.offset());
    out.writeLong(letter.time());
    RowSerializer.text(letter.payload(), out);
    out.writeBoolean(letter.isCut());
  }

  @Override
  protected DeadLetter read(int ofVersion, DataInputView in) throws IOException {
    return new DeadLetter(
        RowSerializer.text(in),
        RowSerializer.text(in),
        RowSerializer.text(in),
        in.readLong(),
        in.readLong(),
        RowSerializer.text(in),
        in.readBoolean());
  }

  @Override
  protected VersionedSerializer<DeadLetter> ofVersion(int other) {
    return new DeadLetterSerializer(other);
  }

  @Override
  public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
    return new Snapshot();
  }
}
