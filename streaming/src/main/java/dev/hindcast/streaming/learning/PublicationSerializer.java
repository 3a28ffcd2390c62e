package dev.hindcast.streaming.learning;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.streaming.row.OwnType;
import dev.hindcast.streaming.row.VersionedSerializer;
import dev.hindcast.streaming.row.VersionedSnapshot;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Publications with the bytes of their bundles' files. */
public final class PublicationSerializer extends VersionedSerializer<Publication> {
  private static final long serialVersionUID = 1L;
  private static final int CURRENT = 1;

  /** Publications as Flink knows them. */
  public static final OwnType<Publication> TYPE =
      new OwnType<>(Publication.class, new PublicationSerializer());

  /** For the current version. */
  public PublicationSerializer() {
    this(CURRENT);
  }

  private PublicationSerializer(int version) {
    super(version);
  }

  /** What a savepoint says of it. */
  public static final class Snapshot extends VersionedSnapshot<Publication> {
    /** Found by Flink. */
    public Snapshot() {
      super(new PublicationSerializer());
    }
  }

  @Override
  protected int currentVersion() {
    return CURRENT;
  }

  @Override
  protected void write(Publication publication, DataOutputView out) throws IOException {
    out.writeLong(publication.order());
    out.writeUTF(publication.bundle().value());
    out.writeUTF(publication.before().value());
    out.writeBoolean(publication.isPromoted());
    out.writeInt(publication.files().size());
    for (Map.Entry<String, byte[]> file : publication.files().entrySet()) {
      out.writeUTF(file.getKey());
      out.writeInt(file.getValue().length);
      out.write(file.getValue());
    }
  }

  @Override
  protected Publication read(int ofVersion, DataInputView in) throws IOException {
    long order = in.readLong();
    Fingerprint bundle = new Fingerprint(in.readUTF());
    Fingerprint before = new Fingerprint(in.readUTF());
    boolean isPromoted = in.readBoolean();
    SortedMap<String, byte[]> files = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String path = in.readUTF();
      byte[] content = new byte[in.readInt()];
      in.readFully(content);
      files.put(path, content);
    }
    return new Publication(order, bundle, before, isPromoted, files);
  }

  @Override
  protected VersionedSerializer<Publication> ofVersion(int other) {
    return new PublicationSerializer(other);
  }

  @Override
  public TypeSerializerSnapshot<Publication> snapshotConfiguration() {
    return new Snapshot();
  }
}
