package dev.hindcast.streaming.learning;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.row.EpisodeSerializer;
import dev.hindcast.streaming.row.OwnType;
import dev.hindcast.streaming.row.VersionedSerializer;
import dev.hindcast.streaming.row.VersionedSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Where learning stands. What a learner knows lies in it as a checkpoint file of training. */
public final class StandingSerializer extends VersionedSerializer<Standing> {
  private static final long serialVersionUID = 1L;
  private static final int CURRENT = 1;
  private static final EpisodeSerializer EPISODES = new EpisodeSerializer();

  static final OwnType<Standing> TYPE = new OwnType<>(Standing.class, new StandingSerializer());

  /** For the current version. */
  public StandingSerializer() {
    this(CURRENT);
  }

  private StandingSerializer(int version) {
    super(version);
  }

  /** What a savepoint says of it. */
  public static final class Snapshot extends VersionedSnapshot<Standing> {
    /** Found by Flink. */
    public Snapshot() {
      super(new StandingSerializer());
    }
  }

  @Override
  protected int currentVersion() {
    return CURRENT;
  }

  @Override
  protected void write(Standing standing, DataOutputView out) throws IOException {
    out.writeLong(standing.intervals());
    out.writeLong(standing.versions());
    out.writeLong(standing.updates());
    write(standing.latest(), out);
    boolean isProven = standing.good().number() == standing.latest().number();
    out.writeBoolean(isProven);
    if (!isProven) {
      write(standing.good(), out);
    }
    out.writeInt(standing.window().size());
    for (EpisodeRows episode : standing.window()) {
      EPISODES.serialize(episode, out);
    }
    out.writeInt(standing.rewards().size());
    for (double reward : standing.rewards()) {
      out.writeDouble(reward);
    }
    out.writeBoolean(standing.isFrozen());
    out.writeInt(standing.sound());
  }

  private static void write(Version version, DataOutputView out) throws IOException {
    out.writeLong(version.number());
    out.writeInt(version.generation());
    out.writeUTF(version.bundle().value());
    out.writeInt(version.state().length);
    out.write(version.state());
  }

  @Override
  protected Standing read(int ofVersion, DataInputView in) throws IOException {
    long intervals = in.readLong();
    long versions = in.readLong();
    long updates = in.readLong();
    Version latest = version(in);
    Version good = in.readBoolean() ? latest : version(in);
    List<EpisodeRows> window = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      window.add(EPISODES.deserialize(in));
    }
    List<Double> rewards = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      rewards.add(in.readDouble());
    }
    return new Standing(
        intervals,
        versions,
        updates,
        latest,
        good,
        window,
        rewards,
        in.readBoolean(),
        in.readInt());
  }

  private static Version version(DataInputView in) throws IOException {
    long number = in.readLong();
    int generation = in.readInt();
    Fingerprint bundle = new Fingerprint(in.readUTF());
    byte[] state = new byte[in.readInt()];
    in.readFully(state);
    return new Version(number, generation, bundle, state);
  }

  @Override
  protected VersionedSerializer<Standing> ofVersion(int other) {
    return new StandingSerializer(other);
  }

  @Override
  public TypeSerializerSnapshot<Standing> snapshotConfiguration() {
    return new Snapshot();
  }
}
