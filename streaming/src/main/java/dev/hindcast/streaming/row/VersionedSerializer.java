package dev.hindcast.streaming.row;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How an immutable value lies in state and travels between tasks. The version of the layout stands
 * in every savepoint: a later build reads what an earlier one wrote by {@link #read} with that
 * version, and writes it anew in its own.
 */
public abstract class VersionedSerializer<T> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;

  private final int version;

  /** A serializer that reads one version; only the current one can be written. */
  protected VersionedSerializer(int version) {
    this.version = version;
  }

  /** The version that this build writes. */
  protected abstract int currentVersion();

  /** Writes a value in the current version. */
  protected abstract void write(T value, DataOutputView out) throws IOException;

  /** Reads a value of a version. */
  protected abstract T read(int ofVersion, DataInputView in) throws IOException;

  /** The same serializer for another version. */
  protected abstract VersionedSerializer<T> ofVersion(int other);

  /** What a savepoint says of it. */
  @Override
  public abstract TypeSerializerSnapshot<T> snapshotConfiguration();

  int version() {
    return version;
  }

  @Override
  public final void serialize(T value, DataOutputView out) throws IOException {
    write(value, out);
  }

  @Override
  public final T deserialize(DataInputView in) throws IOException {
    return read(version, in);
  }

  @Override
  public final T deserialize(T reuse, DataInputView in) throws IOException {
    return read(version, in);
  }

  @Override
  public final void copy(DataInputView in, DataOutputView out) throws IOException {
    write(read(version, in), out);
  }

  @Override
  public final T copy(T value) {
    return value;
  }

  @Override
  public final T copy(T value, T reuse) {
    return value;
  }

  @Override
  public final boolean isImmutableType() {
    return true;
  }

  @Override
  public final TypeSerializer<T> duplicate() {
    return this;
  }

  @Override
  public final T createInstance() {
    return null; // values are never filled in place
  }

  @Override
  public final int getLength() {
    return -1;
  }

  @Override
  @SuppressWarnings("EqualsGetClass") // each subclass is another layout
  public final boolean equals(Object other) {
    return other != null
        && other.getClass() == getClass()
        && ((VersionedSerializer<?>) other).version == version;
  }

  @Override
  public final int hashCode() {
    return getClass().hashCode() + version;
  }
}
