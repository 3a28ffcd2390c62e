package dev.hindcast.streaming.row;

import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** A type of ours to Flink: its class and its own serializer, so that none is guessed. */
public final class OwnType<T> extends TypeInformation<T> {
  private static final long serialVersionUID = 1L;

  /** Rows. */
  public static final OwnType<EventRow> ROW = new OwnType<>(EventRow.class, new RowSerializer());

  /** Dead letters. */
  public static final OwnType<DeadLetter> DEAD_LETTER =
      new OwnType<>(DeadLetter.class, new DeadLetterSerializer());

  /** What sources hand on. */
  public static final OwnType<Arrival> ARRIVAL =
      new OwnType<>(Arrival.class, new ArrivalSerializer());

  /** Episodes. */
  public static final OwnType<EpisodeRows> EPISODE =
      new OwnType<>(EpisodeRows.class, new EpisodeSerializer());

  private final Class<T> type;
  private final VersionedSerializer<T> serializer;

  /** A type with its serializer. */
  public OwnType(Class<T> type, VersionedSerializer<T> serializer) {
    this.type = type;
    this.serializer = serializer;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return serializer;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OwnType<?> own && own.type == type && own.serializer.equals(serializer);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, serializer);
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof OwnType<?>;
  }
}
