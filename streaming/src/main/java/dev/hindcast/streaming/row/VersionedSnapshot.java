package dev.hindcast.streaming.row;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The version of a serializer in a savepoint. Each serializer has a public subclass with a
 * constructor without arguments, by which Flink finds it again.
 */
public abstract class VersionedSnapshot<T> implements TypeSerializerSnapshot<T> {
  private final VersionedSerializer<T> current;
  private int version;

  /** A snapshot of what this build writes. */
  protected VersionedSnapshot(VersionedSerializer<T> current) {
    this.current = current;
    this.version = current.currentVersion();
  }

  @Override
  public final int getCurrentVersion() {
    return 1; // of the snapshot itself
  }

  @Override
  public final void writeSnapshot(DataOutputView out) throws IOException {
    out.writeInt(version);
  }

  @Override
  public final void readSnapshot(int read, DataInputView in, ClassLoader loader)
      throws IOException {
    version = in.readInt();
  }

  @Override
  public final TypeSerializer<T> restoreSerializer() {
    return current.ofVersion(version);
  }

  @Override
  public final TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    if (old.getClass() != getClass()) {
      return TypeSerializerSchemaCompatibility.incompatible();
    }
    int before = ((VersionedSnapshot<?>) old).version;
    if (before == version) {
      return TypeSerializerSchemaCompatibility.compatibleAsIs();
    }
    return before < version
        ? TypeSerializerSchemaCompatibility.compatibleAfterMigration()
        : TypeSerializerSchemaCompatibility.incompatible();
  }
}
