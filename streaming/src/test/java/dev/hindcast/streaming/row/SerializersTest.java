package dev.hindcast.streaming.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class SerializersTest {
  private static final EventRow ROW =
      new EventRow(
          -5,
          "events/1",
          17,
          new Object[] {
            null,
            3L,
            0.1,
            0.1f,
            true,
            false,
            "ä".repeat(70_000),
            new ArrayList<>(Arrays.asList(1L, null))
          });

  private static <T> T copied(TypeSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  @Test
  void rowsComeBackAsTheyWere() throws IOException {
    EventRow back = copied(new RowSerializer(), ROW);
    assertThat(back.time()).isEqualTo(-5);
    assertThat(back.origin()).isEqualTo("events/1");
    assertThat(back.offset()).isEqualTo(17);
    assertThat(back.values()).containsExactly(ROW.values());
    EpisodeRows episode = copied(new EpisodeSerializer(), new EpisodeRows("e", List.of(ROW)));
    assertThat(episode.episodeId()).isEqualTo("e");
    assertThat(episode.rows().get(0).values()).containsExactly(ROW.values());
    DeadLetter letter = new DeadLetter("why", "what", "where", 1, 2, "all", true);
    assertThat(copied(new DeadLetterSerializer(), letter)).isEqualTo(letter);
    assertThat(copied(new ArrivalSerializer(), letter)).isEqualTo(letter);
    assertThat(((EventRow) copied(new ArrivalSerializer(), ROW)).values())
        .containsExactly(ROW.values());
  }

  @Test
  void rowsOfTheFirstVersionWereAllKept() throws IOException {
    EventRow sampled = ROW.sampled(0.25);
    assertThat(copied(new RowSerializer(), sampled).samplingProbability()).isEqualTo(0.25);
    DataOutputSerializer out = new DataOutputSerializer(64);
    new RowSerializer().serialize(sampled, out);
    byte[] first = Arrays.copyOf(out.getCopyOfBuffer(), out.length() - Double.BYTES);
    EventRow read = new RowSerializer().read(1, new DataInputDeserializer(first));
    assertThat(read.samplingProbability()).isEqualTo(1);
    assertThat(read.values()).containsExactly(ROW.values());
  }

  @Test
  void contentIsTheSameWhereverItCameFrom() {
    assertThat(RowSerializer.digest(new EventRow(-5, "elsewhere", 3, ROW.values())))
        .isEqualTo(RowSerializer.digest(ROW));
    Object[] other = ROW.values().clone();
    other[3] = 0.1;
    assertThat(RowSerializer.digest(ROW.withValues(other))).isNotEqualTo(RowSerializer.digest(ROW));
  }

  @Test
  void savepointsSayWhichVersionTheyHold() throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, new RowSerializer().snapshotConfiguration());
    TypeSerializerSnapshot<EventRow> old =
        TypeSerializerSnapshot.readVersionedSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
    assertThat(old.restoreSerializer()).isEqualTo(new RowSerializer());
    assertThat(new RowSerializer.Snapshot().resolveSchemaCompatibility(old).isCompatibleAsIs())
        .isTrue();
    assertThat(
            new Later.Snapshot().resolveSchemaCompatibility(earlier()).isCompatibleAfterMigration())
        .isTrue();
    assertThat(earlier().resolveSchemaCompatibility(new Later.Snapshot()).isIncompatible())
        .isTrue();
  }

  private static TypeSerializerSnapshot<String> earlier() throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(8);
    out.writeInt(1);
    Later.Snapshot snapshot = new Later.Snapshot();
    snapshot.readSnapshot(
        1, new DataInputDeserializer(out.getCopyOfBuffer()), Later.class.getClassLoader());
    assertThat(snapshot.restoreSerializer()).isEqualTo(new Later(1));
    return snapshot;
  }

  /** A serializer that is at its second version. */
  static final class Later extends VersionedSerializer<String> {
    private static final long serialVersionUID = 1L;

    Later(int version) {
      super(version);
    }

    public static final class Snapshot extends VersionedSnapshot<String> {
      public Snapshot() {
        super(new Later(2));
      }
    }

    @Override
    protected int currentVersion() {
      return 2;
    }

    @Override
    protected void write(String value, org.apache.flink.core.memory.DataOutputView out)
        throws IOException {
      out.writeUTF(value);
    }

    @Override
    protected String read(int ofVersion, org.apache.flink.core.memory.DataInputView in)
        throws IOException {
      return in.readUTF();
    }

    @Override
    protected VersionedSerializer<String> ofVersion(int other) {
      return new Later(other);
    }

    @Override
    public TypeSerializerSnapshot<String> snapshotConfiguration() {
      return new Snapshot();
    }
  }
}
